"""Working days: the week, but for the days the State Council's notices say otherwise (`CalendarDay`).

The arithmetic is pure, over a `Calendar` that is read once (`calendar()`). Beyond the last year with a notice there is
nothing but the week, and whoever reckons with such a day must say so (`beyond`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from partyportal.core.models import CalendarDay
from partyportal.core.once import once

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The days that are not what their weekday says, and the last year whose notice is known."""

    exceptions: Mapping[date, bool]  # day → worked
    known_until: int

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < _SATURDAY)

    def count(self, start: date, end: date) -> int:
        """How many working days from `start` to `end`, both counted."""
        return sum(self.is_working(start + timedelta(days=n)) for n in range((end - start).days + 1))

    def last_of(self, start: date, working_days: int) -> date:
        """The day on which `working_days` working days are full, the first being `start` or the next worked after it."""
        day, left = start, working_days
        while True:
            left -= self.is_working(day)
            if left <= 0:
                return day
            day += _DAY

    def beyond(self, *days: date) -> str:
        """What a page says of days whose year has no notice yet; nothing of the others."""
        years = sorted({day.year for day in days if day.year > self.known_until})
        return f"{'、'.join(map(str, years))} 年放假安排未公布，按周末计" if years else ""


def calendar() -> Calendar:
    """What is known today: one statement over a few hundred rows, within `read_once` one for all."""
    exceptions = once("workdays", lambda: dict(CalendarDay.objects.values_list("day", "is_working")))
    return Calendar(exceptions, max((day.year for day in exceptions), default=0))
