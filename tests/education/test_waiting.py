"""Who is asked to answer what, by when; the answer clears it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from education.services import approve_minutes, draw_meetings, pass_drawn
from education.waiting import due, due_for, due_for_committees
from tests.education.makers import make_exclusion, make_leave
from tests.education.test_services import DAY, TODAY, record, revise
from tests.factories import make_member, make_organisation

LATER = TODAY + timedelta(days=3)


def titles(user, today=TODAY):
    return [duty.title for duty in due(user, today)]


def test_leave_waits_for_the_secretary_until_its_day(tree, secretary, neighbour, committee, member):
    leave = make_leave(member, day=LATER)
    (duty,) = due(secretary, TODAY)
    assert (duty.title, duty.due_on, duty.url) == (f"答复刘明{LATER.month}月{LATER.day}日的请假", LATER, f"/education/leaves/{leave.uid}/")
    assert titles(neighbour) == titles(committee) == titles(member.user) == []
    assert titles(secretary, LATER + timedelta(days=1)) == []


def test_minutes_wait_for_whoever_did_not_write_them(tree, secretary, deputy):
    make_member(tree.ours)
    meeting = record(tree.ours, secretary, minutes="学习条例。", confirm=True)
    assert (titles(secretary), titles(deputy)) == ([], ["审定11月20日主题党日的纪要"])
    assert due(deputy, TODAY)[0].due_on == DAY + timedelta(days=7)
    approve_minutes(meeting, number=1, by=deputy)
    assert titles(deputy) == []
    revise(meeting, deputy, minutes="学习条例，讨论换届。")
    assert (titles(secretary), titles(deputy)) == (["审定11月20日主题党日的纪要"], [])


def test_the_committee_is_asked_for_the_record_and_the_drawn(tree, secretary, committee):
    today = timezone.localdate()
    person = make_member(tree.ours)
    row = make_exclusion(person, by=secretary)
    check = draw_meetings(organisation=tree.township, since=date(2026, 11, 1), until=date(2026, 11, 30), count=3, by=committee, today=TODAY)
    told = {duty.title: duty for duty in due(committee, today)}
    assert set(told) == {"备案高家杨村党支部报的不计应到", "看完抽中的 1 次会议"}
    assert told["备案高家杨村党支部报的不计应到"].url == f"/education/exclusions/{row.uid}/"
    assert told["看完抽中的 1 次会议"].due_on == TODAY + timedelta(days=14)
    assert titles(secretary) == []
    pass_drawn(check.drawn.get(), by=committee, today=TODAY)
    assert [duty.title for duty in due_for_committees([tree.township, tree.other_township], today)] == ["备案高家杨村党支部报的不计应到"]


@pytest.mark.parametrize("size", [1, 30])
def test_many_cost_what_one_costs(tree, secretary, size, django_assert_num_queries):
    branches = [make_organisation(f"中共清源县山门镇第{n}支部委员会", "branch", tree.township) for n in range(size)]
    for branch in branches:
        make_member(branch)
        record(branch, secretary, minutes="学习。", confirm=True)
    with django_assert_num_queries(3):
        assert len(due_for(branches, TODAY)) == size
    with django_assert_num_queries(3):
        due_for_committees([tree.township, tree.other_township], TODAY)
