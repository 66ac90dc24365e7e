"""Days from … to: what of one span lies outside others. Pure; an end is the first day that no longer counts, None is open."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Span(NamedTuple):
    """Days from `start` until the day before `end`."""

    start: date
    end: date | None


def outside(span: Span, others: Iterable[Span]) -> list[Span]:
    """The parts of a span that none of the others covers, in order."""
    free, at = [], span.start
    for other in sorted(others):
        if other.end is not None and other.end <= at:
            continue
        if span.end is not None and other.start >= span.end:
            break
        if other.start > at:
            free.append(Span(at, other.start))
        if other.end is None:
            return free
        at = max(at, other.end)
    if span.end is None or at < span.end:
        free.append(Span(at, span.end))
    return free


def inside(span: Span, others: Iterable[Span]) -> list[Span]:
    """The parts of a span that the others cover, in order: what `outside` leaves."""
    return outside(span, outside(span, others))


def until(span: Span, day: date) -> Span | None:
    """What of a span lies before a day, or None."""
    end = day if span.end is None else min(span.end, day)
    return Span(span.start, end) if span.start < end else None
