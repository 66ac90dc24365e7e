"""The rules of 请核实, on each side of their bounds."""

from datetime import date

import pytest

from education.signals import rules
from tests.signals.conftest import MINUTES, OTHER


def test_a_changed_date_space_or_comma_is_the_same_text():
    assert rules.likeness(f"9月10日，{MINUTES}", f"10 月 8 日：{MINUTES.replace('，', '、')}") == 100
    assert rules.likeness(MINUTES, OTHER) == 0


def test_a_short_text_within_a_long_one_is_wholly_alike():
    assert rules.likeness(MINUTES, OTHER + MINUTES) == 100
    assert rules.likeness("短", MINUTES) == 0 == rules.likeness("", "")


def test_passages_are_the_text_itself_with_what_is_alike_marked():
    ours, theirs = f"先讲安全。{MINUTES}最后合影留念纪念。", MINUTES
    told = rules.passages(ours, theirs)
    assert "".join(one.text for one in told) == ours
    assert [one.is_like for one in told] == [False, True, False]
    assert told[1].text == MINUTES.rstrip("。")
    assert rules.passages("", theirs) == []
    assert [one.is_like for one in rules.passages(OTHER, theirs)] == [False]


@pytest.mark.parametrize(
    ("late", "recorded", "burst"),
    [(3, 6, True), (2, 4, False), (3, 7, False), (4, 7, True), (0, 0, False)],
)
def test_a_burst_is_enough_of_them_and_enough_of_the_quarter(late, recorded, burst):
    assert rules.is_burst(late=late, recorded=recorded, count=3, share=50) is burst


def test_the_window_lies_around_the_last_day_of_the_quarter():
    assert rules.burst_window("2026Q3", days=10) == (date(2026, 9, 21), date(2026, 10, 10))
    assert rules.burst_window("2026Q4", days=1) == (date(2026, 12, 31), date(2027, 1, 1))
    assert rules.quarter_of(date(2026, 9, 30)) == "2026Q3" and rules.quarter_of(date(2026, 10, 1)) == "2026Q4"
    assert rules.quarter_words("2026Q3") == "2026 年第三季度"


@pytest.mark.parametrize("act", rules.WAY)
def test_what_is_laid_aside_only_changed_facts_open_again(act):
    assert rules.may_move(act, rules.DISMISSED) is (act == rules.REOPEN)
    assert rules.may_move(act, rules.GONE) is (act == rules.REOPEN)
