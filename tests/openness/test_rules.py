"""公开: periods of the catalogue on the day before, on and after; names; the way of a piece."""

from datetime import date

import pytest

from education.openness import rules


@pytest.mark.parametrize(
    ("often", "today", "ahead", "start", "due"),
    [
        ("quarter", date(2026, 9, 30), False, date(2026, 4, 1), date(2026, 7, 15)),
        ("quarter", date(2026, 10, 1), False, date(2026, 7, 1), date(2026, 10, 15)),
        ("half", date(2026, 6, 30), False, date(2025, 7, 1), date(2026, 1, 15)),
        ("half", date(2026, 7, 1), False, date(2026, 1, 1), date(2026, 7, 15)),
        ("year", date(2026, 12, 31), False, date(2025, 1, 1), date(2026, 1, 15)),
        ("year", date(2026, 1, 1), True, date(2026, 1, 1), date(2026, 1, 15)),
        ("month", date(2026, 3, 1), False, date(2026, 2, 1), date(2026, 3, 15)),
    ],
)
def test_the_period_asked_is_the_last_ended_and_of_a_plan_the_running(often, today, ahead, start, due):
    period = rules.period_asked(often, today, days=15, is_ahead=ahead)
    assert (period.start, period.due_on) == (start, due)


def test_a_period_is_asked_of_whoever_stood_when_it_began_under_a_catalogue_in_force():
    period = rules.period_of("quarter", date(2026, 5, 5), days=15)
    here = {"founded_on": date(2000, 1, 1), "until": None}
    assert not rules.is_asked(period, in_force=None, **here), "a catalogue without its day reminds nobody"
    assert rules.is_asked(period, in_force=date(2026, 4, 1), **here)
    assert not rules.is_asked(period, in_force=date(2026, 4, 2), **here)
    assert not rules.is_asked(period, in_force=date(2026, 1, 1), until=None, founded_on=date(2026, 4, 2))
    assert not rules.is_asked(period, in_force=date(2026, 1, 1), until=date(2026, 6, 30), founded_on=date(2000, 1, 1))
    assert rules.is_asked(period, in_force=date(2026, 1, 1), until=date(2026, 7, 1), founded_on=date(2000, 1, 1))


def test_periods_in_words():
    told = [rules.period_words(often, date(2026, month, 1)) for often, month in (("month", 3), ("quarter", 7), ("half", 7), ("year", 1))]
    assert told == ["2026 年 3 月", "2026 年第三季度", "2026 年下半年", "2026 年"]


def test_pipl_art6_a_name_is_reduced_to_its_surname():
    assert [rules.reduced(name) for name in ("王建国", "欧阳明", "欧阳", "李四", "")] == ["王某", "欧阳某", "欧某", "李某", ""]


def test_pipl_art25_whole_names_are_hinted_unless_their_bearers_agreed():
    text = "王建国和欧阳明修好了桥，刘明送了茶。"
    assert rules.whole_names(text, ["王建国", "欧阳明", "刘明", "不在", "王建国"], agreed=["刘明"]) == [
        ("王建国", "王某"),
        ("欧阳明", "欧阳某"),
    ]


@pytest.mark.parametrize(
    ("act", "states"),
    [
        ("publish", {"submitted"}),
        ("send_back", {"submitted"}),
        ("correct", {"published"}),
        ("revise", {"draft", "returned"}),
        ("withdraw", {"draft", "returned", "submitted", "published"}),
    ],
)
def test_each_act_from_its_states_alone(act, states):
    every = {"draft", "submitted", "returned", "published", "withdrawn"}
    assert {state for state in every if rules.may(act, state)} == states
