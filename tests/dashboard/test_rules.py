"""Why a branch is named, in the words its reader sees."""

from datetime import date

from partyportal.dashboard.rules import Missed, contact_need, meetings_need, secretary_need, strength_need

TODAY = date(2026, 11, 22)


def test_a_meeting_missed_once_is_the_branch_s_own_business():
    assert meetings_need([Missed(label="支委会", months=(date(2026, 10, 1),))]) == ""
    assert meetings_need([]) == ""


def test_a_meeting_missed_twice_in_three_months_is_named_with_its_months():
    missed = [Missed(label="支委会", months=(date(2026, 10, 1), date(2026, 9, 1))), Missed(label="主题党日", months=(date(2026, 8, 1),))]
    assert meetings_need(missed) == "9、10 月没有支委会"


def test_a_branch_needs_three_full_members():
    assert strength_need(3) == ""
    assert strength_need(2) == "正式党员 2 人，不足 3 人，应并入联合党支部"


def test_a_vacancy_counts_after_three_months():
    assert secretary_need(date(2026, 8, 23), TODAY) == "书记空缺 91 天"
    assert secretary_need(None, TODAY) == ""


def test_several_members_out_of_touch_are_more_than_a_branch_s_own_business():
    assert (contact_need(1), contact_need(2)) == ("", "失联党员 2 人")
