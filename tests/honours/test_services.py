"""The way of a call: each step in its turn, by the right person, and nothing changed where it is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from members.models import Fact, Member, Sanction, Suspension
from members.services import membership
from partyportal.core.models import AuditEntry, Setting
from points.honours import services
from points.honours.models import Call, Honour, Nomination, Objection, Step
from points.models import Standing
from points.settlement import Scope, settle
from tests.factories import make_grant, make_member, make_user
from tests.honours.makers import (
    CLOSES,
    DECIDED,
    ISSUED,
    NOMINATED,
    OPENS,
    PUBLIC_FROM,
    PUBLIC_UNTIL,
    REVIEWED,
    VOTE,
    approved,
    decided,
    honoured,
    issued,
    nominated,
    public,
    refused,
)
from tests.points.makers import make_scheme, total

DAY = timedelta(days=1)


# ── The whole way ───────────────────────────────────────────────────────────
def test_a_call_from_its_notice_to_the_honour_and_its_points(tree, cast, call, person, django_capture_on_commit_callbacks):
    make_scheme(tree.county, {"code": "county", "fact_kind": "honour.county", "value": Decimal(5)})
    nomination = nominated(call, person, by=cast.secretary)
    assert (nomination.share.organisation, nomination.organisation, nomination.state) == (tree.township, tree.ours, "nominated")
    services.approve(nomination, by=cast.committee, today=REVIEWED)
    call.refresh_from_db()
    assert (call.left, call.shares.get().left) == (4, 1)
    public(call, by=cast.department)
    call.refresh_from_db()
    assert (call.state, call.public_until) == ("public", PUBLIC_UNTIL)
    with django_capture_on_commit_callbacks(execute=True):
        (honour,) = decided(call, by=cast.department)
    assert (honour.member, honour.organisation, honour.level, honour.start) == (person, tree.ours, "county", DECIDED)
    fact = Fact.objects.standing().get(key=honour.fact_key)
    assert (fact.kind, fact.day, fact.title, fact.evidence) == ("honour.county", DECIDED, "全县优秀共产党员", "清委〔2026〕12号")
    assert total(person) == 5
    nomination.refresh_from_db()
    assert nomination.state == "honoured"
    assert [step.act for step in Step.objects.filter(call=call)] == ["issue", "nominate", "approve", "publicise", "decide"]
    codes = AuditEntry.objects.filter(code__startswith="honours.").order_by("id").values_list("code", flat=True)
    assert list(codes) == [
        f"honours.{what}" for what in ("call.issue", "nomination.nominate", "nomination.approve", "call.publicise", "call.decide")
    ]
    assert not any("潘山洋" in str(row.data) or "花椒" in str(row.data) for row in AuditEntry.objects.all())


def test_an_organisation_is_honoured_and_leaves_no_fact(tree, cast, deputy):
    call = issued(tree.township, by=cast.committee, kind="advanced_organisation", title="先进党支部", document_number="山党发〔2026〕9号")
    assert (call.level, call.needs_full, call.is_of_members) == ("committee", False, False)
    chief = make_user("何镇长", username="chief")
    make_grant(chief, tree.township, "committee")
    honour = honoured(call, organisation=tree.ours, by=deputy, reviewer=cast.committee, decider=chief)
    assert (honour.member, honour.organisation, honour.holder) == (None, tree.ours, tree.ours.short_name)
    assert not Fact.objects.filter(kind__startswith="honour.").exists()


# ── Issuing ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "words", "field"),
    [
        ({"issued_on": ISSUED + DAY}, "通知还没有印发", "issued_on"),
        ({"opens_on": ISSUED - DAY}, "不能早于通知印发", "opens_on"),
        ({"closes_on": OPENS - DAY}, "截止不能早于开始", "closes_on"),
        ({"document_number": " "}, "文号", "document_number"),
        ({"quota": 0}, "至少 1 个", "quota"),
        ({"points_floor": Decimal(60)}, "哪一年", "points_year"),
    ],
)
def test_a_call_that_cannot_stand_is_refused(tree, cast, said, words, field):
    refused(lambda: issued(tree.county, by=cast.department, **said), words, field)
    assert not Call.objects.exists()


def test_places_are_shared_out_below_the_organiser_and_within_the_quota(tree, cast):
    refused(lambda: issued(tree.township, by=cast.committee, shares=[(tree.other_township, 1)]), "不在山门镇党委下面", "shares")
    refused(lambda: issued(tree.county, by=cast.department, shares=[(tree.township, 4), (tree.other_township, 2)]), "多于总名额", "shares")
    refused(lambda: issued(tree.county, by=cast.department, shares=[(tree.township, 1), (tree.ours, 1)]), "不能都写", "shares")


def test_one_number_calls_for_one_title_once(tree, cast, call):
    refused(lambda: issued(tree.county, by=cast.department), "已经登记过", "document_number")
    assert issued(tree.county, by=cast.department, title="全县优秀党务工作者", kind="outstanding_worker").pk


def test_a_window_is_extended_with_a_reason_and_never_backwards(tree, cast, call, person):
    refused(lambda: services.extend(call, closes_on=CLOSES, note="报得少", by=cast.department, today=NOMINATED), "晚于原来", "closes_on")
    refused(lambda: services.extend(call, closes_on=CLOSES + DAY, note=" ", by=cast.department, today=NOMINATED), "为什么延长", "note")
    services.extend(call, closes_on=CLOSES + 7 * DAY, note="两个镇还没有开会", by=cast.department, today=CLOSES + DAY)
    assert nominated(call, person, by=cast.secretary, today=CLOSES + 7 * DAY, met_on=CLOSES).pk


def test_a_cancelled_call_takes_nothing_more(tree, cast, call, person):
    nomination = nominated(call, person, by=cast.secretary)
    services.cancel(call, note="并入市里评选", by=cast.department, today=NOMINATED)
    refused(lambda: services.approve(nomination, by=cast.committee, today=NOMINATED), "已经取消")
    refused(lambda: services.cancel(call, note="再取消", by=cast.department, today=NOMINATED), "已经取消")


# ── Nominating ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("day", "words"), [(OPENS - DAY, "推荐还没有开始，5月8日开始"), (OPENS, ""), (CLOSES, ""), (CLOSES + DAY, "推荐已经截止")]
)
def test_a_closed_window_takes_no_nomination(tree, cast, call, person, day, words):
    said = {"by": cast.secretary, "today": day, "met_on": ISSUED}
    if words:
        refused(lambda: nominated(call, person, **said), words)
        assert not Nomination.objects.exists()
    else:
        assert nominated(call, person, **said).pk


@pytest.mark.parametrize(
    ("said", "words", "field"),
    [
        ({"present": 10}, "至少 11 人", "present"),
        ({"in_favour": 10}, "没有通过", "in_favour"),
        ({"met_on": ISSUED - DAY}, "通知印发以后", "met_on"),
        ({"met_on": NOMINATED + DAY}, "不晚于今天", "met_on"),
        ({"deeds": "  "}, "主要事迹", "deeds"),
    ],
)
def test_a_nomination_without_its_vote_or_deeds_is_refused(tree, cast, call, person, said, words, field):
    refused(lambda: nominated(call, person, by=cast.secretary, **said), words, field)


def test_the_database_itself_refuses_a_vote_that_did_not_carry(tree, cast, call, person):
    row = nominated(call, person, by=cast.secretary)
    for change in ({"present": 10, "in_favour": 10}, {"in_favour": 10}, {"present": 21}):
        with pytest.raises(IntegrityError, match="nomination_carried_by_vote"), transaction.atomic():
            Nomination.objects.filter(pk=row.pk).update(**change)


def test_whoever_does_not_meet_the_conditions_is_told_which(tree, cast, person):
    call = issued(tree.county, by=cast.department, needs_years=30, points_year=2025, points_floor=Decimal(60))
    Sanction.objects.create(member=person, kind="warning", start=date(2026, 1, 1), end=date(2027, 1, 1), basis="清纪〔2026〕1号")
    Standing.objects.create(member=person, year=2025, quarter=1, category="life", points=Decimal("55.5"), as_of="2026-01-01T00:00Z")
    refused(
        lambda: nominated(call, person, by=cast.secretary),
        "潘山洋受警告处分，影响期没有满，党龄 19 年，不满 30 年，2025 年积分 55.50 分，不到 60 分，不符合这次评选的条件",
        "member",
    )


def test_a_sanction_bars_until_the_day_before_its_end(tree, cast, call, person):
    Sanction.objects.create(member=person, kind="warning", start=date(2025, 5, 21), end=NOMINATED, basis="清纪〔2025〕1号")
    refused(lambda: nominated(call, person, by=cast.secretary, today=NOMINATED - DAY), "受警告处分")
    assert nominated(call, person, by=cast.secretary, today=NOMINATED).pk


def test_nobody_is_nominated_twice_by_themselves_or_from_elsewhere(tree, cast, person, call):
    nominated(call, person, by=cast.secretary)
    refused(lambda: nominated(call, person, by=cast.secretary), "已经推荐过", "member")
    own = make_member(tree.ours, "吕山东")
    Member.objects.filter(pk=own.pk).update(user=cast.secretary)
    refused(lambda: nominated(call, own, by=cast.secretary), "不能登记对自己的推荐")
    township = issued(tree.other_township, by=cast.department, title="优秀党员", document_number="白党发〔2026〕3号")
    refused(lambda: nominated(township, person, by=cast.secretary), "不在白驼镇党委下面", "member")


def test_a_suspended_member_or_one_who_left_is_not_nominated(tree, cast, call, person):
    membership.suspend(person, on=date(2026, 5, 1), reason=Suspension.Reason.LOST_CONTACT, basis="清组〔2026〕3号", by=cast.committee)
    refused(lambda: nominated(call, person, by=cast.secretary), "停止党籍")


def test_a_refused_or_withdrawn_nomination_may_be_made_anew(tree, cast, call, person):
    first = nominated(call, person, by=cast.secretary)
    refused(lambda: services.withdraw(first, note="", by=cast.secretary, today=NOMINATED), "为什么撤回", "note")
    services.withdraw(first, note="事迹要重写", by=cast.secretary, today=NOMINATED)
    second = nominated(call, person, by=cast.secretary)
    services.refuse(second, note="事迹不实", by=cast.committee, today=REVIEWED)
    refused(lambda: services.withdraw(second, note="不报了", by=cast.secretary, today=REVIEWED), "没有通过，不能撤回")
    assert list(Nomination.objects.order_by("id").values_list("state", flat=True)) == ["withdrawn", "refused"]


# ── Reviewing ───────────────────────────────────────────────────────────────
def test_who_nominates_never_reviews_nor_the_candidate_nor_a_branch(tree, cast, call, person):
    row = nominated(call, person, by=cast.committee)
    refused(lambda: services.approve(row, by=cast.committee, today=REVIEWED), "要由另一个人审核")
    refused(lambda: services.approve(row, by=cast.secretary, today=REVIEWED), "推荐由上一级审核，请山门镇党委办")
    own = make_member(tree.ours, "谭洁")
    Member.objects.filter(pk=own.pk).update(user=cast.department)
    theirs = nominated(call, own, by=cast.secretary)
    refused(lambda: services.approve(theirs, by=cast.department, today=REVIEWED), "要由另一个人审核")
    assert set(Nomination.objects.values_list("state", flat=True)) == {"nominated"}
    with pytest.raises(IntegrityError, match="nomination_needs_a_second_person"), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(state="approved", reviewed_by=cast.committee)


def test_an_organisation_is_reviewed_by_the_one_above_it(tree, cast, second_department):
    call = issued(tree.county, by=cast.department, kind="advanced_organisation", title="全县先进基层党组织")
    row = nominated(call, organisation=tree.township, by=second_department)
    refused(lambda: services.approve(row, by=cast.committee, today=REVIEWED), "推荐由上一级审核，请清源县委办")
    assert services.approve(row, by=cast.department, today=REVIEWED).state == "approved"


def test_a_place_is_taken_once_and_the_share_before_the_whole(tree, cast, call):
    people = [make_member(tree.ours, f"候选人{n}") for n in range(3)]
    rows = [nominated(call, one, by=cast.secretary) for one in people]
    for row in rows[:2]:
        services.approve(row, by=cast.committee, today=REVIEWED)
    refused(lambda: services.approve(rows[2], by=cast.committee, today=REVIEWED), "山门镇党委的 2 个名额已经用完")
    refused(lambda: services.approve(rows[0], by=cast.committee, today=REVIEWED), "不用再审核")
    services.drop(rows[0], note="本人放弃", by=cast.department, today=REVIEWED)
    assert services.approve(rows[2], by=cast.committee, today=REVIEWED).state == "approved"
    call.refresh_from_db()
    assert (call.taken, call.shares.get().taken) == (2, 2)


def test_the_database_refuses_one_place_too_many_whoever_writes(tree, cast, person):
    call = issued(tree.county, by=cast.department, quota=1)
    approved(call, person, by=cast.secretary, reviewer=cast.committee)
    other = nominated(call, make_member(tree.far, "石方"), by=cast.department)
    shared = issued(tree.county, by=cast.department, title="优秀党务工作者", quota=1, shares=[(tree.township, 1)])
    refused(lambda: nominated(shared, other.member, by=cast.department), "石柳村党支部没有分到", "member")
    with pytest.raises(IntegrityError, match="call_within_quota"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE honours_nomination SET state = 'approved', reviewed_by_id = %s WHERE id = %s", [cast.committee.pk, other.pk])
    foreign = issued(tree.county, by=cast.department, title="其他", shares=[(tree.township, 1)]).shares.get()
    with pytest.raises(IntegrityError, match="share of its own call"), transaction.atomic():
        Nomination.objects.filter(pk=other.pk).update(share=foreign)


# ── Making public ───────────────────────────────────────────────────────────
def test_nothing_is_public_before_the_window_closed_and_all_is_reviewed(tree, cast, call, person):
    row = nominated(call, person, by=cast.secretary)
    refused(lambda: public(call, by=cast.department, today=CLOSES), "还在推荐，5月29日截止，现在不能公示")
    refused(lambda: public(call, by=cast.department), "还有 1 份推荐没有审核")
    services.refuse(row, note="材料不全", by=cast.committee, today=REVIEWED)
    refused(lambda: public(call, by=cast.department), "没有审核通过的推荐")


def test_publicity_lasts_the_countys_working_days_and_starts_no_earlier_than_today(tree, cast, call, person):
    approved(call, person, by=cast.secretary, reviewer=cast.committee)
    refused(lambda: public(call, by=cast.department, workdays=4), "不少于 5 个工作日", "workdays")
    refused(lambda: public(call, by=cast.department, start=PUBLIC_FROM - DAY), "今天或以后", "start")
    refused(lambda: public(call, by=cast.department, public_at=" "), "找谁反映", "public_at")
    Setting.objects.create(key="honours.publicity_workdays", value=7, start=PUBLIC_FROM, set_by=cast.department)
    refused(lambda: public(call, by=cast.department), "不少于 7 个工作日", "workdays")
    public(call, by=cast.department, workdays=7)
    call.refresh_from_db()
    assert call.public_until == date(2026, 6, 11)
    refused(lambda: public(call, by=cast.department), "正在公示，到 6月11日为止，现在不能公示")


def test_a_holiday_makes_the_publicity_longer(tree, cast, person):
    call = issued(tree.county, by=cast.department)
    approved(call, person, by=cast.secretary, reviewer=cast.committee)
    public(call, by=cast.department, start=date(2026, 6, 15))  # 端午: 19 June 2026 is a holiday
    call.refresh_from_db()
    assert call.public_until == date(2026, 6, 22)


# ── Objections ──────────────────────────────────────────────────────────────
def test_an_objection_is_found_out_by_another_person_and_costs_the_place_if_it_stands(tree, cast, call, person, second_department):
    row = approved(call, person, by=cast.secretary, reviewer=cast.committee)
    said = {"content": "承包地账目没有公开", "by": cast.department}
    refused(lambda: services.note_objection(row, received_on=REVIEWED, today=REVIEWED, **said), "现在不能登记异议")
    public(call, by=cast.department)
    row.refresh_from_db()
    refused(lambda: services.note_objection(row, received_on=PUBLIC_UNTIL + DAY, today=PUBLIC_UNTIL + DAY, **said), "核对收到的日子")
    objection = services.note_objection(row, received_on=PUBLIC_UNTIL, today=PUBLIC_UNTIL + DAY, **said)
    refused(lambda: decided(call, by=cast.department), "还有 1 件异议没有核实")
    verdict = {"upheld": True, "finding": "查阅账目，三年没有公开", "today": PUBLIC_UNTIL + DAY}
    refused(lambda: services.close_objection(objection, by=cast.department, **verdict), "要由另一个人核实")
    services.close_objection(objection, by=second_department, **verdict)
    refused(lambda: services.close_objection(objection, by=second_department, **verdict), "已经核实过")
    row.refresh_from_db()
    call.refresh_from_db()
    assert (row.state, call.taken) == ("dropped", 0)
    refused(lambda: decided(call, by=cast.department), "没有可以表彰的")


def test_what_was_reported_is_sealed_and_in_no_audit_row(tree, cast, call, person, second_department):
    row = approved(call, person, by=cast.secretary, reviewer=cast.committee)
    public(call, by=cast.department)
    objection = services.note_objection(row, content="承包地账目没有公开", received_on=PUBLIC_FROM, today=PUBLIC_FROM, by=cast.department)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM honours_objection")
        assert "承包地".encode() not in bytes(cursor.fetchone()[0])
    assert Objection.objects.get().content == "承包地账目没有公开"
    services.close_objection(objection, upheld=False, finding="账目已公开", by=second_department, today=PUBLIC_UNTIL)
    assert len(decided(call, by=cast.department)) == 1
    assert not any("账目" in str(row.data) for row in AuditEntry.objects.all())


# ── Deciding ────────────────────────────────────────────────────────────────
def test_a_decision_waits_for_the_day_after_the_publicity(tree, cast, call, person):
    approved(call, person, by=cast.secretary, reviewer=cast.committee)
    public(call, by=cast.department)
    refused(lambda: decided(call, by=cast.department, day=PUBLIC_UNTIL), "正在公示，到 6月9日为止")
    refused(
        lambda: services.decide(call, decision_number="清委〔2026〕12号", day=PUBLIC_UNTIL, by=cast.department, today=DECIDED),
        "公示期满（6月9日）以后",
        "day",
    )
    refused(lambda: decided(call, by=cast.department, decision_number=" "), "文号", "decision_number")
    assert len(decided(call, by=cast.department, day=PUBLIC_UNTIL + DAY)) == 1
    refused(lambda: decided(call, by=cast.department), "已经作出表彰决定")
    assert Honour.objects.count() == 1


def test_whoever_was_punished_meanwhile_is_named_and_dropped_first(tree, cast, call, person):
    row = approved(call, person, by=cast.secretary, reviewer=cast.committee)
    kept = approved(call, make_member(tree.ours, "刘明"), by=cast.secretary, reviewer=cast.committee)
    public(call, by=cast.department)
    Sanction.objects.create(member=person, kind="warning", start=DECIDED, basis="清纪〔2026〕9号")
    refused(lambda: decided(call, by=cast.department), "潘山洋：受警告处分，影响期没有满。先取消资格")
    services.drop(row, note="受处分", by=cast.department, today=DECIDED)
    assert [honour.member for honour in decided(call, by=cast.department)] == [kept.member]


def test_an_honour_stays_with_the_branch_it_was_won_in(tree, cast, call, person):
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    membership.move(person, to=tree.far, on=date(2026, 7, 1), by=cast.committee)
    honour.refresh_from_db()
    assert honour.organisation == tree.ours
    assert Fact.objects.standing().get(key=honour.fact_key).organisation == tree.ours


# ── Withdrawing an honour ───────────────────────────────────────────────────
def test_a_withdrawn_honour_ends_its_fact_is_void_and_the_points_follow(tree, cast, call, person):
    make_scheme(tree.county, {"code": "county", "fact_kind": "honour.county", "value": Decimal(5)})
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    settle(Scope(2026))
    said = {"document_number": "清委〔2026〕30号", "reason": "事迹造假", "by": cast.department, "today": DECIDED + 60 * DAY}
    refused(lambda: services.withdraw_honour(honour, day=DECIDED - DAY, **said), "不早于表彰", "day")
    refused(lambda: services.withdraw_honour(honour, day=DECIDED, **said | {"document_number": ""}), "文号", "document_number")
    refused(lambda: services.withdraw_honour(honour, day=DECIDED, **said | {"reason": " "}), "原因", "reason")
    assert total(person) == 5
    services.withdraw_honour(honour, day=DECIDED + 30 * DAY, **said)
    settle(Scope(2026))
    assert total(person) == 0
    honour.refresh_from_db()
    assert (honour.end, honour.withdrawal_number) == (DECIDED + 30 * DAY, "清委〔2026〕30号")
    assert not Fact.objects.standing().filter(key=honour.fact_key).exists()
    assert Fact.objects.filter(key=honour.fact_key).count() == 2  # what was recorded, and its void
    refused(lambda: services.withdraw_honour(honour, day=DECIDED + 31 * DAY, **said), "已经在 2026-07-26 撤销")


def test_a_commendation_filed_by_hand_still_counts_beside(tree, cast, call, person):
    """The kind by which honours were filed before goes on: an honour leaves another kind and does not touch it."""
    from tests.points.makers import deed, settled

    make_scheme(
        tree.county,
        {"code": "county", "fact_kind": "honour.county", "value": Decimal(5)},
        {"code": "commendation", "fact_kind": "manual.commendation", "value": Decimal(3)},
    )
    settled(deed(person, date(2026, 3, 1), kind="manual.commendation"))
    honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    settle(Scope(2026))
    assert total(person) == 8


def test_the_vote_is_kept_as_it_was(tree, cast, call, person):
    row = nominated(call, person, by=cast.secretary)
    assert {name: getattr(row, name) for name in VOTE} == VOTE
