"""How long somebody may go without a word."""

from datetime import date

import pytest

from members.outreach.rules import next_review_by, next_visit_by


@pytest.mark.parametrize(
    ("last", "days", "by"),
    [(date(2026, 1, 1), 60, date(2026, 3, 2)), (date(2024, 1, 1), 60, date(2024, 3, 1)), (date(2026, 12, 31), 1, date(2027, 1, 1))],
)
def test_a_record_is_in_time_until_so_many_days_after_the_last(last, days, by):
    assert next_visit_by(last, days=days) == by


@pytest.mark.parametrize(
    ("last", "months", "by"),
    [
        (date(2026, 5, 22), 6, date(2026, 11, 22)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_a_note_is_in_time_until_the_same_day_some_months_later(last, months, by):
    assert next_review_by(last, months=months) == by
