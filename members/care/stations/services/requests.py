"""办事: taken, noted, done or given up, each a row of its own."""

from datetime import date

from django.db import transaction

from members.care.stations.models import RequestKind, RequestStep, ServiceRequest, Station
from members.care.stations.services import locked, said, tell
from members.models import Member
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.workdays import calendar

Act, State = RequestStep.Act, ServiceRequest.State


@transaction.atomic
def take(
    station: Station,
    *,
    kind: RequestKind,
    matter: str,
    taken_on: date,
    by: User | None,
    today: date,
    member: Member | None = None,
    asker: str = "",
    asker_phone: str = "",
) -> ServiceRequest:
    """受理: of a member or of a villager; to be done within the kind's working days."""
    held = locked(station)
    if (member is None) == (not asker.strip()):
        raise DomainError("党员选姓名，群众写姓名，只填一个。", field="member")
    if not held.opened_on <= taken_on <= today:
        raise DomainError(f"受理的日子在 {held.opened_on:%Y-%m-%d} 到今天之间。", field="taken_on")
    if kind.ended_on is not None and kind.ended_on <= taken_on:
        raise DomainError(f"{kind}不再受理，选别的事项。", field="kind")
    made = ServiceRequest.objects.create(
        station=held,
        kind=kind,
        member=member,
        asker=asker.strip() or None,
        asker_phone=asker_phone.strip() or None,
        matter=said(matter, "办什么", "matter"),
        taken_on=taken_on,
        due_on=calendar().last_of(taken_on, kind.days + 1),
        taken_by=by,
    )
    RequestStep.objects.create(request=made, act=Act.TAKE, day=taken_on, by=by)
    tell("request.taken", made, held, by=by, subject=member.uid if member else None, kind=kind.code, day=taken_on)
    return made


@transaction.atomic
def note(asked: ServiceRequest, *, words: str, on: date, by: User, today: date) -> ServiceRequest:
    """补记: how far it is."""
    return _step(asked, Act.NOTE, words=said(words, "办到哪一步", "words"), on=on, by=by, today=today)


@transaction.atomic
def finish(asked: ServiceRequest, *, words: str, on: date, by: User, today: date) -> ServiceRequest:
    """办结: with what came of it."""
    return _step(asked, Act.FINISH, words=said(words, "办的结果", "words"), on=on, by=by, today=today, state=State.DONE)


@transaction.atomic
def withdraw(asked: ServiceRequest, *, words: str, on: date, by: User, today: date) -> ServiceRequest:
    """不办了: with the reason."""
    return _step(asked, Act.WITHDRAW, words=said(words, "为什么不办了", "words"), on=on, by=by, today=today, state=State.WITHDRAWN)


def _step(asked: ServiceRequest, act: str, *, words: str, on: date, by: User, today: date, state: str = "") -> ServiceRequest:
    held = ServiceRequest.objects.select_for_update(of=("self",)).select_related("station__organisation", "member").get(pk=asked.pk)
    if held.state != State.OPEN:
        raise DomainError(f"这件事刚才有人办过，现在是“{held.get_state_display()}”。")
    if not held.taken_on <= on <= today:
        raise DomainError(f"日子在 {held.taken_on:%Y-%m-%d} 到今天之间。", field="on")
    RequestStep.objects.create(request=held, act=act, day=on, words=words, by=by)
    if state:
        held.state, held.finished_on = state, on
        held.save(update_fields=["state", "finished_on"])
    tell(f"request.{act}", held, held.station, by=by, subject=held.member.uid if held.member_id else None, day=on)
    return held


@transaction.atomic
def reveal(asked: ServiceRequest, *, by: User) -> tuple[str, str]:
    """看全: the villager's whole name and phone, to whom may see them whole; every look leaves an audit row."""
    station = asked.station
    audit.record("stations.request.revealed", asked, by=by, path=station.organisation.path, station=station.uid)
    return asked.asker or "", asked.asker_phone or ""
