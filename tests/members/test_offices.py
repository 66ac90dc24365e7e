"""党内职务: who may hold one, what a committee and a ballot need, and the grant that comes and goes with a post."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from branches.models import Grant, Term
from branches.services import grants
from members.models import Office, Sanction
from members.rules.offices import (
    Ballot,
)
from members.services import membership
from members.services.offices import Seat, appoint, change_term, end_post, issue_grant, may_appoint
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.at_once import at_once
from tests.factories import make_member, make_organisation, make_user

TODAY = date(2026, 11, 22)
START = date(2026, 11, 1)
WON = Ballot(entitled=20, present=18, votes=15)


def seat(member, position="secretary", *, by=None, **said):
    asked = {"organisation": member.branch, "start": START, "ballot": WON, "basis": "山委〔2026〕5号", "today": TODAY} | said
    return appoint(member=member, position=position, by=by, **asked)


def people(branch, count=8):
    return [make_member(branch, f"党员{'一二三四五六七八九十'[n]}") for n in range(count)]


# ── Appointing ──────────────────────────────────────────────────────────────
def test_a_secretary_is_seated_with_ballot_document_and_term(tree, committee):
    term = Term.objects.create(organisation=tree.ours, number=1, start=date(2024, 1, 1), due_on=date(2029, 1, 1), basis="〔1〕")
    office = seat(make_member(tree.ours, "吕山东"), by=committee)
    assert (office.term, office.entitled, office.present, office.votes, office.appointed_by) == (term, 20, 18, 15, committee)
    entry = AuditEntry.objects.get(code="members.office.appointed")
    assert entry.data["position"] == "secretary" and "吕山东" not in str(entry.data) and "山委" not in str(entry.data)


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"start": date(2026, 11, 23)}, "start", "还没有到"),
        ({"start": date(1990, 1, 1)}, "start", "才成立"),
        ({"ballot": None}, "entitled", "应到会、实到会和得票"),
        ({"ballot": Ballot(20, 15, 15)}, "votes", "选举无效"),
        ({"ballot": Ballot(20, 20, 10)}, "votes", "至少要 11 票"),
        ({"way": "appointed", "basis": " "}, "basis", "文号"),
        ({"position": "group_leader"}, "position", "组长只在党小组"),
        ({"position": "king"}, "position", "组长只在党小组"),
    ],
)
def test_a_wrong_appointment_is_refused_at_its_field(tree, committee, said, field, words):
    person = make_member(tree.ours)
    with pytest.raises(DomainError) as refusal:
        seat(person, said.pop("position", "secretary"), by=committee, **said)
    assert refusal.value.field == field and words in refusal.value.message
    assert not Office.objects.exists() and not AuditEntry.objects.filter(code="members.office.appointed").exists()


def test_who_may_not_stand_is_told_why(tree, committee):
    probationer = make_member(
        tree.ours, "胡超强", category="probationary", full_on=None, joined_on=date(2026, 1, 1), start=date(2026, 1, 1)
    )
    young = make_member(tree.ours, "肖斌", full_on=date(2026, 11, 2))
    suspended, watched, removed = (make_member(tree.ours, name) for name in ("戴鹏", "郝琴", "魏英"))
    membership.suspend(suspended, on=date(2026, 1, 1), reason="lost_contact", basis="〔1〕", by=committee)
    Sanction.objects.create(member=watched, kind="probation", start=date(2026, 5, 1), end=date(2027, 5, 1), basis="〔2〕")
    Sanction.objects.create(member=removed, kind="posts_removed", start=date(2024, 11, 2), end=date(2026, 11, 2), basis="〔3〕")
    stranger = make_member(tree.neighbours, "袁强明")
    for person, words in (
        (probationer, "预备党员"),
        (young, "预备党员"),
        (suspended, "停止党籍"),
        (watched, "留党察看"),
        (removed, "撤销党内职务"),
    ):
        with pytest.raises(DomainError, match=words):
            seat(person, by=committee)
    with pytest.raises(DomainError, match="组织关系不在这里"):
        seat(stranger, by=committee, organisation=tree.ours)
    assert not Office.objects.exists()
    seat(removed, by=committee, start=date(2026, 11, 2))  # the day the 影响期 is over


def test_one_secretary_and_one_deputy_at_a_time(tree, committee):
    first, second, third = people(tree.ours, 3)
    seat(first, by=committee)
    with pytest.raises(DomainError, match="已经有书记，先免去原来的"):
        seat(second, by=committee)
    seat(second, "deputy", by=committee)
    with pytest.raises(DomainError, match="副书记最多设 1 名"):
        seat(third, "deputy", by=committee)
    with pytest.raises(DomainError, match="已经任副书记"):
        seat(second, "deputy", by=committee)


def test_a_small_branch_has_no_committee(tree, committee):
    (first, *_) = people(tree.ours, 6)
    with pytest.raises(DomainError, match="正式党员 6 人，不足 7 人不设支委会"):
        seat(first, "organisation", by=committee)
    make_member(tree.ours, "第七")
    assert seat(first, "organisation", by=committee).position == "organisation"


def test_a_group_has_a_leader_from_its_branch_without_a_ballot(tree, committee):
    group = make_organisation("中共清源县山门镇高家杨村第一党小组", "group", tree.ours)
    office = seat(make_member(tree.ours), "group_leader", by=committee, organisation=group, ballot=None, basis="")
    assert office.organisation == group
    with pytest.raises(DomainError, match="党小组只有组长"):
        seat(make_member(tree.ours), "secretary", by=committee, organisation=group)


def test_a_committee_does_not_seat_itself(tree, secretary, committee, department):
    assert may_appoint(committee, tree.ours) and may_appoint(department, tree.ours)
    assert not may_appoint(secretary, tree.ours)
    assert not may_appoint(committee, tree.township) and may_appoint(department, tree.township)
    assert may_appoint(department, tree.county)


def test_what_was_so_before_needs_no_ballot(tree, committee):
    office = seat(make_member(tree.ours), by=committee, way="opening", ballot=None, basis="", start=date(2022, 1, 1))
    assert office.entitled is None


# ── 换届 ────────────────────────────────────────────────────────────────────
def renew(branch, seats, *, by=None, number=2, start=date(2026, 11, 10), entitled=20, present=18):
    return change_term(
        branch, number=number, start=start, basis="山委〔2026〕9号", entitled=entitled, present=present, seats=seats, by=by, today=TODAY
    )


def slate(members, votes=15):
    return [Seat(m, p, votes) for m, p in zip(members, ("secretary", "organisation", "publicity", "discipline"), strict=False)]


def test_an_election_opens_the_term_ends_the_old_committee_and_seats_the_new(tree, committee):
    one, two, three, four, five, *_ = people(tree.ours)
    renew(tree.ours, slate([one, two, three, four]), by=committee, number=1, start=date(2021, 11, 10))
    term = renew(tree.ours, slate([five, two, three, four]), by=committee)
    seated = {(o.member, o.position) for o in Office.objects.open()}
    assert seated == {(five, "secretary"), (two, "organisation"), (three, "publicity"), (four, "discipline")}
    assert set(Office.objects.open().values_list("term", flat=True)) == {term.pk}
    old = Office.objects.exclude(end=None)
    assert old.count() == 4 and set(old.values_list("end", "end_reason")) == {(date(2026, 11, 10), "term_over")}
    assert [t.end for t in Term.objects.order_by("number")] == [date(2026, 11, 10), None]


def test_an_incomplete_committee_is_refused_whole(tree, committee):
    one, two, three, four, *_ = people(tree.ours)
    renew(tree.ours, slate([one, two, three, four]), by=committee, number=1, start=date(2021, 11, 10))
    for seats, words in (
        (slate([two, one, three]), "还缺纪检委员"),
        (slate([two, one, three, four], votes=10), "至少要 11 票"),
        ([*slate([two, one, three, four]), Seat(two, "secretary", 15)], "写了两次书记"),
        ([*slate([two, one, three, four]), Seat(one, "secretary", 15)], "只能有 1 名"),
        (slate([make_member(tree.neighbours), one, three, four]), "组织关系不在这里"),
    ):
        with pytest.raises(DomainError, match=words), transaction.atomic():
            renew(tree.ours, seats, by=committee)
    assert Term.objects.get().end is None and Office.objects.open().count() == Office.objects.count() == 4


def test_who_is_elected_again_keeps_the_grant(tree, committee, security_admin):
    one, two, three, four, five, *_ = people(tree.ours)
    for person in (one, five):
        person.user = make_user(person.name)
        person.save(update_fields=["user"])
    renew(tree.ours, slate([one, two, three, four]), by=committee, number=1, start=date(2021, 11, 10))
    office = Office.objects.get(member=one)
    grant = grants.confirm(issue_grant(office, by=committee, today=date(2021, 11, 10)), by=security_admin)
    renew(tree.ours, slate([five, one, two, three]), by=committee)
    grant.refresh_from_db()
    assert grant.end is None and grant.office.position == "organisation"
    assert Office.objects.get(pk=office.pk).end == date(2026, 11, 10)


# ── The grant that comes with a post ────────────────────────────────────────
@pytest.fixture
def granted(tree, committee, security_admin):
    """吕山东, elected secretary, whose grant a second person has confirmed."""
    person = make_member(tree.ours, "吕山东")
    person.user = make_user("吕山东", username="lvshandong")
    person.save(update_fields=["user"])
    office = seat(person, by=committee, with_grant=True, today=START)
    grants.confirm(office.grant, by=security_admin)
    office.refresh_from_db()
    return office


def in_force(day=TODAY):
    return Grant.objects.in_force(day).filter(user__username="lvshandong").exists()


def test_a_post_proposes_a_grant_that_counts_once_another_confirms_it(tree, committee, security_admin):
    person = make_member(tree.ours, "吕山东")
    with pytest.raises(DomainError, match="还没有账号"), transaction.atomic():
        seat(person, by=committee, with_grant=True)
    assert not Office.objects.exists()
    person.user = make_user("吕山东", username="lvshandong")
    person.save(update_fields=["user"])
    office = seat(person, by=committee, with_grant=True)
    assert (office.grant.role, office.grant.organisation, office.grant.granted_by) == ("secretary", tree.ours, committee)
    assert not in_force()
    with pytest.raises(DomainError, match="另一个人确认"):
        grants.confirm(office.grant, by=committee)
    grants.confirm(office.grant, by=security_admin)
    assert in_force()
    with pytest.raises(DomainError, match="已经带着一条授权"):
        issue_grant(office, by=committee, today=TODAY)


def test_the_grant_ends_with_the_post(granted, committee):
    end_post(granted, on=TODAY, reason="resigned", basis="", by=committee, today=TODAY)
    granted.refresh_from_db()
    assert (granted.end, granted.end_reason, granted.ended_by) == (TODAY, "resigned", committee)
    assert granted.grant.end == TODAY and not in_force()


def test_a_waiting_proposal_goes_with_the_post(tree, committee):
    person = make_member(tree.ours, "吕山东")
    person.user = make_user("吕山东", username="lvshandong")
    person.save(update_fields=["user"])
    office = seat(person, by=committee, with_grant=True)
    end_post(office, on=TODAY, reason="resigned", basis="", by=committee, today=TODAY)
    assert not Grant.objects.filter(user=person.user).exists()


@pytest.mark.parametrize("how", ["move", "leave", "die", "suspend"])
def test_the_grant_ends_when_the_holder_moves_leaves_dies_or_is_suspended(tree, granted, committee, how):
    person = granted.member
    if how == "move":
        membership.move(person, to=tree.neighbours, on=TODAY, by=committee)
    elif how == "suspend":
        membership.suspend(person, on=TODAY, reason="lost_contact", basis="〔1〕", by=committee)
    else:
        membership.leave(person, on=TODAY, reason="died" if how == "die" else "withdrew", by=committee)
    granted.refresh_from_db()
    assert granted.end == granted.grant.end == TODAY and not in_force()
    assert granted.end_reason == {"move": "moved", "leave": "left", "die": "died", "suspend": "suspended"}[how]


def test_a_grant_already_ended_by_the_security_admin_does_not_stop_the_end_of_the_post(granted, committee, security_admin):
    grants.end(granted.grant, on=date(2026, 11, 20), by=security_admin)
    end_post(granted, on=TODAY, reason="reassigned", basis="", by=committee, today=TODAY)
    granted.refresh_from_db()
    assert (granted.end, granted.grant.end) == (TODAY, date(2026, 11, 20))


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"on": date(2026, 11, 23)}, "on", "还没有到"),
        ({"on": date(2026, 10, 31)}, "on", "才任职"),
        ({"reason": "died"}, "reason", "选一个"),
        ({"reason": "removed"}, "basis", "文号"),
    ],
)
def test_a_wrong_end_is_refused(granted, committee, said, field, words):
    with pytest.raises(DomainError) as refusal:
        end_post(granted, by=committee, today=TODAY, **({"on": TODAY, "reason": "resigned", "basis": ""} | said))
    assert refusal.value.field == field and words in refusal.value.message
    granted.refresh_from_db()
    assert granted.end is None and in_force()


def test_an_end_without_a_reason_is_refused_by_the_database(granted):
    with pytest.raises(IntegrityError, match="office_end_has_reason"), transaction.atomic():
        Office.objects.filter(pk=granted.pk).update(end=TODAY)


def test_a_ballot_half_written_is_refused_by_the_database(granted):
    with pytest.raises(IntegrityError, match="office_ballot_whole"), transaction.atomic():
        Office.objects.filter(pk=granted.pk).update(votes=None)


# ── Two at once ─────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_two_secretaries_at_once_seat_one(tree, committee, department):
    first, second = people(tree.ours, 2)
    told = at_once(lambda: seat(first, by=committee), lambda: seat(second, by=department))
    assert {type(one) for one in told} == {Office, DomainError}
    assert Office.objects.get().position == "secretary"


@pytest.mark.django_db(transaction=True)
def test_two_deputies_at_once_seat_one(tree, committee, department):
    """No constraint of the database knows this one: the organisation's lock does."""
    first, second = people(tree.ours, 2)
    told = at_once(lambda: seat(first, "deputy", by=committee), lambda: seat(second, "deputy", by=department))
    assert {type(one) for one in told} == {Office, DomainError}
    assert Office.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_post_ended_twice_at_once_ends_once(tree, committee, department):
    office = seat(make_member(tree.ours), by=committee)
    told = at_once(
        *(lambda by=by: end_post(office, on=TODAY, reason="resigned", basis="", by=by, today=TODAY) for by in (committee, department))
    )
    assert [type(one) for one in told].count(DomainError) == 1
    assert AuditEntry.objects.filter(code="members.office.ended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_seated_and_moved_away_at_once_never_holds_a_post_of_the_branch_left(tree, committee, department):
    person = make_member(tree.ours)
    at_once(lambda: seat(person, by=committee, start=TODAY), lambda: membership.move(person, to=tree.neighbours, on=TODAY, by=department))
    assert not Office.objects.open().filter(organisation=tree.ours).exists()
