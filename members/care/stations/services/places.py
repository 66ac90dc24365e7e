"""A station registered, changed, closed; its rooms."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from branches.models import Organisation
from members.care.stations.models import Booking, Room, Station, StationChange, StationKind
from members.care.stations.services import locked, said, tell
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

CHANGEABLE = ("name", "address", "phone", "serves", "rests_on_holidays")


@transaction.atomic
def register(
    organisation: Organisation,
    *,
    kind: StationKind,
    name: str,
    address: str,
    opened_on: date,
    by: User | None,
    today: date,
    phone: str = "",
    serves: str = "",
    rests_on_holidays: bool = True,
) -> Station:
    """启用: a station of an organisation. Of two registered under one name at once the later is told so."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if opened_on > today:
        raise DomainError("启用日期还没到。启用了再登记。", field="opened_on")
    station = Station(
        kind=kind,
        organisation=organisation,
        name=said(name, "名称", "name"),
        address=said(address, "地址", "address"),
        phone=phone.strip(),
        serves=serves.strip(),
        rests_on_holidays=rests_on_holidays,
        opened_on=opened_on,
    )
    station.full_clean()
    station.save()
    StationChange.objects.create(station=station, act=StationChange.Act.OPEN, day=opened_on, by=by)
    tell("station.registered", station, station, by=by, kind=kind.code, day=opened_on)
    return station


@transaction.atomic
def change(station: Station, *, version: int, why: str, by: User, today: date, **fields) -> Station:
    """改登记: what it said before stays readable. Whoever changed what was read meanwhile comes first."""
    held = locked(station)
    if held.version != version:
        raise Stale("刚才有人改过这个阵地，看过新的再改。")
    after = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items() if name in CHANGEABLE}
    before = {name: getattr(held, name) for name, value in after.items() if getattr(held, name) != value}
    if not before:
        raise DomainError("没有改动。")
    for name in before:
        setattr(held, name, after[name])
    held.version += 1
    held.full_clean()
    held.save(update_fields=[*before, "version"])
    StationChange.objects.create(
        station=held, act=StationChange.Act.CHANGE, day=today, before=before, why=said(why, "为什么改", "why"), by=by
    )
    tell("station.changed", held, held, by=by, fields=sorted(before))
    return held


@transaction.atomic
def close(station: Station, *, on: date, why: str, by: User, today: date) -> Station:
    """停用: nothing may wait there any more; what was recorded stays."""
    held = locked(station)
    why = said(why, "为什么停用", "why")
    if not held.opened_on <= on <= today:
        raise DomainError(f"停用日期在 {held.opened_on:%Y-%m-%d} 到今天之间。", field="on")
    if waiting := held.requests.open().count():
        raise DomainError(f"还有 {waiting} 件事没有办结，办结再停用。")
    if Booking.objects.holding().filter(room__station=held, ends_at__gt=timezone.now()).exists():
        raise DomainError("活动室还有没用完的预约，先取消预约再停用。")
    held.closed_on = on
    held.save(update_fields=["closed_on"])
    StationChange.objects.create(station=held, act=StationChange.Act.CLOSE, day=on, why=why, by=by)
    tell("station.closed", held, held, by=by, day=on)
    return held


@transaction.atomic
def add_room(station: Station, *, name: str, seats: int, start: date, by: User) -> Room:
    """登记活动室: with how many it seats."""
    held = locked(station)
    if start < held.opened_on:
        raise DomainError(f"阵地 {held.opened_on:%Y-%m-%d} 才启用，日子不能更早。", field="start")
    room = Room(station=held, name=said(name, "名称", "name"), seats=seats, start=start)
    room.full_clean()
    room.save()
    tell("room.added", room, held, by=by, seats=seats, start=start)
    return room


@transaction.atomic
def close_room(room: Room, *, on: date, by: User) -> Room:
    """不再外借: from a day on; what is booked for later is cancelled first."""
    held = Room.objects.select_for_update(of=("self",)).select_related("station__organisation").get(pk=room.pk)
    if held.end is not None:
        raise DomainError("这间活动室已经不外借。")
    if on <= held.start:
        raise DomainError(f"{held.start:%Y-%m-%d} 才开始外借，日子要晚于那天。", field="on")
    if held.bookings.holding().filter(ends_at__date__gte=on).exists():
        raise DomainError("这天以后还有预约，先取消预约。", field="on")
    held.end = on
    held.save(update_fields=["end"])
    tell("room.closed", held, held.station, by=by, end=on)
    return held
