"""Duties of 流动 and 失联: from which day, to whom, and cleared by the fact."""

from datetime import date, timedelta

import pytest

from members.mobility import duties
from members.mobility.services import contacts, hosting, lost, outflows
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_organisation, make_user
from tests.mobility.makers import START, TODAY, make_case, make_hosting, make_outflow


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "潘山洋")


def told(user, today=TODAY):
    return [(duty.due_on, duty.title, duty.act) for duty in duties.due(user, today)]


def reach(person, day, by, **fields):
    return contacts.log_contact(person, day=day, by=by, today=TODAY, **{"way": "phone", "outcome": "reached"} | fields)


@pytest.mark.parametrize(("today", "named"), [(date(2026, 11, 5), False), (date(2026, 11, 6), True), (date(2026, 11, 21), True)])
def test_contact_is_due_a_month_after_the_last_and_told_a_fortnight_before(tree, secretary, person, today, named):
    make_outflow(person, secretary)
    reach(person, date(2026, 10, 20), secretary)
    assert ((date(2026, 11, 20), "联系流动党员潘山洋", "登记联系") in told(secretary, today)) is named


def test_being_reached_clears_it_and_a_vain_try_does_not(tree, secretary, person):
    make_outflow(person, secretary)
    reach(person, date(2026, 11, 20), secretary, outcome="unreached")
    assert told(secretary) == [(date(2026, 4, 2), "联系流动党员潘山洋", "登记联系")]
    reach(person, TODAY, secretary)
    assert told(secretary, date(2026, 12, 1)) == []


def test_abroad_is_each_half_year(tree, secretary, person):
    make_outflow(person, secretary, province="00", city="日本东京", county="", reason="abroad_study")
    reach(person, date(2026, 6, 1), secretary)
    assert told(secretary) == [(date(2026, 12, 1), "联系流动党员潘山洋", "登记联系")]


@pytest.mark.parametrize(("today", "named"), [(date(2026, 8, 2), False), (date(2026, 8, 3), True), (date(2026, 9, 3), True)])
def test_art25_transfer_is_told_a_month_before_six_are_full(tree, secretary, person, today, named):
    make_outflow(person, secretary, place_fixed=True)
    assert ((date(2026, 9, 2), "动员潘山洋转出组织关系", "看登记") in told(secretary, today)) is named


def test_a_place_that_is_not_fixed_needs_no_transfer(tree, secretary, person):
    make_outflow(person, secretary)
    assert not [title for _, title, _ in told(secretary) if "转出" in title]


def test_an_expected_return_that_passed(tree, secretary, person):
    make_outflow(person, secretary, expected_return=date(2026, 11, 21))
    assert (date(2026, 11, 21), "核实潘山洋是否返乡", "了结") in told(secretary)


def test_who_the_roster_calls_mobile_or_lost_is_to_be_registered(tree, secretary):
    away = make_member(tree.ours, "陈辉文", is_mobile=True, destination="广东省东莞市")
    gone = make_member(tree.ours, "唐林永", is_lost=True, lost_on=date(2026, 1, 10))
    end = date(2026, 11, 30)
    assert told(secretary) == [(end, "给唐林永立失联台账", "立台账"), (end, "登记陈辉文的去向", "登记")]
    make_outflow(away, secretary)
    make_case(gone, secretary)
    assert not [title for _, title, _ in told(secretary) if "登记陈辉文" in title or "立失联台账" in title]


def test_the_roster_saying_otherwise_is_to_be_looked_at(tree, secretary, person):
    make_outflow(person, secretary)
    type(person).objects.update(destination="广东省东莞市")
    (found,) = [duty for duty in duties.due(secretary, TODAY) if duty.title == "核对潘山洋的去向"]
    assert "名册上广东省东莞市" in found.reason


def test_the_host_answers_and_then_reports_the_year(tree, secretary, person):
    host = make_user("石书记", username="host")
    make_grant(host, tree.far, "secretary")
    asked = make_hosting(make_outflow(person, secretary), tree.far, secretary, accepted=False)
    assert told(host) == [(TODAY + timedelta(days=15), "答复接收流动党员潘山洋", "答复")]
    hosting.accept(asked, today=TODAY, by=host)
    assert told(host, date(2026, 9, 30)) == []
    assert told(host, date(2026, 10, 1)) == [(date(2026, 12, 31), "向高家杨村党支部反馈潘山洋的表现", "写反馈")]
    one, again = (hosting.report_home(asked, kind="performance", text="按时参加", today=TODAY, by=host) for _ in range(2))
    assert one == again, "a double tap"
    assert told(host) == []


def test_each_stage_of_a_case_is_somebodys(tree, secretary, committee, person):
    case = make_case(person, secretary, clock=date(2026, 5, 22))
    assert told(secretary, TODAY - timedelta(days=1)) == [(TODAY, "查找潘山洋", "看台账")]
    assert told(secretary) == [(TODAY, "报党委停止潘山洋党籍", "看台账")]
    for way in ("phone", "visit", "kin"):
        reach(person, TODAY, secretary, way=way, outcome="unreached")
    lost.report(case, basis="支部党员大会 2026-11-20", today=TODAY, by=secretary)
    assert told(secretary) == []
    assert told(committee) == [(TODAY, "决定潘山洋（高家杨村党支部）停止党籍", "看台账")]
    theirs = [duty.title for duty in duties.due_for_committees([tree.township, tree.county, tree.other_township], TODAY)]
    assert theirs == ["决定潘山洋（高家杨村党支部）停止党籍"]
    assert duties.due_for_committees([tree.county, tree.other_township], TODAY) == [], "the nearest 党委 decides"
    lost.suspend(case, on=TODAY, basis="山委〔2026〕9号", today=TODAY, by=committee)
    full = date(2028, 11, 22)
    assert told(committee, full - timedelta(days=1)) == []
    assert told(committee, full) == [(full, "决定潘山洋（高家杨村党支部）除名", "看台账")]
    assert told(secretary, full) == []


def test_a_general_branch_is_not_asked_to_decide(tree, secretary):
    general = make_organisation("中共清源县山门镇工业总支部委员会", "general_branch", tree.township)
    branch = make_organisation("中共清源县山门镇第一支部委员会", "branch", general)
    user = make_user("总支书记", username="general")
    make_grant(user, general, "committee")
    case = make_case(make_member(branch, "唐林永"), None)
    type(case).objects.update(state="reported")
    assert duties.decisions(user, TODAY) == duties.due_for_committees([general], TODAY) == []


def test_duties_cost_the_same_for_one_as_for_many(tree, secretary):
    def ask():
        with fits_budget("mobility duties"):
            duties.due_for([tree.ours, tree.neighbours], TODAY)

    make_outflow(make_member(tree.ours, "潘山洋"), secretary)
    ask()
    contact = make_member(tree.ours, "肖斌")
    for n in range(6):
        make_outflow(make_member(tree.ours, f"党员{n}"), secretary, contact=contact, place_fixed=True)
        make_case(make_member(tree.ours, f"失联{n}"), secretary)
        make_member(tree.ours, f"流动{n}", is_mobile=True, destination="广东省东莞市")
    ask()


def test_an_ended_registration_asks_nothing(tree, secretary, person):
    outflow = make_outflow(person, secretary)
    outflows.end_outflow(outflow, on=START + timedelta(days=30), reason="returned", today=TODAY, by=secretary)
    assert told(secretary) == []
