"""The stations in sight: open now or not, what waits, when the standard is next looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from branches.models import Organisation
from members.care.stations import rules
from members.care.stations.models import Booking, DutySpell, Room, SelfCheck, Station, StationKind
from members.care.stations.selectors.standards import Standing, standings
from members.care.stations.selectors.times import Times, on_duty, times_of


@dataclass(frozen=True)
class Line:
    """A station as the list shows it."""

    station: Station
    now: rules.Now
    spans: tuple[rules.Span, ...]
    standing: Standing
    on_duty: tuple[DutySpell, ...]
    open_requests: int
    oldest_due: date | None

    def is_late(self, today: date) -> bool:
        return self.oldest_due is not None and self.oldest_due < today


def listed(seen: QuerySet, *, kind: StationKind | None, text: str, within: Organisation | None) -> QuerySet:
    """The open stations asked for, in the order of the tree."""
    found = seen.open()
    if within is not None:
        found = found.within(within)
    if kind is not None:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(Q(name__contains=text) | Q(address__contains=text) | Q(organisation__short_name__contains=text))
    waiting = Q(requests__state="open")
    return (
        found.select_related("kind", "organisation")
        .annotate(open_requests=Count("requests", filter=waiting), oldest_due=Min("requests__due_on", filter=waiting))
        .order_by("organisation__code", "kind__order", "id")
    )


def lines(stations: Iterable[Station], *, now: datetime) -> list[Line]:
    """Each with whether it is open at this moment; as many statements for one as for three hundred."""
    stations, local = list(stations), timezone.localtime(now)
    today = local.date()
    times, stood, there = times_of(stations, today, today), standings(stations, today=today), on_duty(stations, today)
    return [
        Line(
            station=one,
            now=rules.now_at(local.time(), spans := times.on(one, today)),
            spans=spans,
            standing=stood[one.pk],
            on_duty=tuple(there.get(one.pk, ())),
            open_requests=one.open_requests,
            oldest_due=one.oldest_due,
        )
        for one in stations
    ]


@dataclass(frozen=True)
class Day:
    """A day of the week to come: when it is open, why it differs, who is on duty."""

    day: date
    spans: tuple[rules.Span, ...]
    why: str
    on_duty: tuple[DutySpell, ...]


def days_of(station: Station, days: list[date]) -> list[Day]:
    """The days to come of one station: five statements."""
    times: Times = times_of([station], days[0], days[-1])
    spells = list(
        station.spells.filter(Q(end=None) | Q(end__gt=days[0]), start__lte=days[-1])
        .select_related("member")
        .defer("member__id_number")
        .order_by("weekday", "member__pinyin")
    )
    return [
        Day(
            day,
            times.on(station, day),
            times.why(station, day),
            tuple(
                one for one in spells if one.start <= day and (one.end is None or day < one.end) and one.weekday in (None, day.weekday())
            ),
        )
        for day in days
    ]


def whole(seen: QuerySet, **asked) -> Station | None:
    """One station with its kind, organisation and rooms."""
    rooms = Prefetch("rooms", Room.objects.filter(end=None).order_by("id"))
    return seen.select_related("kind", "organisation").prefetch_related(rooms).filter(**asked).first()


def waiting_bookings(station: Station, *, now: datetime) -> int:
    return Booking.objects.filter(room__station=station, state=Booking.State.ASKED, ends_at__gt=now).count()


def last_checks(station: Station) -> list[SelfCheck]:
    """The checks of a station, latest first, with how many things are still missing."""
    missing = Count("lines", filter=Q(lines__is_met=False))
    still = Count("lines", filter=Q(lines__is_met=False, lines__mended_on=None))
    return list(station.checks.select_related("checklist", "checked_by", "reviewed_by").annotate(missing=missing, still=still)[:12])
