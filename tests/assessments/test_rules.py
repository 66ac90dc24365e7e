"""The card's arithmetic against worked examples."""

from datetime import date
from decimal import Decimal

import pytest

from assessments.models import CardLine
from assessments.rules import Share, card_score, judged_day, judged_months, rolled_up, split_below, weights_fault


def test_a_card_is_the_weighted_mean_of_what_was_due():
    # meetings 8 of 10 at 50, roster 20 of 20 at 25, coverage 15 of 20 at 25: 40 + 25 + 18.75
    lines = [(Decimal(50), Share(8, 10)), (Decimal(25), Share(20, 20)), (Decimal(25), Share(15, 20))]
    assert card_score(lines) == Decimal("83.75")


def test_what_was_not_due_does_not_weigh():
    # a new branch with members and no meeting due yet: (25 + 12.5) / 50
    lines = [(Decimal(50), Share(0, 0)), (Decimal(25), Share(4, 4)), (Decimal(25), Share(2, 4))]
    assert card_score(lines) == Decimal("75.00")


def test_a_card_of_nothing_due_has_no_score():
    assert card_score([(Decimal(50), Share(0, 0)), (Decimal(50), Share(0, 0))]) is None
    assert card_score([]) is None


def test_thirds_are_rounded_half_up():
    assert card_score([(Decimal(100), Share(2, 3))]) == Decimal("66.67")


def test_a_tree_adds_up_and_splits_into_its_children():
    shares = {"/1/4/17/": Share(1, 2), "/1/4/18/": Share(2, 2), "/1/5/": Share(0, 1)}
    assert rolled_up(shares) == {1: Share(3, 5), 4: Share(3, 4), 17: Share(1, 2), 18: Share(2, 2), 5: Share(0, 1)}
    assert split_below(shares, 1) == {4: Share(3, 4), 5: Share(0, 1)}
    assert split_below(shares, 17) == {17: Share(1, 2)}


@pytest.mark.parametrize(
    ("year", "today", "months"),
    [
        (2026, date(2026, 11, 22), (date(2026, 1, 1), date(2026, 10, 1))),
        (2026, date(2026, 1, 31), None),
        (2025, date(2026, 1, 31), (date(2025, 1, 1), date(2025, 12, 1))),
        (2027, date(2026, 11, 22), None),
    ],
)
def test_only_months_that_are_over_are_judged(year, today, months):
    assert judged_months(year, today) == months


def test_a_year_gone_by_is_about_its_last_day():
    assert judged_day(2025, date(2026, 11, 22)) == date(2025, 12, 31)
    assert judged_day(2026, date(2026, 11, 22)) == date(2026, 11, 22)


def test_weights_make_a_hundred():
    assert weights_fault([Decimal(50), Decimal(25), Decimal(25)]) == ""
    assert weights_fault([Decimal(50), Decimal(25)]) == "各项权重合计要是 100，现在是 75。"
    assert weights_fault([Decimal(110), Decimal(-10)]) == "权重不能是负数。"


@pytest.mark.parametrize(("done", "due", "percent"), [(2067, 2068, 99.9), (2068, 2068, 100.0), (2, 3, 66.6), (0, 0, None)])
def test_a_share_is_never_called_whole_while_one_is_missing(done, due, percent):
    assert CardLine(done=done, due=due).percent == percent
