"""The rules of 请核实, on each side of their bounds."""

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


@pytest.mark.parametrize("act", rules.WAY)
def test_what_is_laid_aside_only_changed_facts_open_again(act):
    assert rules.may_move(act, rules.DISMISSED) is (act == rules.REOPEN)
    assert rules.may_move(act, rules.GONE) is (act == rules.REOPEN)
