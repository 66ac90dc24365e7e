"""请假: a member asks before the day, another person of the branch answers, the roll of the day begins with it."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from education.models import Leave, Meeting
from education.parameters import LEAVE_DAYS
from education.rules import leave_faults
from members.models import Member
from members.selectors.days import places_on
from partyportal.core import audit
from partyportal.core.days import chinese_day
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on

State = Leave.State


@transaction.atomic
def ask_leave(*, member: Member, day: date, kind: str = "", reason: str, note: str = "", by: User, today: date) -> Leave:
    """A member asks for themselves; what is told by phone the secretary writes on the roll."""
    if member.user_id != by.pk:
        raise DomainError("请假由本人提。打电话请的，记会议时直接在名单上点请假。")
    for fault in leave_faults(day=day, today=today, farthest_days=value_on(today, LEAVE_DAYS)):
        raise DomainError(fault.message, field=fault.field)
    if reason == Leave.Why.OTHER and not note.strip():
        raise DomainError("写一句原因。", field="note")
    place = places_on([member.pk], today).get(member.pk)
    if place is None:
        raise DomainError("你的组织关系现在不在本县的支部，不用在这里请假。")
    same = Meeting.objects.filter(organisation=place.organisation_id, held_on=day, **({"kind": kind} if kind else {}))
    if kind and same.exclude(state=Meeting.State.VOID).exists():
        raise DomainError(f"{chinese_day(day)}的会已经记了。要改，找支部书记。", field="day")
    try:
        with transaction.atomic():
            leave = Leave.objects.create(
                member=member, organisation_id=place.organisation_id, day=day, kind=kind, reason=reason, note=note.strip(), asked_by=by
            )
    except IntegrityError as refusal:
        if "leave_once" not in str(refusal):
            raise
        raise DomainError("这一天已经请过假。要改先收回那一次。", field="day") from None
    return _record("asked", leave, by=by)


@transaction.atomic
def answer_leave(leave: Leave, *, grant: bool, answer: str = "", by: User, today: date) -> Leave:
    """Grant it, or refuse with a reason the member reads."""
    held = _locked(leave)
    if held.state != State.ASKED:
        raise DomainError(f"这次请假已经有结果：{held.get_state_display()}。")
    if held.asked_by_id == by.pk:
        raise DomainError("自己请的假由另一个人答复。")
    if held.day < today:
        raise DomainError("这一天已经过了。记会议时直接在名单上写。")
    if not grant and not answer.strip():
        raise DomainError("写上不准假的原因。", field="answer")
    held.state, held.answer = (State.GRANTED, "") if grant else (State.REFUSED, answer.strip())
    held.answered_by, held.answered_at = by, timezone.now()
    held.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    return _record(held.state, held, by=by)


@transaction.atomic
def withdraw_leave(leave: Leave, *, by: User, today: date) -> Leave:
    """The member comes after all."""
    held = _locked(leave)
    if held.asked_by_id != by.pk:
        raise DomainError("请假由本人收回。")
    if held.state not in {State.ASKED, State.GRANTED}:
        raise DomainError(f"这次请假已经有结果：{held.get_state_display()}。")
    if held.day < today:
        raise DomainError("这一天已经过了，不能收回。")
    held.state = State.WITHDRAWN
    held.save(update_fields=["state"])
    return _record("withdrawn", held, by=by)


def _locked(leave: Leave) -> Leave:
    return Leave.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=leave.pk)


def _record(act: str, leave: Leave, *, by: User) -> Leave:
    place = leave.organisation
    audit.record(f"education.leave.{act}", leave, by=by, path=place.path, organisation=place.code, day=leave.day)
    return leave
