"""A week of a station's rooms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from members.care.stations import rules
from members.care.stations.models import Booking, Room, Station
from members.care.stations.selectors.times import days_between, times_of


@dataclass(frozen=True)
class Slot:
    """One booking in the calendar; to whom may not see it whole it says only that the time is taken."""

    booking: Booking
    is_seen: bool


@dataclass(frozen=True)
class WeekDay:
    day: date
    spans: tuple[rules.Span, ...]
    why: str
    slots: dict[int, list[Slot]]  # room → its bookings, by time

    def of(self, room: Room) -> list[Slot]:
        return self.slots.get(room.pk, [])


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(station: Station, rooms: Iterable[Room], monday: date, *, user) -> list[WeekDay]:
    """Seven days of the rooms: what holds them, with what this user may read of it."""
    days = days_between(monday, monday + timedelta(days=6))
    times = times_of([station], days[0], days[-1])
    held = (
        Booking.objects.holding()
        .filter(room__in=[room.pk for room in rooms], starts_at__date__range=(days[0], days[-1]))
        .select_related("room", "organisation")
        .order_by("starts_at")
    )
    seen = set(Booking.objects.visible_to(user).filter(pk__in=[one.pk for one in held]).order_by().values_list("pk", flat=True))
    by_day: dict[date, dict[int, list[Slot]]] = {}
    for one in held:
        by_day.setdefault(timezone.localdate(one.starts_at), {}).setdefault(one.room_id, []).append(Slot(one, one.pk in seen))
    return [WeekDay(day, times.on(station, day), times.why(station, day), by_day.get(day, {})) for day in days]
