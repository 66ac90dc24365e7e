"""Rules of points that are no sums: until when a year may still be corrected without asking."""

from datetime import date, timedelta


def may_correct_freely(year: int, today: date, *, days: int) -> bool:
    """County rule (no national text): a year's points are corrected freely until some days after its end, then with the department's consent."""
    return today <= date(year, 12, 31) + timedelta(days=days)
