"""党内职务, the rules: who may hold a post, what a committee and a ballot need, when a chair is empty too long."""

from datetime import date

import pytest

from members.rules.offices import (
    Ballot,
    Candidate,
    ballot_fault,
    committee_fault,
    may_hold,
    missing_posts,
    post_follows,
    seats_fault,
    vacancy_is_long,
)

TODAY = date(2026, 11, 22)


GOOD = {"name": "张三", "is_full": True, "is_suspended": False, "sanctions": frozenset(), "is_here": True}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({}, ""),
        ({"sanctions": frozenset({"warning", "serious_warning"})}, ""),
        ({"is_full": False}, "是预备党员，没有被选举权"),
        ({"is_suspended": True}, "停止党籍期间不能任职"),
        ({"sanctions": frozenset({"probation"})}, "留党察看期间没有被选举权"),
        ({"sanctions": frozenset({"posts_removed"})}, "受撤销党内职务处分，影响期内不能任职"),
        ({"is_here": False}, "组织关系不在这里"),
    ],
)
def test_only_full_members_of_the_branch_in_good_standing_hold_posts(said, fault):
    assert may_hold(Candidate(**(GOOD | said))) == fault


FOUR = {"secretary": [1], "organisation": [2], "publicity": [3], "discipline": [4]}


@pytest.mark.parametrize(
    ("held", "full", "fault"),
    [
        (FOUR, 7, ""),
        (FOUR, 6, "不足 7 人不设支委会"),
        ({"secretary": [1]}, 6, ""),
        ({"secretary": [1], "deputy": [2]}, 6, ""),
        ({"secretary": [1], "deputy": [2, 3]}, 6, "副书记最多设 1 名"),
        ({"deputy": [2]}, 6, "要有 1 名书记"),
        ({"secretary": [1]}, 7, "支委会还缺组织委员、宣传委员、纪检委员"),
        ({"secretary": [1], "organisation": [2], "publicity": [2], "discipline": [1]}, 7, "支委会至少 3 人，现在是 2 人"),
        ({"secretary": [1], "organisation": [2], "publicity": [2], "discipline": [3]}, 7, ""),
        (FOUR | {"member": [5, 6, 7]}, 30, ""),
        (FOUR | {"member": [5, 6, 7, 8]}, 30, "支委会一般不超过 7 人，现在是 8 人"),
    ],
)
def test_chapter_6_a_committee_from_seven_full_members_of_three_to_seven(held, full, fault):
    assert committee_fault(held, full_members=full) == fault or (fault and fault in committee_fault(held, full_members=full))


def test_a_committee_is_filled_one_by_one():
    assert seats_fault({"secretary": [1]}, full_members=20) == ""
    assert missing_posts(["secretary", "discipline"], full_members=20) == ["组织委员", "宣传委员"]
    assert missing_posts([], full_members=6) == ["书记"]


@pytest.mark.parametrize(
    ("entitled", "present", "votes", "fault"),
    [
        (20, 16, 11, ""),
        (20, 15, 15, "到会 15 人，不足应到会 20 人的 五分之四（16 人），选举无效"),
        (20, 16, 10, "得 10 票，没有超过应到会 20 人的半数，至少要 11 票"),
        (21, 17, 11, ""),
        (21, 16, 16, "（17 人），选举无效"),
        (21, 17, 10, "至少要 11 票"),
        (20, 21, 11, "实到会人数不能多于应到会"),
        (20, 16, 17, "得票不能多于实到会人数"),
        (0, 0, 0, "应到会人数要大于 0"),
    ],
)
def test_an_election_needs_four_fifths_there_and_more_than_half_of_those_entitled(entitled, present, votes, fault):
    said = ballot_fault(Ballot(entitled, present, votes))
    assert said == fault or (fault and fault in said)


@pytest.mark.parametrize(
    ("today", "long"), [(date(2026, 11, 1), False), (date(2026, 11, 2), False), (date(2026, 11, 3), True), (date(2027, 1, 1), True)]
)
def test_a_chair_empty_for_more_than_three_months(today, long):
    assert vacancy_is_long(date(2026, 8, 2), today=today, months=3) is long


@pytest.mark.parametrize(
    ("office", "joined", "follows"),
    [
        ("/1/2/3/", "/1/2/4/", False),  # of the branch left
        ("/1/2/3/9/", "/1/2/4/", False),  # of its 党小组
        ("/1/2/", "/1/2/4/", True),  # of the township, still in it
        ("/1/2/", "/1/5/6/", False),  # of the township left
        ("/1/", "/1/5/6/", True),  # of the county
        ("/1/7/", "/1/5/6/", True),  # held elsewhere all along
        ("/1/20/", "/1/2/4/", True),  # 20 is not 2
    ],
)
def test_which_posts_go_along_with_a_move(office, joined, follows):
    assert post_follows(office, left="/1/2/3/", joined=joined) is follows
