"""When stations are open and who is on duty: many stations and days by the same few statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from members.care.stations import rules
from members.care.stations.models import DutySpell, HoursException, OpeningSpan, Station
from partyportal.core.workdays import Calendar, calendar


@dataclass(frozen=True)
class Times:
    """What is known of the opening hours of some stations over some days: three statements, whatever their number."""

    known: Calendar
    weeks: Mapping[int, list[tuple[date, date | None, int, rules.Span]]]
    exceptions: Mapping[tuple[int, date], HoursException]

    def on(self, station: Station, day: date) -> tuple[rules.Span, ...]:
        """From when to when a station is open on a day."""
        if day < station.opened_on or (station.closed_on is not None and day >= station.closed_on):
            return ()
        week: dict[int, list[rules.Span]] = {}
        for start, end, weekday, span in self.weeks.get(station.pk, ()):
            if start <= day and (end is None or day < end):
                week.setdefault(weekday, []).append(span)
        told = self.exceptions.get((station.pk, day))
        said = None if told is None else [(told.opens, told.closes)] if told.opens else []
        return rules.hours_on(day, week=week, exception=said, rests=station.rests_on_holidays, worked=self.known.exceptions.get(day))

    def why(self, station: Station, day: date) -> str:
        """Why a day is not as its weekday says."""
        told = self.exceptions.get((station.pk, day))
        if told is not None:
            return told.why
        worked = self.known.exceptions.get(day)
        if not station.rests_on_holidays or worked is None:
            return ""
        return "调休上班" if worked else "法定节假日"


def times_of(stations: Iterable[Station], since: date, until: date) -> Times:
    """The hours of these stations from one day to another."""
    pks = [station.pk for station in stations]
    weeks: dict[int, list] = {}
    spans = OpeningSpan.objects.filter(hours__station__in=pks, hours__start__lte=until).filter(Q(hours__end=None) | Q(hours__end__gt=since))
    for pk, *row, opens, closes in spans.order_by("weekday", "opens").values_list(
        "hours__station", "hours__start", "hours__end", "weekday", "opens", "closes"
    ):
        weeks.setdefault(pk, []).append((*row, (opens, closes)))
    told = HoursException.objects.filter(station__in=pks, dropped_at=None, day__range=(since, until))
    return Times(calendar(), weeks, {(row.station_id, row.day): row for row in told})


def windows(station: Station, since: date, until: date) -> list[rules.Stretch]:
    """The stretches of time a station is open, from one day to another."""
    times = times_of([station], since, until)
    return [
        (timezone.make_aware(datetime.combine(day, opens)), timezone.make_aware(datetime.combine(day, closes)))
        for day in days_between(since, until)
        for opens, closes in times.on(station, day)
    ]


def days_between(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def on_duty(stations: Iterable[Station], day: date) -> dict[int, list[DutySpell]]:
    """Who is on duty at these stations on a day: one statement."""
    rows = (
        DutySpell.objects.on(day)
        .filter(Q(weekday=None) | Q(weekday=day.weekday()), station__in=[one.pk for one in stations])
        .select_related("member")
        .defer("member__id_number")
    )
    found: dict[int, list[DutySpell]] = {}
    for row in rows.order_by("weekday", "member__pinyin"):
        found.setdefault(row.station_id, []).append(row)
    return found
