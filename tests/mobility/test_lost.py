"""失联 (教育管理条例 Art24): the clock, every stage on the day before, on and after, the wrong order refused with nothing changed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from members.mobility.models import LostCase, LostStep
from members.mobility.selectors.lost import awaiting_decision, silent, standing_of
from members.mobility.services import contacts, lost
from members.models import Affiliation, Fact, Member
from members.services import facts, membership
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.at_once import at_once
from tests.factories import make_grant, make_member, make_organisation, make_user
from tests.mobility.makers import TODAY, make_case, make_outflow

FULL = date(2026, 5, 22)  # six months before today, to the day


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "唐林永")


def attended(person, day, kind="meeting.theme_day"):
    line = facts.FactLine(
        key=f"test:{person.pk}:{day}:{kind}", kind=kind, member_id=person.pk, organisation_id=person.branch_id, member_class="village",
        day=day, units=Decimal(1), title="主题党日：义务植树",
    )  # fmt: skip
    facts.record([line], by=None)


def search(case, by, *ways, day=TODAY):
    for way in ways or ("phone", "visit", "kin"):
        contacts.log_contact(case.member, day=day, way=way, outcome="unreached", today=day, by=by)


def reported(person, by, clock=FULL):
    case = make_case(person, by, clock=clock)
    search(case, by)
    return lost.report(case, basis="支部党员大会 2026-11-20", today=TODAY, by=by)


def suspended(person, secretary, committee, on=TODAY):
    return lost.suspend(reported(person, secretary), on=on, basis="山委〔2026〕9号", today=TODAY, by=committee)


def test_a_case_opens_on_the_last_sign_and_the_roster_says_so(tree, secretary, person):
    attended(person, date(2026, 1, 10))
    case = make_case(person, secretary)
    person.refresh_from_db()
    assert (person.is_lost, person.lost_on, person.version) == (True, date(2026, 1, 10), 2)
    assert case.last_fact == Fact.objects.get()
    assert [(step.kind, step.day, step.taken_by) for step in case.steps.all()] == [("opened", TODAY, secretary)]
    assert AuditEntry.objects.get(code="mobility.lost.opened").subject == person.uid


@pytest.mark.parametrize(("clock", "taken"), [(date(2026, 3, 9), False), (date(2026, 3, 10), True), (date(2026, 3, 11), True)])
def test_the_clock_does_not_start_before_the_last_sign(tree, secretary, person, clock, taken):
    attended(person, date(2026, 3, 10), "dues.paid")
    attended(person, date(2026, 6, 1), "meeting.absent")
    if taken:
        assert make_case(person, secretary, clock=clock).clock == clock
        return
    with pytest.raises(DomainError, match="2026-03-10 还有记录"):
        make_case(person, secretary, clock=clock)
    assert not LostCase.objects.exists() and not Member.objects.get(pk=person.pk).is_lost


def test_opening_ends_the_outflow_and_is_done_once(tree, secretary, person):
    make_outflow(person, secretary)
    make_case(person, secretary)
    person.refresh_from_db()
    assert (person.is_mobile, person.is_lost, person.outflows.get().end_reason) == (False, True, "lost")
    with pytest.raises(DomainError, match="已经立了"):
        make_case(person, secretary)


@pytest.mark.parametrize("clock", [TODAY, TODAY + timedelta(days=1), date(2005, 6, 30)])
def test_a_clock_that_cannot_be(tree, secretary, person, clock):
    with pytest.raises(DomainError, match=r"今天以前|才入党"):
        make_case(person, secretary, clock=clock)


@pytest.mark.parametrize(("clock", "may"), [(FULL + timedelta(days=1), False), (FULL, True), (FULL - timedelta(days=1), True)])
def test_art24_reported_when_six_months_are_full(tree, secretary, person, clock, may):
    case = make_case(person, secretary, clock=clock)
    search(case, secretary)
    if not may:
        with pytest.raises(DomainError, match="才满六个月"):
            lost.report(case, basis="支部党员大会", today=TODAY, by=secretary)
        return
    assert lost.report(case, basis="支部党员大会", today=TODAY, by=secretary).state == "reported"


def test_not_before_every_means_was_tried(tree, secretary, person):
    case = make_case(person, secretary)
    search(case, secretary, "phone", "message")
    with pytest.raises(DomainError, match="上门、托亲属"):
        lost.report(case, basis="支部党员大会", today=TODAY, by=secretary)
    search(case, secretary, "visit", "kin")
    with pytest.raises(DomainError, match="编号"):
        lost.report(case, basis=" ", today=TODAY, by=secretary)
    assert LostCase.objects.get().state == "searching"


def test_the_committee_decides_with_a_number_and_offices_end(tree, secretary, committee, person):
    case = suspended(person, secretary, committee)
    person.refresh_from_db()
    assert (case.state, person.standing, case.suspension.basis, case.suspension.reason) == (
        "suspended",
        "suspended",
        "山委〔2026〕9号",
        "lost_contact",
    )


@pytest.mark.parametrize(("on", "words"), [(FULL + timedelta(days=183), "不能更早"), (TODAY + timedelta(days=1), "还没有到")])
def test_the_decision_is_of_a_day_that_may_be(tree, secretary, committee, person, on, words):
    case = reported(person, secretary)
    with pytest.raises(DomainError, match=words):
        lost.suspend(case, on=on, basis="山委〔2026〕9号", today=TODAY, by=committee)
    with pytest.raises(DomainError, match="文号"):
        lost.suspend(case, on=TODAY, basis="", today=TODAY, by=committee)
    assert Member.objects.get(pk=person.pk).standing == "normal"


def test_neither_a_branch_nor_a_general_branch_decides(tree, secretary):
    general = make_organisation("中共清源县山门镇工业总支部委员会", "general_branch", tree.township)
    branch = make_organisation("中共清源县山门镇第一支部委员会", "branch", general)
    user = make_user("总支书记", username="general")
    make_grant(user, general, "committee")
    case = reported(make_member(branch, "唐林永"), user)
    for by in (secretary, user):
        with pytest.raises(DomainError, match="由党委决定"):
            lost.suspend(case, on=TODAY, basis="〔2026〕1号", today=TODAY, by=by)
    assert LostCase.objects.get().state == "reported"


def test_a_sign_that_came_meanwhile_stops_the_decision(tree, secretary, committee, person):
    case = reported(person, secretary)
    attended(person, date(2026, 8, 1), "dues.paid")
    with pytest.raises(DomainError, match="2026-08-01 又有了记录"):
        lost.suspend(case, on=TODAY, basis="山委〔2026〕9号", today=TODAY, by=committee)
    assert Member.objects.get(pk=person.pk).standing == "normal"


def test_the_committee_sends_back_and_says_why(tree, secretary, committee, person):
    case = reported(person, secretary)
    with pytest.raises(DomainError, match="原因"):
        lost.send_back(case, note="", today=TODAY, by=committee)
    assert lost.send_back(case, note="没有问过其兄", today=TODAY, by=committee).state == "searching"


FULL_2 = date(2028, 11, 22)


@pytest.mark.parametrize(("on", "may"), [(FULL_2 - timedelta(days=1), False), (FULL_2, True), (FULL_2 + timedelta(days=1), True)])
def test_art24_removed_two_years_after_the_decision(tree, secretary, committee, person, on, may):
    case = suspended(person, secretary, committee)
    later = FULL_2 + timedelta(days=2)
    if not may:
        with pytest.raises(DomainError, match="满两年是 2028-11-22"):
            lost.remove(case, on=on, basis="山委〔2028〕3号", today=later, by=committee)
        assert Member.objects.get(pk=person.pk).left_on is None
        return
    lost.remove(case, on=on, basis="山委〔2028〕3号", today=later, by=committee)
    person.refresh_from_db()
    end = person.affiliations.get()
    assert (person.left_on, end.end_reason, end.basis) == (on, Affiliation.EndReason.REMOVED, "山委〔2028〕3号")
    assert LostCase.objects.get().outcome == "removed" and person.suspensions.get().outcome == "removed"


def test_reached_before_the_decision_ends_the_search_by_itself(tree, secretary, person):
    case = reported(person, secretary)
    contacts.log_contact(person, day=TODAY, way="phone", outcome="reached", today=TODAY, by=secretary)
    person.refresh_from_db()
    case.refresh_from_db()
    assert (case.state, case.outcome, person.is_lost, person.lost_on) == ("ended", "found", False, None)


def test_reached_after_the_decision_waits_for_the_committee(tree, secretary, committee, person):
    case = suspended(person, secretary, committee)
    later = TODAY + timedelta(days=90)
    contacts.log_contact(person, day=later, way="kin", outcome="reached", today=later, by=secretary)
    case.refresh_from_db()
    assert (case.state, list(awaiting_decision(committee, today=later)), Member.objects.get(pk=person.pk).standing) == (
        "resurfaced",
        [case],
        "suspended",
    )
    with pytest.raises(DomainError, match="由党委决定"):
        lost.restore(case, on=later, basis="x", today=later, by=secretary)
    lost.restore(case, on=later, basis="山委〔2027〕2号", today=later, by=committee)
    person.refresh_from_db()
    assert (person.standing, person.is_lost, LostCase.objects.get().outcome) == ("normal", False, "restored")


@pytest.mark.parametrize("act", ["suspend", "remove", "restore", "send_back"])
def test_the_wrong_order_is_told_and_changes_nothing(tree, secretary, committee, person, act):
    case = make_case(person, secretary)
    said = {"note": "x"} if act == "send_back" else {"on": TODAY, "basis": "山委〔2026〕9号"}
    with pytest.raises(DomainError, match="正在查找"):
        getattr(lost, act)(case, today=TODAY, by=committee, **said)
    assert LostStep.objects.count() == 1


def test_a_death_closes_the_case_at_night(tree, secretary, person):
    make_case(person, secretary)
    membership.leave(person, on=date(2026, 11, 20), reason="died", by=None)
    assert lost.close_left(today=TODAY) == 1 and lost.close_left(today=TODAY) == 0
    assert LostCase.objects.get().outcome == "left"


def test_what_is_next_is_said_of_every_state(tree, secretary, committee, person):
    case = make_case(person, secretary, clock=FULL)
    assert standing_of(case, today=TODAY - timedelta(days=1)).next_act == "继续查找"
    assert standing_of(case, today=TODAY).next_act == "报党委停止党籍"
    search(case, secretary)
    case = lost.report(case, basis="大会", today=TODAY, by=secretary)
    assert standing_of(case, today=TODAY).next_act == "决定停止党籍"
    case = lost.suspend(case, on=TODAY, basis="〔2026〕9号", today=TODAY, by=committee)
    assert standing_of(case, today=FULL_2 - timedelta(days=1)).next_act == "继续查找"
    assert standing_of(case, today=FULL_2).next_act == "按自行脱党除名"


@pytest.mark.parametrize(
    ("last", "today", "flagged"),
    [
        (FULL - timedelta(days=1), TODAY, True),
        (FULL, TODAY, True),
        (FULL + timedelta(days=1), TODAY, False),
        # Six months from 31 August are full on the last of February, as everywhere else.
        (date(2026, 8, 31), date(2027, 2, 27), False),
        (date(2026, 8, 31), date(2027, 2, 28), True),
        (date(2026, 9, 1), date(2027, 2, 28), False),
    ],
)
def test_art31_6_six_months_without_a_sign_are_flagged(tree, secretary, person, last, today, flagged):
    attended(person, last)
    attended(make_member(tree.ours, "程勇庆"), date(2026, 11, 1))
    assert (person in silent(secretary, today=today)) is flagged


def test_nobody_is_flagged_by_a_branch_that_recorded_nothing_nor_who_is_spared(tree, secretary, person):
    assert not silent(secretary, today=TODAY).exists()
    attended(make_member(tree.ours, "程勇庆"), date(2026, 11, 1))
    away = make_member(tree.ours, "潘山洋", is_mobile=True, destination="广东省东莞市")
    fresh = make_member(tree.ours, "周春", start=date(2026, 9, 1))
    found = set(silent(secretary, today=TODAY))
    assert person in found and not {away, fresh} & found


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_are_one(tree, secretary, committee):
    person = make_member(tree.ours, "唐林永")
    case = reported(person, secretary)
    told = at_once(
        *(
            lambda: lost.suspend(LostCase.objects.get(pk=case.pk), on=TODAY, basis="〔2026〕9号", today=TODAY, by=committee)
            for _ in range(3)
        )
    )
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "DomainError", "LostCase"]
    assert person.suspensions.count() == 1
