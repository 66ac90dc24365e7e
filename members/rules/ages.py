"""Ages and 党龄 in whole years. Pure: today is an argument."""

from datetime import date

# From 九大 to 十一大 the constitution knew no 预备期: 党龄 counts from joining ([recall]; a criterion of care may name another span, or none).
NO_PROBATION = (date(1969, 4, 1), date(1977, 8, 31))


def whole_years(since: date, on: date) -> int:
    """Completed years from a day: the year counts from its anniversary on (of 29 February, from 1 March)."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def reaches(birth_on: date, years: int) -> date:
    """The day on which so many whole years are complete (of 29 February, 1 March)."""
    try:
        return birth_on.replace(year=birth_on.year + years)
    except ValueError:
        return date(birth_on.year + years, 3, 1)


def years_before(on: date, years: int) -> date:
    """The latest day since which `years` whole years are complete on `on`."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February of a year without one: whoever came on 1 March is not there yet
        return date(on.year - years, 2, 28)


def party_since(joined_on: date, full_on: date | None, no_probation: tuple[date, date] | None = NO_PROBATION) -> date | None:
    """The day 党龄 counts from: 转正 (2026 细则第三十五条); of those who joined when there was no 预备期, joining. None: not yet."""
    first, last = no_probation or (date.max, date.min)
    return joined_on if first <= joined_on <= last else full_on


def party_age(since: date | None, on: date) -> int | None:
    """党龄 in whole years from the day it counts from; a probationary member has none."""
    return None if since is None or since > on else whole_years(since, on)
