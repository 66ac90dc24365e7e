"""Stations with what nobody cares about filled in. 2026-11-22 is a Sunday; the week that follows has no holiday."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from members.care.stations.models import RequestKind, StationKind
from members.care.stations.services import bookings, places, requests, times
from members.care.stations.services.standards import Found

TODAY = date(2026, 11, 22)
OPENED = date(2026, 1, 1)
WEEK = {weekday: [(time(8, 30), time(12, 0)), (time(14, 30), time(17, 30))] for weekday in range(5)}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def make_station(organisation, *, kind: str = "village_point", hours: bool = True, today: date = TODAY, **fields):
    said = {"name": f"{organisation.short_name}服务点", "address": "村委会旁", "opened_on": OPENED, "by": None, "today": today} | fields
    station = places.register(organisation, kind=StationKind.objects.get(code=kind), **said)
    if hours:
        times.set_hours(station, week=WEEK, start=station.opened_on, by=None, today=today)
    return station


def make_room(station, *, name: str = "活动室", seats: int = 40, start: date = OPENED):
    return places.add_room(station, name=name, seats=seats, start=start, by=None)


def ask(room, by, *, day: date = TODAY + timedelta(days=2), begins: int = 9, ends: int = 11, now: datetime | None = None, **fields):
    said = {"organisation": room.station.organisation, "purpose": "主题党日", "people": 20} | fields
    return bookings.book(room, day=day, begins=time(begins), ends=time(ends), by=by, now=now or at(TODAY, 9), **said)


def take(station, by, *, kind: str = "policy", on: date = TODAY, **fields):
    said = {"matter": "问养老认证", "asker": "王桂兰", "asker_phone": "13900001234"} | fields
    return requests.take(station, kind=RequestKind.objects.get(code=kind), taken_on=on, by=by, today=on, **said)


def found(station, *, missing=(), mend_by: date = TODAY + timedelta(days=10)) -> dict[int, Found]:
    """Every item of the kind's standard there, but for those whose order is named."""
    items = station.kind.checklists.get(end=None).items.all()
    return {item.pk: Found(False, "还没有", mend_by) if item.order in missing else Found(True) for item in items}
