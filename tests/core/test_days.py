"""The one reckoning with months, at the ends of short months and of years."""

from datetime import date

import pytest

from partyportal.core.days import day_named, month_end, month_named, months_after, quarter_of, quarter_words, years_after


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 8, 31), -6, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 22), 3, date(2027, 2, 22)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 5, 7), 0, date(2026, 5, 7)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, then):
    """民法典 Art202: where the last month has no such day, its last day."""
    assert months_after(day, months) == then


def test_a_leap_day_has_its_anniversary_on_the_28th():
    assert years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_a_month_ends_on_its_last_day():
    assert [month_end(day) for day in (date(2028, 2, 1), date(2026, 2, 28), date(2026, 12, 31))] == [
        date(2028, 2, 29),
        date(2026, 2, 28),
        date(2026, 12, 31),
    ]


def test_quarters():
    assert [quarter_of(date(2026, month, 1)) for month in range(1, 13)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert quarter_words(3) == "第三季度"


@pytest.mark.parametrize("text", ["", "2026-02-30", "9999-12-31", "0206-01-01", "2026-1", "昨天"])
def test_what_is_no_day_is_none(text):
    assert day_named(text) is None


def test_a_month_is_its_first_day():
    assert month_named("2026-11") == date(2026, 11, 1) and month_named("2026-13") is None
