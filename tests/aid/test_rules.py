"""The rules of 困难救助, each by its article, on the day before, on and after."""

from datetime import date
from decimal import Decimal

import pytest

from members.care.aid import rules

WHOLE = frozenset({"vote", "review", "notice", "follow_up"})
D = Decimal


def walk(needs):
    state, way = rules.next_state(rules.APPLY, needs), []
    acts = {
        rules.VOTING: rules.VOTE,
        rules.REVIEWING: rules.REVIEW,
        rules.APPROVING: rules.APPROVE,
        rules.PUBLICITY: rules.NOTICE_OVER,
        rules.PAYING: rules.PREPARE,
        rules.CONFIRMING: rules.PAY,
        rules.SIGNING: rules.SIGN,
        rules.FOLLOWING: rules.FOLLOW_UP,
    }
    while state != rules.DONE:
        way.append(state)
        assert rules.may_do(acts[state], state)
        state = rules.next_state(acts[state], needs)
    return way


def test_the_way_of_a_hardship_case_is_that_of_lingwu():
    """灵武市 2024: 申请、评议、审核、审批、公示、发放、签收, and the visit after."""
    assert walk(WHOLE) == ["voting", "reviewing", "approving", "publicity", "paying", "confirming", "signing", "following"]


def test_a_gift_at_new_year_goes_without_the_assembly_and_never_without_approval_payment_and_signature():
    assert walk(WHOLE - {"vote", "follow_up"}) == ["reviewing", "approving", "publicity", "paying", "confirming", "signing"]
    assert walk(frozenset()) == ["approving", "paying", "confirming", "signing"]


@pytest.mark.parametrize(
    ("entitled", "present", "in_favour", "passes"),
    [(10, 5, 5, False), (10, 6, 5, False), (10, 6, 6, True), (10, 4, 4, False), (11, 6, 6, True), (11, 6, 5, False), (1, 1, 1, True)],
)
def test_article_11_more_than_half_of_those_who_should_come(entitled, present, in_favour, passes):
    assert rules.assembly_passes(entitled=entitled, present=present, in_favour=in_favour) is passes


@pytest.mark.parametrize(
    ("counts", "field"),
    [
        ({"entitled": 7, "present": 6, "in_favour": 6, "against": 0}, "entitled"),
        ({"entitled": 6, "present": 7, "in_favour": 6, "against": 0}, "present"),
        ({"entitled": 6, "present": 5, "in_favour": 4, "against": 2}, "in_favour"),
        ({"entitled": 6, "present": 2, "in_favour": 2, "against": 0}, "present"),
        ({"entitled": 6, "present": 3, "in_favour": 2, "against": 1}, None),
        ({"entitled": 5, "present": 5, "in_favour": 4, "against": 0}, None),
    ],
)
def test_counts_that_cannot_be(counts, field):
    fault = rules.counts_fault(on_roll=6, **counts)
    assert (fault and fault[0]) == field


@pytest.mark.parametrize(
    ("amount", "fixed", "good"),
    [
        ("0", False, False),
        ("0.01", False, True),
        ("3000", False, True),
        ("3000.01", False, False),
        ("2999", True, False),
        ("3000", True, True),
    ],
)
def test_a_sum_is_the_fixed_one_or_within_the_limit(amount, fixed, good):
    assert (not rules.amount_fault(D(amount), limit=D(3000), is_fixed=fixed)) is good


def test_a_notice_hangs_to_the_end_of_its_last_day():
    until = date(2026, 11, 26)
    assert [rules.notice_is_over(until, date(2026, 11, day)) for day in (25, 26, 27)] == [False, False, True]
    assert not rules.notice_is_over(None, until)


def test_pipl_article_19_papers_go_when_their_years_are_over():
    assert rules.forget_on(date(2026, 11, 20), years=10) == date(2036, 11, 20)
    assert rules.forget_on(date(2028, 2, 29), years=1) == date(2029, 3, 1)


def test_the_day_it_came_is_not_counted():
    assert rules.due_on(date(2026, 11, 20), limit=7) == date(2026, 11, 27)


def test_quantiles_are_those_of_the_nearest_rank():
    days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 30]
    assert (rules.quantile(days, 0.5), rules.quantile(days, 0.9)) == (5, 9)
    assert (rules.quantile([4], 0.5), rules.quantile([4], 0.9), rules.quantile([], 0.5)) == (4, 4, None)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([12, 8, 7], [12, 8, 7]),
        ([12, 4, 7], [12, None, None]),  # the sum would tell the 4: the smallest of the others goes too
        ([12, 4, 0], [12, None, None]),
        ([4], [None]),
        ([0, 0], [None, None]),
        ([5, 5], [5, 5]),
    ],
)
def test_pipl_article_4_small_cells_are_not_told_nor_to_be_reckoned(counts, shown):
    assert rules.shown_counts(counts, at_least=5) == shown
