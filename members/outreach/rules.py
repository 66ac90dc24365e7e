"""When somebody sent out, or somebody being brought up, has gone without a word for too long. Pure."""

from datetime import date, timedelta


def next_visit_by(last: date, *, days: int) -> date:
    """The last day on which a record is still in time, counted from the last one (or from the first day out)."""
    return last + timedelta(days=days)


def next_review_by(last: date, *, months: int) -> date:
    """The same day so many months later; at a month's end the last day there is (every half-year, as 2026 细则 Art11 has it for activists)."""
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    for day in range(last.day, last.day - 4, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")
