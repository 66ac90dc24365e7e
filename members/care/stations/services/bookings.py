"""Booking a room: asked for by anybody it serves, answered by who keeps it. The database refuses a second at one time whatever happens here."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from branches.access import can
from branches.models import Organisation
from members.care.stations import rules
from members.care.stations.models import Booking, BookingStep, Room
from members.care.stations.parameters import BOOK_AHEAD
from members.care.stations.selectors.times import windows
from members.care.stations.services import said, tell
from members.models import Member
from partyportal.core.days import chinese_day
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on

State = Booking.State
LOOKED_AHEAD = 14  # days searched for a free time


@transaction.atomic
def book(
    room: Room,
    *,
    organisation: Organisation,
    day: date,
    begins: time,
    ends: time,
    purpose: str,
    people: int,
    by: User,
    now: datetime,
    member: Member | None = None,
) -> Booking:
    """预约: a member asks and the keeper answers; the keeper's own holds at once. Of two for one time the later is told when it is free."""
    held = _locked(room)
    station = held.station
    keeps = can(by, "station.keep", station.organisation)
    asked = (timezone.make_aware(datetime.combine(day, begins)), timezone.make_aware(datetime.combine(day, ends)))
    if asked[1] <= asked[0]:
        raise DomainError("结束要晚于开始。", field="ends")
    if asked[0] < now:
        raise DomainError("这个时间已经过去。", field="day")
    today = timezone.localdate(now)
    if day > today + timedelta(days=(ahead := value_on(today, BOOK_AHEAD))):
        raise DomainError(f"最早提前 {ahead} 天约。", field="day")
    if station.closed_on is not None or day < held.start or (held.end is not None and day >= held.end):
        raise DomainError(f"{held.name}这一天不外借。", field="room")
    if people > held.seats:
        raise DomainError(f"{held.name}坐得下 {held.seats} 人，换一间大的。", field="people")
    open_then = windows(station, day, day + timedelta(days=LOOKED_AHEAD))
    if not keeps and not any(opens <= asked[0] and asked[1] <= closes for opens, closes in open_then):
        raise DomainError(f"这个时间不开门。{_said_of(day, open_then)}", field="begins")
    taken = [
        (one.starts_at, one.ends_at)
        for one in held.bookings.holding().filter(ends_at__gt=now, starts_at__date__lte=day + timedelta(days=LOOKED_AHEAD))
    ]
    if (other := rules.clash(asked, taken)) is not None:
        raise DomainError(_refusal(asked, other, open_then, [*taken, (asked[0].replace(hour=0, minute=0), now)]), field="begins")
    state = State.CONFIRMED if keeps else State.ASKED
    booking = Booking.objects.create(
        room=held,
        organisation=organisation,
        member=member,
        starts_at=asked[0],
        ends_at=asked[1],
        purpose=said(purpose, "做什么", "purpose"),
        people=people,
        state=state,
        asked_by=by,
    )
    _step(booking, state, by=by, code="asked" if state == State.ASKED else "booked")
    return booking


def _said_of(day: date, open_then: list[rules.Stretch]) -> str:
    of_day = [f"{timezone.localtime(a):%H:%M}–{timezone.localtime(b):%H:%M}" for a, b in open_then if timezone.localdate(a) == day]
    return f"这一天开 {'、'.join(of_day)}。" if of_day else "这一天不开，换一天。"


def _refusal(asked, other, open_then, taken) -> str:
    """已经有人约了 14:00–16:00，最近的空当是 11月25日 16:00."""
    begins, ends = (timezone.localtime(moment) for moment in other)
    words = f"这个时间已经有人约了（{begins:%H:%M}–{ends:%H:%M}）。"
    free = rules.nearest_free(asked, windows=open_then, taken=taken)
    if free is None:
        return f"{words}往后 {LOOKED_AHEAD} 天也没有这么长的空当，换一间或者短一些。"
    local = timezone.localtime(free)
    return f"{words}最近的空当从 {chinese_day(local)} {local:%H:%M} 起。"


@transaction.atomic
def confirm(booking: Booking, *, by: User, why: str = "") -> Booking:
    """约好: by who keeps the room."""
    return _answer(booking, {State.ASKED}, State.CONFIRMED, by=by, why=why)


@transaction.atomic
def refuse(booking: Booking, *, by: User, why: str) -> Booking:
    """不约: with the reason; the time is free again."""
    return _answer(booking, {State.ASKED}, State.REFUSED, by=by, why=said(why, "为什么约不成", "why"))


@transaction.atomic
def cancel(booking: Booking, *, by: User, why: str, now: datetime) -> Booking:
    """取消: by who asked or who keeps the room, before it is over, with the reason."""
    if booking.ends_at <= now:
        raise DomainError("已经用完的不能取消。")
    return _answer(booking, {State.ASKED, State.CONFIRMED}, State.CANCELLED, by=by, why=said(why, "为什么取消", "why"))


def _answer(booking: Booking, of: set[str], state: str, *, by: User, why: str) -> Booking:
    held = Booking.objects.select_for_update(of=("self",)).select_related("room__station__organisation").get(pk=booking.pk)
    if held.state not in of:
        raise DomainError(f"这次预约刚才有人办过，现在是“{held.get_state_display()}”。")
    held.state = state
    held.save(update_fields=["state"])
    _step(held, state, by=by, why=why.strip())
    return held


def _step(booking: Booking, state: str, *, by: User, why: str = "", code: str = "") -> None:
    BookingStep.objects.create(booking=booking, state=state, why=why, by=by)
    tell(f"booking.{code or state}", booking, booking.room.station, by=by, starts_at=booking.starts_at, people=booking.people)


def _locked(room: Room) -> Room:
    return Room.objects.select_for_update(of=("self",)).select_related("station__organisation", "station__kind").get(pk=room.pk)
