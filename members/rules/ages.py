"""Ages and 党龄 in whole years. Pure: today is an argument."""

from datetime import date


def whole_years(since: date, on: date) -> int:
    """Completed years from a day: the year counts from its anniversary on (of 29 February, from 1 March)."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def years_before(on: date, years: int) -> date:
    """The latest day since which `years` whole years are complete on `on`."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February of a year without one: whoever came on 1 March is not there yet
        return date(on.year - years, 2, 28)


def party_age(full_on: date | None, on: date) -> int | None:
    """党龄 counts from 转正 (2026 细则 Art35); a probationary member has none."""
    return None if full_on is None or full_on > on else whole_years(full_on, on)
