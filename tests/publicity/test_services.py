"""A quarter published, objected to, corrected and closed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from branches.models import Organisation
from members.models import Fact
from members.services.facts import record
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry, Notice
from partyportal.core.parameters import set_value
from points.models import Award
from points.publicity import services
from points.publicity.duties import due_for
from points.publicity.models import Closing, Objection, Publication, SheetLine, Step
from points.publicity.parameters import WINDOW_DAYS
from points.publicity.selectors.objections import waits_elsewhere
from points.publicity.selectors.sheets import published_and_now, published_quarters, rows_of, unpublished
from points.selectors.accounts import account_of
from points.services import revoke_award, settle_owed
from tests.factories import make_member, make_organisation
from tests.points.makers import deed, total
from tests.publicity.conftest import TODAY

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 7, 10)


# ── Publishing ──────────────────────────────────────────────────────────────
def test_the_sheet_is_what_stood_at_its_moment(publication, quarter):
    assert (publication.published_on, publication.until) == (TODAY, UNTIL)
    rows = {line.member.name: (line.points, line.to_date, line.by_category) for line in publication.lines.select_related("member")}
    assert rows == {
        "刘明": (8, 8, {"life": "4.00", "service": "4.00"}),
        "白灵": (2, 2, {"life": "2.00"}),
    }
    assert publication.categories == [["life", "life"], ["service", "service"]]
    assert AuditEntry.objects.get(code="publicity.publication.published").data["lines"] == 2


def test_what_is_still_owed_is_settled_into_the_sheet(quarter, secretary):
    record([deed(quarter.other, date(2026, 6, 20))], by=secretary)
    publication = services.publish(quarter.branch, year=2026, quarter=2, by=secretary, today=TODAY)
    assert publication.lines.get(member=quarter.other).points == 4
    assert published_and_now(quarter.other, 2026, 2) == (4, 4, [])


def test_to_date_counts_the_quarters_up_to_it_and_no_later(quarter, secretary):
    record([deed(quarter.other, date(2026, 2, 1)), deed(quarter.other, date(2026, 7, 1))], by=secretary)
    line = services.publish(quarter.branch, year=2026, quarter=2, by=secretary, today=TODAY).lines.get(member=quarter.other)
    assert (line.points, line.to_date) == (2, 4)


def test_who_belonged_on_the_last_day_stands_on_it_also_without_points(quarter, tree, secretary):
    silent = make_member(tree.ours, "安静")
    gone = make_member(tree.ours, "去世")
    gone.left_on = date(2026, 7, 2)
    gone.save(update_fields=["left_on"])
    later = make_member(tree.ours, "新来", start=date(2026, 7, 1))
    held = services.publish(quarter.branch, year=2026, quarter=2, by=secretary, today=TODAY).lines
    assert held.get(member=silent).points == 0
    assert not held.filter(member__in=[gone, later]).exists()


@pytest.mark.parametrize(("today", "may"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_a_quarter_is_published_once_it_is_over(quarter, secretary, today, may):
    if may:
        assert services.publish(quarter.branch, year=2026, quarter=2, by=secretary, today=today).published_on == today
    else:
        with pytest.raises(DomainError, match="结束"):
            services.publish(quarter.branch, year=2026, quarter=2, by=secretary, today=today)
        assert not Publication.objects.exists()


def test_once_a_quarter_in_a_branch_that_has_people(publication, tree, secretary):
    with pytest.raises(DomainError, match="已在 7月6日公示"):
        services.publish(tree.ours, year=2026, quarter=2, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="没有党员"):
        services.publish(tree.far, year=2026, quarter=2, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="党支部"):
        services.publish(tree.township, year=2026, quarter=2, by=secretary, today=TODAY)
    with pytest.raises(IntegrityError, match="publication_once_a_quarter"), transaction.atomic():
        Publication.objects.create(
            organisation=tree.ours,
            year=2026,
            quarter=2,
            published_on=TODAY,
            until=UNTIL,
            as_of=publication.as_of,
            categories=[],
            published_by=secretary,
        )


def test_the_window_is_the_county_s(quarter, secretary, department):
    set_value(WINDOW_DAYS, value=7, start=TODAY, by=department)
    assert services.publish(quarter.branch, year=2026, quarter=2, by=secretary, today=TODAY).until == date(2026, 7, 14)


@pytest.mark.parametrize("model", [Publication, SheetLine, Closing, Step])
def test_what_was_published_cannot_be_changed_or_removed(objection, publication, secretary, model):
    if model is Closing:
        services.withdraw(objection, note="算了", by=objection.filed_by, today=TODAY)
        services.close(publication, by=secretary, today=UNTIL + timedelta(days=1))
    assert model.objects.exists()
    with connection.cursor() as cursor:  # PostgreSQL truncates no table for which a deferred check is still to come
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    table = model._meta.db_table
    for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_the_sheet_is_by_name_and_by_points_only_when_asked(publication):
    assert [row.member.name for row in rows_of(publication)] == ["白灵", "刘明"]
    assert [row.member.name for row in rows_of(publication, by_points=True)] == ["刘明", "白灵"]


def test_what_is_unpublished_is_found_for_many_branches_at_once(quarter, tree, secretary):
    branches = list(Organisation.objects.branches())
    assert unpublished(branches, 2026, 2) == [tree.ours.pk], "where nobody earned anything there is nothing to publish"
    services.publish(tree.ours, year=2026, quarter=2, by=secretary, today=TODAY)
    assert unpublished(branches, 2026, 2) == []


# ── Objecting ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("today", "may"), [(TODAY, True), (UNTIL, True), (UNTIL + timedelta(days=1), False)])
def test_one_objects_to_the_last_day_of_the_window(publication, quarter, today, may):
    def objecting():
        return services.object_to(publication, member=quarter.member, fact=None, what="少记一次", by=quarter.member.user, today=today)

    if may:
        assert objecting().state == "filed"
    else:
        with pytest.raises(DomainError, match="已经过了"):
            objecting()


def test_only_to_one_s_own_and_only_to_what_stands_in_the_quarter(publication, quarter, neighbour, secretary, tree):
    own = {"by": quarter.member.user, "today": TODAY, "what": "不对"}
    with pytest.raises(DomainError, match="只能对自己的"):
        services.object_to(publication, member=quarter.other, fact=None, **own)
    with pytest.raises(DomainError, match="刷新"):
        services.object_to(publication, member=quarter.member, fact=Fact.objects.get(member=quarter.other), **own)
    with pytest.raises(DomainError, match="没有这位"):
        services.object_to(publication, member=make_member(tree.far), fact=None, what="不对", by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="错在哪里"):
        services.object_to(publication, member=quarter.member, fact=None, **(own | {"what": " "}))
    on_behalf = services.object_to(publication, member=quarter.other, fact=None, what="她说少一次", by=secretary, today=TODAY)
    assert on_behalf.filed_by == secretary


def test_one_objection_at_a_time_to_one_line(objection, publication, quarter):
    with pytest.raises(DomainError, match="已经有一件"):
        services.object_to(
            publication, member=quarter.member, fact=quarter.volunteered, what="再说一次", by=quarter.member.user, today=TODAY
        )
    services.withdraw(objection, note="说错了", by=quarter.member.user, today=TODAY)
    services.object_to(publication, member=quarter.member, fact=quarter.volunteered, what="再说一次", by=quarter.member.user, today=TODAY)
    assert Objection.objects.count() == 2


# ── Deciding ────────────────────────────────────────────────────────────────
def test_an_accepted_objection_revises_the_fact_and_the_correction_posts_itself(heard, publication, quarter, third):
    services.accept(heard, remedy="revise", units=Decimal(6), note="林场值班表是 6 小时", by=third, today=TODAY)
    settle_owed()
    fact = Fact.objects.get(key=quarter.volunteered.key, superseded_at=None)
    assert (fact.units, fact.revision, fact.recorded_by, fact.confirmed_by) == (6, 2, quarter.member.user, third)
    published, now, reasons = published_and_now(quarter.member, 2026, 2)
    assert (published, now) == (8, 10)
    assert [(reason.title, reason.points) for reason in reasons] == [("护林巡查：更正", 2)]
    assert publication.lines.get(member=quarter.member).points == 8, "the sheet stays as it was published"
    assert rows_of(publication)[1].now == 10


def test_a_quantity_nobody_can_have_meant_is_asked_after(heard, quarter, third):
    with pytest.raises(DomainError, match="核对数量") as refusal:
        services.accept(heard, remedy="revise", units=Decimal(99_999), note="多写了几个 9", by=third, today=TODAY)
    assert refusal.value.field == "units"
    assert Fact.objects.get(key=quarter.volunteered.key).units == 4


def test_void_takes_the_deed_back_as_well(heard, quarter, third):
    services.accept(heard, remedy="void", note="登记了两回", by=third, today=TODAY)
    settle_owed()
    assert Award.objects.get().state == "revoked" and total(quarter.member) == 4
    assert published_and_now(quarter.member, 2026, 2).reasons[0].title == "护林巡查：作废"


def test_a_missing_deed_is_recorded(publication, quarter, deputy, third):
    missing = services.object_to(
        publication, member=quarter.member, fact=None, what="6 月 20 日清扫没记", by=quarter.member.user, today=TODAY
    )
    services.hear(missing, note="大家都在", by=deputy, today=TODAY)
    with pytest.raises(DomainError) as refusal:
        services.accept(missing, remedy="record", item="theme_day", day=date(2026, 6, 20), note="属实", by=third, today=TODAY)
    assert refusal.value.field == "item", "a meeting is corrected in its own record"
    with pytest.raises(DomainError) as refusal:
        services.accept(missing, remedy="record", item="volunteer", day=date(2026, 7, 1), note="属实", by=third, today=TODAY)
    assert refusal.value.field == "day"
    services.accept(missing, remedy="record", item="volunteer", day=date(2026, 6, 20), units=Decimal(2), note="属实", by=third, today=TODAY)
    settle_owed()
    assert Fact.objects.get(key=f"points.objection:{missing.uid}").title == "6 月 20 日清扫没记"
    assert published_and_now(quarter.member, 2026, 2)[:2] == (8, 10)


def test_a_fact_of_another_room_is_corrected_there(publication, quarter, deputy, third):
    meeting = Fact.objects.get(member=quarter.member, day=date(2026, 4, 10))
    said = services.object_to(publication, member=quarter.member, fact=meeting, what="那天我在", by=quarter.member.user, today=TODAY)
    services.hear(said, note="到了", by=deputy, today=TODAY)
    with pytest.raises(DomainError, match="原来的记录"):
        services.accept(said, remedy="void", note="属实", by=third, today=TODAY)
    services.accept(said, remedy="elsewhere", note="在 4 月主题党日里改成到会", by=third, today=TODAY)
    assert Fact.objects.get(pk=meeting.pk).superseded_at is None


@pytest.mark.parametrize("who", ["secretary", "deputy", "member"])
def test_who_recorded_confirmed_or_objected_does_not_decide(heard, quarter, request, who):
    user = quarter.member.user if who == "member" else request.getfixturevalue(who)
    for act in (
        lambda: services.reject(heard, note="不成立", by=user, today=TODAY),
        lambda: services.accept(heard, remedy="revise", units=Decimal(6), note="成立", by=user, today=TODAY),
    ):
        with pytest.raises(DomainError, match="要由别人决定"):
            act()
    heard.refresh_from_db()
    assert heard.state == "heard" and Fact.objects.get(pk=quarter.volunteered.pk).superseded_at is None


def test_nothing_is_decided_unheard_nor_twice(objection, third, deputy):
    with pytest.raises(DomainError, match="等支部听取"):
        services.reject(objection, note="不成立", by=third, today=TODAY)
    services.hear(objection, note="问过了", by=deputy, today=TODAY)
    services.reject(objection, note="值班表是 4 小时", by=third, today=TODAY)
    with pytest.raises(DomainError, match="不成立"):
        services.accept(objection, remedy="void", note="成立", by=third, today=TODAY)
    with pytest.raises(Stale):
        services.reject(objection, note="再来", by=third, today=TODAY, version=1)
    assert [step.act for step in objection.steps.all()] == ["file", "hear", "reject"]


@pytest.mark.parametrize(("today", "may"), [(date(2026, 7, 13), True), (date(2026, 7, 14), False)])
def test_a_rejected_one_goes_up_once_within_its_days(heard, quarter, third, committee, today, may):
    """Rejected on Monday the 6th: five working days from the next one are full on the 13th."""
    services.reject(heard, note="值班表是 4 小时", by=third, today=TODAY)
    if not may:
        with pytest.raises(DomainError, match="已经过了"):
            services.appeal(heard, note="值班表抄错了", by=quarter.member.user, today=today)
        return
    services.appeal(heard, note="值班表抄错了", by=quarter.member.user, today=today)
    with pytest.raises(DomainError, match="上级党委"):
        services.uphold(heard, note="维持", by=third, today=today)
    services.uphold(heard, note="原件也是 4 小时", by=committee, today=today)
    with pytest.raises(DomainError, match="复议维持"):
        services.appeal(heard, note="再来", by=quarter.member.user, today=today)


def test_the_committee_may_find_otherwise(heard, quarter, third, committee):
    services.reject(heard, note="值班表是 4 小时", by=third, today=TODAY)
    services.appeal(heard, note="抄错了", by=quarter.member.user, today=TODAY)
    services.accept(heard, remedy="revise", units=Decimal(6), note="原件是 6 小时", by=committee, today=TODAY)
    settle_owed()
    assert total(quarter.member) == 10


# ── Closing ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("today", "may"), [(UNTIL, False), (UNTIL + timedelta(days=1), True)])
def test_a_quarter_is_closed_after_its_window(publication, secretary, today, may):
    assert services.close_due(today=today) == int(may)
    assert Closing.objects.exists() is may
    if may:
        assert Closing.objects.get().closed_by is None
        with pytest.raises(DomainError, match="已经关闭"):
            services.close(publication, by=secretary, today=today)
    else:
        with pytest.raises(DomainError, match="期满"):
            services.close(publication, by=secretary, today=today)


def test_not_while_something_is_in_dispute_or_may_go_up(heard, publication, third, secretary):
    after = UNTIL + timedelta(days=1)
    with pytest.raises(DomainError, match="1 件异议"):
        services.close(publication, by=secretary, today=after)
    services.reject(heard, note="不成立", by=third, today=TODAY)
    assert services.close_due(today=after) == 0, "it may still go up until the 13th"
    assert services.close_due(today=date(2026, 7, 14)) == 1
    assert services.close_due(today=date(2026, 7, 14)) == 0


def test_after_the_closing_nothing_is_objected_to_but_corrections_are_told(publication, quarter, secretary, committee):
    services.close(publication, by=secretary, today=UNTIL + timedelta(days=1))
    with pytest.raises(DomainError, match="已经过了"):
        services.object_to(publication, member=quarter.member, fact=None, what="晚了", by=quarter.member.user, today=TODAY)
    revoke_award(quarter.award, reason="不是他", by=committee, today=date(2026, 8, 1))
    record([deed(quarter.member, date(2026, 6, 25))], by=secretary)
    settle_owed()
    published, now, reasons = published_and_now(quarter.member, 2026, 2)
    assert (published, now) == (8, 6)
    assert [(reason.day, reason.points) for reason in reasons] == [(date(2026, 6, 8), -4), (date(2026, 6, 25), 2)]
    assert published - now == -sum(reason.points for reason in reasons), "the reasons are the whole difference"


def test_after_the_year_s_end_the_department_consents(heard, third, department):
    later = date(2027, 2, 1)
    with pytest.raises(DomainError, match="组织部"):
        services.accept(heard, remedy="revise", units=Decimal(6), note="成立", by=third, today=later)
    services.accept(heard, remedy="revise", units=Decimal(6), note="成立", by=department, today=later)
    assert heard.steps.last().by == department


def test_a_branch_without_a_sheet_has_nothing_published(tree):
    lonely = make_organisation("中共清源县山门镇新村支部委员会", "branch", tree.township)
    person = make_member(lonely)
    assert published_and_now(person, 2026, 2) == (None, 0, [])


# ── Who is told ─────────────────────────────────────────────────────────────
def test_whoever_stands_on_the_sheet_and_has_an_account_is_told_once(publication, quarter):
    (notice,) = Notice.objects.filter(key=f"publicity.letter:{publication.uid}")
    assert notice.user == quarter.member.user and "7月10日" in notice.reason
    assert notice.url == f"/points/members/{quarter.member.uid}/letter/?period=2026Q2"
    services.tell_members([publication.pk])
    assert Notice.objects.filter(key=notice.key).count() == 1


def test_a_missing_deed_of_another_room_waits_until_that_room_records_it(publication, quarter, deputy, third, secretary):
    missing = services.object_to(publication, member=quarter.member, fact=None, what="6 月党课我在", by=quarter.member.user, today=TODAY)
    record([deed(quarter.member, date(2026, 6, 3), key="education.attendance:before")], by=secretary)
    services.hear(missing, note="在", by=deputy, today=TODAY)
    services.accept(missing, remedy="elsewhere", note="在 6 月党课里补", by=third, today=TODAY)

    def waiting():
        return [duty.title for duty in due_for([quarter.branch], TODAY) if duty.key == f"publicity.correct:{missing.uid}"]

    assert waiting() == ["补上刘明少记的一件事"] and waits_elsewhere(missing)
    record([deed(quarter.member, date(2026, 7, 1)), deed(quarter.other, date(2026, 6, 26))], by=secretary)
    assert waiting(), "another quarter's, another member's"
    record([deed(quarter.member, date(2026, 6, 26))], by=secretary)
    assert not waiting() and not waits_elsewhere(missing)


def test_account_letter_and_api_say_what_was_published_and_what_stands(publication, quarter, secretary, committee, client):
    """公示 8，现为 6，因为：护林巡查作废 −4，补记主题党日 +2。"""
    revoke_award(quarter.award, reason="不是他", by=committee, today=date(2026, 8, 1))
    record([deed(quarter.member, date(2026, 6, 25))], by=secretary)
    settle_owed()
    (one,) = account_of(quarter.member, 2026, today=TODAY).published
    assert (one.quarter, one.published, one.now) == (2, 8, 6)
    assert one.because == "6月8日护林巡查：作废 −4.00；6月25日主题党日：补记 +2.00"
    assert account_of(quarter.other, 2026, today=TODAY).published[0].is_changed is False
    assert account_of(quarter.member, 2025, today=TODAY).published == []
    client.force_login(quarter.member.user)
    page = client.get("/points/mine/?year=2026").content.decode()
    assert "公示 8.00，现为 6.00" in page and "护林巡查：作废" in page and one.url in page
    assert "现为 <b>6.00</b> 分，因为 6月8日" in client.get(f"/points/members/{quarter.member.uid}/letter/?period=2026Q2").content.decode()
    told = client.get(f"/api/v1/points/members/{quarter.member.uid}/explanation/?year=2026").json()["published"]
    assert [(row["quarter"], row["published"], row["now"], len(row["reasons"])) for row in told] == [(2, "8.00", "6.00", 2)]


def test_published_quarters_cost_the_same_for_one_member_and_for_all(publication, quarter, django_assert_num_queries):
    for members in ([quarter.member.pk], [quarter.member.pk, quarter.other.pk]):
        with django_assert_num_queries(3):
            assert len(published_quarters(members, 2026)) == len(members)
