"""When a station is open, when its standard is to be looked at, and when a room is free. Pure: days and moments are arguments.

No national text sets these; the three levels (县级党员服务中心、乡镇党员服务站、村级党员服务点) are the seed's, the numbers the county's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

Span = tuple[time, time]
Stretch = tuple[datetime, datetime]
MONDAY, SATURDAY = 0, 5
HALF_YEAR = 6


def hours_on(
    day: date,
    *,
    week: Mapping[int, Sequence[Span]],
    exception: Sequence[Span] | None = None,
    rests: bool = False,
    worked: bool | None = None,
) -> tuple[Span, ...]:
    """From when to when a station is open on a day; nothing: closed.

    What the keeper said of the very day comes first (`exception`, empty: closed). One that rests on holidays (`rests`)
    is closed on a holiday (`worked` False) and keeps Monday's hours on a weekend that is worked. Else the week counts.
    """
    if exception is not None:
        return tuple(exception)
    if rests and worked is False:
        return ()
    if rests and worked and day.weekday() >= SATURDAY:
        return tuple(week.get(MONDAY, ()))
    return tuple(week.get(day.weekday(), ()))


@dataclass(frozen=True)
class Now:
    """Whether a station is open at a moment, and the one sentence that says so."""

    is_open: bool
    words: str


def now_at(moment: time, spans: Sequence[Span]) -> Now:
    """开着，到 17:30 · 还没开，14:30 开 · 今天已关 · 今天不开. The minute of closing is closed."""
    if not spans:
        return Now(False, "今天不开")
    for opens, closes in sorted(spans):
        if moment < opens:
            return Now(False, f"还没开，{opens:%H:%M} 开")
        if moment < closes:
            return Now(True, f"开着，到 {closes:%H:%M}")
    return Now(False, "今天已关")


def overlapping(spans: Iterable[Span]) -> bool:
    """Whether two stretches of one day run into each other; one may begin the minute another ends."""
    ordered = sorted(spans)
    return any(after[0] < before[1] for before, after in pairwise(ordered))


def period_end(day: date, every: int) -> date:
    """The last day of the half-year or the year a day falls into."""
    return date(day.year, 6, 30) if every == HALF_YEAR and day.month <= 6 else date(day.year, 12, 31)


def next_check_by(opened_on: date, last_period_end: date | None, every: int) -> date:
    """The day the next 自查 is due by: the end of the period after the last one checked, of a new station that of its opening."""
    return period_end(opened_on if last_period_end is None else last_period_end + timedelta(days=1), every)


@dataclass(frozen=True)
class Line:
    """One item of a check as judging needs it."""

    is_required: bool
    is_met: bool
    mended_on: date | None = None


MEETS, SHORT, WAITING, UNCHECKED = "meets", "short", "waiting", "unchecked"


def standing(lines: Sequence[Line], *, accepted: bool, due_by: date, today: date) -> str:
    """Whether a station meets its standard: the last check accepted, still of a running period, and nothing required missing."""
    if not lines or due_by < today:
        return UNCHECKED
    if not accepted:
        return WAITING
    missing = any(line.is_required and not line.is_met and line.mended_on is None for line in lines)
    return SHORT if missing else MEETS


def uncovered(days: Iterable[date], spells: Iterable[tuple[int | None, date, date | None]]) -> date | None:
    """The first of these open days on which nobody is on duty. A spell: its weekday (None: every day), from, until (not counted)."""
    rows = list(spells)
    for day in days:
        if not any(start <= day and (end is None or day < end) and weekday in (None, day.weekday()) for weekday, start, end in rows):
            return day
    return None


def clash(asked: Stretch, taken: Iterable[Stretch]) -> Stretch | None:
    """The first stretch that runs into the one asked for; to begin when another ends is no clash."""
    return next((one for one in sorted(taken) if one[0] < asked[1] and asked[0] < one[1]), None)


def nearest_free(asked: Stretch, *, windows: Sequence[Stretch], taken: Sequence[Stretch]) -> datetime | None:
    """When the same length is free within the windows, nearest to what was asked for; of two as near the later one, then none."""
    wanted, length = asked[0], asked[1] - asked[0]
    starts: list[datetime] = []
    for opens, closes in windows:
        free = opens
        for begins, ends in [*sorted(one for one in taken if one[0] < closes and opens < one[1]), (closes, closes)]:
            if begins - free >= length:
                starts.append(min(max(wanted, free), begins - length))
            free = max(free, ends)
    return min(starts, key=lambda start: (abs(start - wanted), start < wanted), default=None)
