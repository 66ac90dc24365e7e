"""When a visit, a contact or an anniversary falls due. Pure: no Django, no clock."""

from calendar import monthrange
from datetime import date, timedelta

from members.rules.ages import whole_years


def last_day(festival: date, *, before: bool) -> date:
    """The last day of a round: 春节前走访慰问、发放到位 (DOMAIN §7, S17) ends the day before the festival; 七一 on the day itself."""
    return festival - timedelta(days=1) if before else festival


def first_day(last: date, days: int) -> date:
    """The day on which a round of so many days begins, both ends counted."""
    return last - timedelta(days=days - 1)


def event_due_on(since: date, days: int) -> date:
    """患病探望 (DOMAIN §12, row 004): somebody ill or bereaved is seen within so many days of the day it began."""
    return since + timedelta(days=days)


def next_contact(last: date, every_months: int) -> date:
    """结对帮扶: the same day so many months on; in a shorter month its last day."""
    at = last.year * 12 + last.month - 1 + every_months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))


def anniversary(joined_on: date, year: int) -> date:
    """政治生日: the day of joining (加入党组织日期) come round; of 29 February in a common year the 28th, so it keeps its month."""
    return joined_on.replace(year=year, day=min(joined_on.day, monthrange(year, joined_on.month)[1]))


def years_joined(joined_on: date, year: int) -> int:
    """How many years it is on the anniversary of a year; the year of joining has none."""
    return year - joined_on.year


def stands_out(years: int, every: int = 10) -> bool:
    """逢十: a round number of years."""
    return years > 0 and years % every == 0


def age_on(birth_on: date, day: date) -> int:
    """Whole years of age."""
    return whole_years(birth_on, day)
