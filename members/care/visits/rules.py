"""When a visit, a contact or an anniversary falls due. Pure: no Django, no clock."""

from datetime import date, timedelta

from partyportal.core.days import years_after


def last_day(festival: date, *, before: bool) -> date:
    """The last day of a round: 春节前走访慰问、发放到位 (DOMAIN §7, S17) ends the day before the festival; 七一 on the day itself."""
    return festival - timedelta(days=1) if before else festival


def first_day(last: date, days: int) -> date:
    """The day on which a round of so many days begins, both ends counted."""
    return last - timedelta(days=days - 1)


def event_due_on(since: date, days: int) -> date:
    """患病探望 (DOMAIN §12, row 004): somebody ill or bereaved is seen within so many days of the day it began."""
    return since + timedelta(days=days)


def anniversary(joined_on: date, year: int) -> date:
    """政治生日: the day of joining (加入党组织日期) come round; of 29 February in a common year the 28th, so it keeps its month."""
    return years_after(joined_on, year - joined_on.year)


def years_joined(joined_on: date, year: int) -> int:
    """How many years it is on the anniversary of a year; the year of joining has none."""
    return year - joined_on.year


def stands_out(years: int, every: int = 10) -> bool:
    """逢十: a round number of years."""
    return years > 0 and years % every == 0
