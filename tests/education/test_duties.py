"""What a branch has to hold, why, and where it is done; the fact clears it."""

from datetime import date

import pytest

from education.duties import due, due_for
from education.models import Meeting
from tests.education.test_services import record
from tests.factories import make_member, make_organisation

TODAY = date(2026, 11, 22)


def hold(organisation, kind, day, by, state="confirmed", **fields):
    return Meeting.objects.create(
        organisation=organisation, kind=kind, held_on=day, topic="学习", state=state, recorded_by=by, confirmed_by=by,
        confirmed_at="2026-01-01T00:00:00Z", **fields,
    )  # fmt: skip


def titles(duties):
    return [(duty.title, duty.days_left(TODAY)) for duty in duties]


def test_what_is_due_oldest_first(tree, secretary):
    for month in range(1, 11):
        if month != 9:
            hold(tree.ours, "theme_day", date(2026, month, 20), secretary)
    for month in (3, 6, 9):
        hold(tree.ours, "assembly", date(2026, month, 26), secretary)
    duties = due(secretary, TODAY)
    assert titles(duties) == [
        ("补记 9 月主题党日", -53),
        ("记录 11 月主题党日", 8),
        ("开 2026 年度民主评议党员", 39),
        ("开第四季度党员大会", 39),
        ("开 2026 年度组织生活会", 39),
    ]
    assert duties[0].reason == "主题党日一般每月一次，9 月还没有记录"
    assert duties[1].reason == "固定日 11月20日已过，还没有记录"
    assert duties[3].reason == "党员大会一般每季度一次，第四季度还没有记录。上次 9月26日"
    assert duties[0].url == "/education/record/?organisation=001003001&kind=theme_day&month=2026-09"
    assert (duties[0].act, duties[1].act) == ("补记", "记录会议")


def test_a_committee_meeting_is_asked_of_a_large_branch_only(tree, secretary):
    for _ in range(7):
        make_member(tree.ours)
    assert "记录 11 月支委会" in [duty.title for duty in due(secretary, TODAY)]
    assert not [duty for duty in due_for([tree.neighbours], TODAY) if "支委会" in duty.title]


def test_misses_older_than_three_months_are_not_asked_for(tree, secretary):
    assert min(duty.due_on for duty in due(secretary, TODAY)) == date(2026, 8, 31)
    assert min(duty.due_on for duty in due(secretary, date(2027, 1, 5))) == date(2026, 10, 31)


def test_the_fact_clears_the_duty(tree, secretary):
    make_member(tree.ours)
    before = {duty.key for duty in due(secretary, TODAY)}
    record(tree.ours, secretary, confirm=True)
    assert before - {duty.key for duty in due(secretary, TODAY)} == {"education.theme_day:001003001:2026-11"}


def test_a_draft_is_to_be_confirmed_and_a_returned_one_mended(tree, secretary):
    hold(tree.ours, "theme_day", date(2026, 11, 20), secretary, state="draft")
    returned = hold(tree.ours, "lecture", date(2026, 11, 12), secretary, state="returned")
    now = {duty.title: duty for duty in due(secretary, TODAY)}
    assert "确认 11月20日主题党日" in now
    assert "记录 11 月主题党日" not in now
    assert now["改好 11月12日党课"].url == f"/education/{returned.uid}/edit/"


def test_a_group_is_named(tree, secretary):
    make_organisation("高家杨村第一党小组", "group", tree.ours, code="g1")
    duty = next(d for d in due(secretary, TODAY) if d.key == "education.group:g1:2026-11")
    assert duty.title == "记录 11 月党小组会（高家杨村第一党小组）"
    assert duty.url.endswith("&group=g1")


def test_only_ones_own_branches(tree, secretary, committee, member):
    assert {duty.organisation_code for duty in due(secretary, TODAY)} == {"001003001"}
    assert due(committee, TODAY) == []
    assert due(member.user, TODAY) == []


@pytest.mark.parametrize("size", [1, 60])
def test_many_branches_cost_what_one_costs(tree, department, size, django_assert_num_queries):
    branches = [make_organisation(f"中共清源县山门镇第{n}支部委员会", "branch", tree.township) for n in range(size)]
    with django_assert_num_queries(2):
        duties = due_for(branches, TODAY)
    assert {duty.organisation_code for duty in duties} == {branch.code for branch in branches}
