"""办事: asked from home or taken at the station, noted, done or given up, each a row of its own."""

from datetime import date

from django.db import transaction
from django.urls import reverse

from members.care.stations.models import RequestKind, RequestStep, ServiceRequest, Station
from members.care.stations.services import locked, said, tell
from members.models import Member
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import Notice, User
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
    whose = {"member": member, "asker": asker.strip() or None, "asker_phone": asker_phone.strip() or None}
    made = _begun(held, kind, matter, on=taken_on, taken_by=by, **whose)
    RequestStep.objects.create(request=made, act=Act.TAKE, day=taken_on, by=by)
    tell("request.taken", made, held, by=by, subject=member.uid if member else None, kind=kind.code, day=taken_on)
    return made


@transaction.atomic
def ask(station: Station, *, kind: RequestKind, matter: str, member: Member, by: User, today: date) -> ServiceRequest:
    """网上申请: a member asks from home, of a station that serves their branch; the days run from today. One of a kind at a time."""
    held = locked(station)
    if member.user_id != by.pk:
        raise DomainError("网上只能为自己申请，替别人的到阵地来办。")
    if not held.answers_to(member):
        raise DomainError(f"{held}不管你的支部，到自己村镇的阵地申请。")
    if kind.ended_on is not None and kind.ended_on <= today:
        raise DomainError(f"{kind}不再受理，选别的事项。", field="kind")
    if held.requests.open().filter(member=member, kind=kind).exists():
        raise DomainError(f"你在这里还有一件{kind}没有办结，等办结再申请。", field="kind")
    made = _begun(held, kind, matter, on=today, taken_by=None, member=member)
    RequestStep.objects.create(request=made, act=Act.ASK, day=today, by=by)
    tell("request.asked", made, held, by=by, subject=member.uid, kind=kind.code, day=today)
    return made


def _begun(station: Station, kind: RequestKind, matter: str, *, on: date, **said_of) -> ServiceRequest:
    """The row, to be done within the kind's working days; the day it begins is not counted."""
    due_on = calendar().last_of(on, kind.days + 1)
    matter = said(matter, "办什么", "matter")
    return ServiceRequest.objects.create(station=station, kind=kind, matter=matter, taken_on=on, due_on=due_on, **said_of)


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
    held = ServiceRequest.objects.select_for_update(of=("self",)).select_related("station__organisation", "kind", "member").get(pk=asked.pk)
    if held.state != State.OPEN:
        raise DomainError(f"这件事刚才有人办过，现在是“{held.get_state_display()}”。")
    if not held.taken_on <= on <= today:
        raise DomainError(f"日子在 {held.taken_on:%Y-%m-%d} 到今天之间。", field="on")
    step = RequestStep.objects.create(request=held, act=act, day=on, words=words, by=by)
    if state:
        held.state, held.finished_on = state, on
        held.save(update_fields=["state", "finished_on"])
    _tell_member(held, step)
    tell(f"request.{act}", held, held.station, by=by, subject=held.member.uid if held.member_id else None, day=on)
    return held


def _tell_member(held: ServiceRequest, step: RequestStep) -> None:
    """One line into the inbox of the member who came, if they have an account and did not do it themselves; the words stand on the page."""
    if held.member is None or held.member.user_id in (None, step.by_id):
        return
    Notice.objects.create(
        user_id=held.member.user_id,
        key=f"stations.request:{held.uid}:{step.pk}",
        title=f"{held.kind}：{step.get_act_display()}",
        reason=f"{held.station}，{step.day:%Y-%m-%d}",
        url=reverse("stations:request", args=[held.uid]),
    )


@transaction.atomic
def reveal(asked: ServiceRequest, *, by: User) -> tuple[str, str]:
    """看全: the villager's whole name and phone, to whom may see them whole; every look leaves an audit row."""
    station = asked.station
    audit.record("stations.request.revealed", asked, by=by, path=station.organisation.path, station=station.uid)
    return asked.asker or "", asked.asker_phone or ""
