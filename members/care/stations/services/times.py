"""Opening hours, single days that differ, and who is on duty."""

from collections.abc import Mapping, Sequence
from datetime import date, time

from django.db import transaction
from django.utils import timezone

from members.care.stations.models import DutySpell, HoursException, OpeningHours, OpeningSpan, Station
from members.care.stations.rules import Span, overlapping
from members.care.stations.services import locked, said, tell
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def set_hours(station: Station, *, week: Mapping[int, Sequence[Span]], start: date, by: User | None, today: date) -> OpeningHours:
    """定开放时间: the whole week from a day on. Past days keep what held then; setting the same day again corrects it."""
    held = locked(station)
    _future(held, start, today, field="start")
    if not any(week.values()):
        raise DomainError("一周一天都不开。不再用的，去停用。", field="start")
    for weekday, spans in week.items():
        if any(opens >= closes for opens, closes in spans):
            raise DomainError("关门要晚于开门。", field=f"day_{weekday}")
        if overlapping(spans):
            raise DomainError("上午和下午的时间不要重叠。", field=f"day_{weekday}")
    held.hours.filter(start__gte=start).delete()
    held.hours.filter(end=None).update(end=start)
    held.hours.filter(end__gt=start).update(end=start)
    hours = OpeningHours.objects.create(station=held, start=start, set_by=by)
    OpeningSpan.objects.bulk_create(
        OpeningSpan(hours=hours, weekday=weekday, opens=opens, closes=closes) for weekday, spans in week.items() for opens, closes in spans
    )
    tell("hours.set", held, held, by=by, start=start)
    return hours


def _future(station: Station, day: date, today: date, *, field: str) -> None:
    """The past stays as it was, but for a station that has not said anything yet."""
    if day < station.opened_on:
        raise DomainError(f"阵地 {station.opened_on:%Y-%m-%d} 才启用，日子不能更早。", field=field)
    if day < today and station.hours.exists():
        raise DomainError("过去的日子仍按当时的算，最早从今天起。", field=field)


@transaction.atomic
def make_exception(
    station: Station, *, day: date, opens: time | None, closes: time | None, why: str, by: User, today: date
) -> HoursException:
    """登记哪天不一样: closed, or other hours, with the reason that is shown at the door."""
    held = locked(station)
    if day < today:
        raise DomainError("这一天已经过去。", field="day")
    if (opens is None) != (closes is None):
        raise DomainError("开放就写上从几点到几点，不开放两个都空着。", field="opens")
    row = HoursException(station=held, day=day, opens=opens, closes=closes, why=said(why, "为什么", "why"), set_by=by)
    row.full_clean(exclude=["set_by"])
    row.save()
    tell("exception.made", row, held, by=by, day=day, open=opens is not None)
    return row


@transaction.atomic
def drop_exception(row: HoursException, *, by: User, today: date) -> HoursException:
    """取消: that day is as its weekday again."""
    held = HoursException.objects.select_for_update(of=("self",)).select_related("station__organisation").get(pk=row.pk)
    if held.dropped_at is not None:
        raise DomainError("这一条已经取消。")
    if held.day < today:
        raise DomainError("过去的日子不再改。")
    held.dropped_at, held.dropped_by = timezone.now(), by
    held.save(update_fields=["dropped_at", "dropped_by"])
    tell("exception.dropped", held, held.station, by=by, day=held.day)
    return held


@transaction.atomic
def put_on_duty(
    station: Station, *, member: Member, start: date, by: User | None, weekday: int | None = None, end: date | None = None
) -> DutySpell:
    """排班: somebody of the organisations under the station, on one weekday or every day, from a day on."""
    held = locked(station)
    if start < held.opened_on:
        raise DomainError(f"阵地 {held.opened_on:%Y-%m-%d} 才启用，日子不能更早。", field="start")
    if member.left_on is not None or member.branch_id is None or not member.branch.path.startswith(held.organisation.path):
        raise DomainError(f"{member.name}不在{held.organisation}，排本组织里的党员。", field="member")
    if end is not None and end <= start:
        raise DomainError("最后一天不能早于第一天。", field="last")
    spell = DutySpell(station=held, member=member, weekday=weekday, start=start, end=end, set_by=by)
    spell.full_clean(exclude=["set_by"])
    spell.save()
    tell("duty.put", spell, held, by=by, subject=member.uid, weekday=weekday, start=start, end=end)
    return spell


@transaction.atomic
def take_off_duty(spell: DutySpell, *, on: date, by: User) -> DutySpell | None:
    """不再值班: from a day on. One that never held for a whole day is taken back."""
    held = DutySpell.objects.select_for_update(of=("self",)).select_related("station__organisation", "member").get(pk=spell.pk)
    if held.end is not None and held.end <= on:
        raise DomainError("这个班已经排到头了。")
    tell("duty.ended", held, held.station, by=by, subject=held.member.uid, end=on)
    if held.start >= on:
        held.delete()
        return None
    held.end = on
    held.save(update_fields=["end"])
    return held
