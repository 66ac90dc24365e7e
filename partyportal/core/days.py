"""Days: the reckoning with months that every room shares, and days as a browser names them, where anything may stand. Pure."""

from calendar import monthrange
from datetime import date

from partyportal.core.numbers import number_named

# What anybody here reckons with. Near the calendar's own ends a day more or less would break.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
FIRST_YEAR, LAST_YEAR = 1921, 2200  # of what is on record or may be asked for


def months_after(day: date, months: int) -> date:
    """The same day so many months on (or back); in a shorter month its last day (民法典 Art202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day so many years on (or back); of 29 February in a common year the 28th."""
    return months_after(day, years * 12)


def month_of(day: date) -> date:
    """The first day of its month, by which a month is named."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def quarter_of(day: date) -> int:
    """The quarter of the year a day is in, 1 to 4."""
    return (day.month + 2) // 3


def quarter_words(quarter: int) -> str:
    """第三季度."""
    return f"第{'一二三四'[quarter - 1]}季度"


def chinese_day(day: date, *, year: bool = False) -> str:
    """11月20日, or 2026年11月20日."""
    return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"


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
