"""A piece from its draft to its editions: two people, the consent of a third, and nothing overwritten."""

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from education.openness.models import Consent, Edition, Piece, PieceStep
from education.openness.services import pieces as services
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from tests.factories import make_grant, make_member, make_user
from tests.openness.conftest import TODAY

pytestmark = pytest.mark.django_db
WORDS = {"title": "上半年重点任务", "text": "修路三公里，完成。", "today": TODAY}


def test_nothing_about_a_person_is_submitted_without_their_consent(exemplar, member, secretary):
    with pytest.raises(DomainError, match="还没有同意这些文字"):
        services.submit(exemplar, by=secretary, today=TODAY)
    services.consent(exemplar, by=member.user, today=TODAY)
    held = services.submit(exemplar, by=secretary, today=TODAY)
    assert held.state == "submitted" and Consent.objects.get().way == "self"


def test_other_words_or_a_wider_range_need_another_consent(exemplar, member, secretary):
    services.consent(exemplar, by=member.user, today=TODAY)
    services.revise(exemplar, title="雨夜巡河", text="连下三天雨，他守了两夜河堤。", reach="county", by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="还没有同意"):
        services.submit(exemplar, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="书面同意存在哪里"):
        services.consent(exemplar, by=secretary, today=TODAY)
    services.consent(exemplar, note="档案盒 2026-3", by=secretary, today=TODAY)
    assert services.submit(exemplar, by=secretary, today=TODAY).state == "submitted"


def test_the_writer_never_publishes_nor_whom_it_is_about(submitted, member, committee, department, secretary):
    with pytest.raises(DomainError, match="上级党委"):
        services.publish(submitted, by=secretary, today=TODAY)
    make_grant(member.user, member.branch.parent, "committee")
    with pytest.raises(DomainError, match="写自己的"):
        services.publish(submitted, by=member.user, today=TODAY)
    services.send_back(submitted, note="写明是哪一天", by=committee, today=TODAY)
    services.revise(submitted, title="雨夜巡河", text="6 月 20 日起", reach="branch", by=committee, today=TODAY)
    services.consent(submitted, by=member.user, today=TODAY)
    services.submit(submitted, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="自己写的"):
        services.publish(submitted, by=committee, today=TODAY)
    assert services.publish(submitted, by=department, today=TODAY).state == "published"


def test_a_correction_is_the_next_edition_and_readers_keep_the_last_until_then(published, member, secretary, committee):
    services.correct(published, note="守了三夜", by=secretary, today=TODAY + timedelta(days=1))
    held = services.revise(published, title="雨夜巡河", text="守了三夜。", reach="county", by=secretary, today=TODAY)
    assert (held.audience, held.edition.text[-5:]) == (member.branch, "两夜河堤。"), "told to nobody else before it is reviewed"
    services.consent(published, by=member.user, today=TODAY)
    services.submit(published, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="能审核这个范围"):
        services.publish(published, by=committee, today=TODAY)
    services.send_back(published, note="只在支部内", by=make_department(member), today=TODAY)
    services.revise(published, title="雨夜巡河", text="守了三夜。", reach="branch", by=secretary, today=TODAY)
    services.consent(published, by=member.user, today=TODAY)
    services.submit(published, by=secretary, today=TODAY)
    services.publish(published, by=committee, today=TODAY + timedelta(days=2))
    assert [(one.number, one.text[-3:], one.reason) for one in Edition.objects.order_by("number")] == [
        (1, "河堤。", ""),
        (2, "三夜。", "守了三夜"),
    ]
    assert Piece.objects.get().published_on == TODAY


def make_department(member):
    user = make_user("县里的", username="county-two")
    make_grant(user, member.branch.parent.parent, "department")
    return user


def test_a_dropped_correction_leaves_what_was_published(published, secretary):
    services.correct(published, note="改一个字", by=secretary, today=TODAY)
    services.revise(published, title="雨夜", text="别的话", reach="branch", by=secretary, today=TODAY)
    held = services.drop(published, by=secretary, today=TODAY)
    assert (held.state, held.title, held.editions.count()) == ("published", "雨夜巡河", 1)


def test_pipl_art15_whoever_it_is_about_may_take_it_back_at_any_time(published, member, neighbour):
    with pytest.raises(DomainError, match="书记或上级"):
        services.withdraw(published, note="不好", by=neighbour, today=TODAY)
    held = services.withdraw(published, note="", by=member.user, today=TODAY)
    assert held.state == "withdrawn" and held.steps.last().note == "本人不同意公开"
    assert not Piece.objects.standing().exists()
    with pytest.raises(DomainError, match="已经撤下"):
        services.withdraw(published, note="再来", by=member.user, today=TODAY)


def test_inside_a_branch_another_of_its_posts_reviews_what_it_discloses(tree, secretary, deputy, catalogue):
    piece = services.draft(tree.ours, sort="disclosure", topic=catalogue["branch", "meetings"], reach="branch", by=secretary, **WORDS)
    assert piece.period_on == date(2026, 4, 1), "the last quarter that is over"
    services.submit(piece, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="由别人审核"):
        services.publish(piece, by=secretary, today=TODAY)
    assert services.publish(piece, by=deputy, today=TODAY).edition.reviewed_by == deputy
    with pytest.raises(DomainError, match="已经有一篇"):
        services.draft(tree.ours, sort="disclosure", topic=catalogue["branch", "meetings"], reach="branch", by=deputy, **WORDS)


def test_a_catalogue_item_fits_its_kind_and_a_period_has_begun(tree, secretary, catalogue):
    ours = {"sort": "disclosure", "reach": "branch", "by": secretary}
    with pytest.raises(DomainError, match="不是这种党组织"):
        services.draft(tree.ours, topic=catalogue["committee", "work"], **ours, **WORDS)
    with pytest.raises(DomainError, match="还没有开始"):
        services.draft(tree.ours, topic=catalogue["branch", "plan"], period_on=date(2027, 1, 1), **ours, **WORDS)
    with pytest.raises(DomainError, match="不能早于今天"):
        services.draft(tree.ours, until=TODAY - timedelta(days=1), **ours, **WORDS)
    with pytest.raises(DomainError, match="范围选"):
        committee_user = make_user("乡里的", username="township-two")
        make_grant(committee_user, tree.township, "committee")
        services.draft(tree.township, **(ours | {"by": committee_user}), **WORDS)
    assert not Piece.objects.exists()


def test_one_writes_only_of_ones_own(tree, neighbour, secretary):
    stranger = make_member(tree.neighbours, "袁强明")
    with pytest.raises(DomainError, match="书记或上级"):
        services.draft(tree.ours, sort="disclosure", reach="branch", by=neighbour, **WORDS)
    with pytest.raises(DomainError, match="本党组织的党员"):
        services.draft(tree.ours, sort="exemplar", reach="branch", member=stranger, by=secretary, **WORDS)


def test_a_stale_page_is_told_so(exemplar, member, secretary):
    services.consent(exemplar, by=member.user, today=TODAY)
    with pytest.raises(Stale):
        services.submit(exemplar, by=secretary, today=TODAY, version=1)


def test_what_was_published_is_refused_by_the_database_itself(published):
    for row in (published.edition, Consent.objects.get(), PieceStep.objects.first()):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {row._meta.db_table} SET id = id WHERE id = %s", [row.pk])


def test_audit_rows_hold_no_words(published):
    for row in AuditEntry.objects.filter(code__startswith="openness."):
        assert "雨夜" not in str(row.data) and "刘明" not in str(row.data)


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_publish_one_edition(submitted, committee, department):
    gate, told = threading.Barrier(2), []

    def review(by):
        try:
            gate.wait(60)
            told.append(services.publish(Piece.objects.get(pk=submitted.pk), by=by, today=TODAY))
        except Exception as fault:
            told.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=review, args=(by,)) for by in (committee, department)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert {type(one) for one in told} == {Piece, DomainError}
    assert Edition.objects.count() == 1
