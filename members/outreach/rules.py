"""When somebody sent out, or somebody being brought up, has gone without a word for too long. Pure."""

from datetime import date, timedelta

from partyportal.core.days import months_after


def next_visit_by(last: date, *, days: int) -> date:
    """The last day on which a record is still in time, counted from the last one (or from the first day out)."""
    return last + timedelta(days=days)


def next_review_by(last: date, *, months: int) -> date:
    """The same day so many months later; at a month's end the last day there is (every half-year, as 2026 细则 Art11 has it for activists)."""
    return months_after(last, months)
