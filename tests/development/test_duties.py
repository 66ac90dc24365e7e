"""Duties: the branch's own steps, what waits for the nearest committee, and nobody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.development import duties
from tests.development.makers import make_branch_people, make_case, said_of, walk
from tests.factories import make_organisation


@pytest.fixture
def today():
    return timezone.localdate()


def test_a_talk_is_told_the_branch_until_it_is_recorded(tree, secretary, neighbour, committee, today):
    case = make_case(tree.ours, secretary, applied_on=today - timedelta(days=40), today=today)
    (told,) = duties.due(secretary, today)
    assert told.title == "派人谈话：林小禾" and told.days_left(today) < 0 and str(case.uid) in told.url
    assert told.organisation_code == tree.ours.code
    assert duties.due(neighbour, today) == duties.due(committee, today) == []
    walk(case, [], by=secretary, to="talk", days={"talk": today - timedelta(days=11)}, today=today)
    assert duties.due(secretary, today) == [], "an activist is named when the person is ripe, nobody is pressed"


def test_what_waits_for_a_committee_is_told_the_nearest_one(tree, secretary, committee, department, today):
    people = make_branch_people(tree.ours)
    start = today - timedelta(days=60)
    case = make_case(tree.ours, secretary, applied_on=start, today=today)
    walk(case, people, by=secretary, to="activist", days={"talk": start, "activist": today - timedelta(days=5)}, today=today)
    (told,) = duties.due(committee, today)
    assert told.title == "报上级党委备案：林小禾（高家杨村党支部）" and told.organisation_code == tree.township.code
    assert told.due_on == today + timedelta(days=25) and "按一般办理时间" in told.reason
    assert duties.due(secretary, today) == [] and duties.due(department, today) == []
    assert duties.due_for_committees([tree.township], today) == [told]


def test_an_approval_is_told_the_one_with_the_power(tree, secretary, committee, today):
    lower = make_organisation("中共清源县山门镇中学委员会", "committee", tree.township)
    branch = make_organisation("中共清源县山门镇中学高中支部委员会", "branch", lower)
    people = make_branch_people(branch)
    case = walk(make_case(branch, secretary), people, by=committee, to="assembly", approver=tree.township)
    assert case.next_step == "party_talk"
    assert duties.due_for_committees([lower], today) == []
    assert [told.organisation_code for told in duties.due_for_committees([tree.township], today)] == [tree.township.code]


@pytest.mark.parametrize("size", [1, 20])
def test_the_list_costs_the_same(tree, secretary, size, today, django_assert_num_queries):
    for _ in range(size):
        make_case(tree.ours, secretary, applied_on=today - timedelta(days=20), today=today)
    with django_assert_num_queries(4):  # grants, branches, the parameter, the cases
        assert len(duties.due(secretary, today)) == size
    assert said_of("talk", today, [])
