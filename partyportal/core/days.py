"""Days as a browser names them, where anything may stand."""

from datetime import date

from partyportal.core.numbers import number_named

# What anybody here reckons with. Near the calendar's own ends a day more or less would break.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
FIRST_YEAR, LAST_YEAR = 1921, 2200  # of what is on record or may be asked for


def day_named(text: str) -> date | None:
    """`2026-11-20`; None when it is no day, or none anybody reckons with."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def month_named(text: str) -> date | None:
    """`2026-11` as its first day; None as above."""
    return day_named(f"{text}-01")


def year_named(text: str | None) -> int | None:
    """`2026`; None as above."""
    return number_named(text, FIRST_YEAR, LAST_YEAR)
