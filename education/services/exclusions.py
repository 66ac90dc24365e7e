"""不计应到: agreed at a meeting of the branch, put on record by its superior, used by every roll from its day on."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from education.models import Meeting, RollExclusion
from education.parameters import EXCLUSION_MONTHS
from education.rules import exclusion_faults
from members.models import Member
from members.selectors.days import places_on
from partyportal.core import audit
from partyportal.core.days import months_after
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on

State = RollExclusion.State


@transaction.atomic
def propose_exclusion(
    *, member: Member, agreed_at: Meeting, reason: str, note: str = "", start: date, end: date | None = None, by: User
) -> RollExclusion:
    """Report to the superior what the branch agreed. Without an end it lasts as long as the county lets one consent last.

    The member is held, so that two reports at once do not overlap.
    """
    Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
    branch = agreed_at.organisation
    if agreed_at.state != Meeting.State.CONFIRMED:
        raise DomainError("选一次已确认的会议：支部在会上同意了才能报。", field="agreed_at")
    place = places_on([member.pk], start).get(member.pk)
    if place is None or place.organisation_id != branch.pk:
        raise DomainError("这名党员那天不在本支部。", field="member")
    months = value_on(start, EXCLUSION_MONTHS)
    for fault in exclusion_faults(start=start, end=end, agreed_on=agreed_at.held_on, longest_months=months):
        raise DomainError(fault.message, field=fault.field)
    if reason == RollExclusion.Why.OTHER and not note.strip():
        raise DomainError("写明是什么原因。", field="note")
    end = end or months_after(start, months)
    standing = RollExclusion.objects.filter(member=member).exclude(state=State.REFUSED)
    if standing.filter(Q(end=None) | Q(end__gt=start), start__lt=end).exists():
        raise DomainError("这段时间已经报过。到期再议，或者先结束原来的。", field="start")
    row = RollExclusion.objects.create(
        organisation=branch, member=member, reason=reason, note=note.strip(), start=start, end=end, agreed_at=agreed_at, proposed_by=by
    )
    return _record("proposed", row, by=by)


@transaction.atomic
def answer_exclusion(row: RollExclusion, *, number: str = "", refusal: str = "", by: User) -> RollExclusion:
    """The superior puts it on record under a number, or does not agree and says why."""
    held = _locked(row)
    if held.state != State.PROPOSED:
        raise DomainError(f"这件已经有结果：{held.get_state_display()}。")
    if held.proposed_by_id == by.pk:
        raise DomainError("自己报送的由另一个人备案。")
    if not number.strip() and not refusal.strip():
        raise DomainError("写上备案号；不同意的写原因。", field="number")
    if number.strip() and refusal.strip():
        raise DomainError("备案号和不同意的原因只写一样。", field="number")
    if refusal.strip():
        held.state, held.answer = State.REFUSED, refusal.strip()
    else:
        held.state, held.superior_number = State.APPROVED, number.strip()
    held.answered_by, held.answered_at = by, timezone.now()
    held.save(update_fields=["state", "answer", "superior_number", "answered_by", "answered_at"])
    return _record(held.state, held, by=by)


@transaction.atomic
def end_exclusion(row: RollExclusion, *, end: date, reason: str, by: User, today: date) -> RollExclusion:
    """Count the member again from a day on: recovered, released, returned. Rolls already kept stay as they are."""
    held = _locked(row)
    if held.state != State.APPROVED:
        raise DomainError("只有已备案的才能结束。")
    if end < today or end <= held.start:
        raise DomainError("从今天或以后的一天起计入应到，过去的会不改。", field="end")
    if held.end is not None and end >= held.end:
        raise DomainError("这一天以前它自己就到期了。", field="end")
    if not reason.strip():
        raise DomainError("写上为什么结束。", field="reason")
    held.end, held.end_reason, held.ended_by = end, reason.strip(), by
    held.save(update_fields=["end", "end_reason", "ended_by"])
    return _record("ended", held, by=by, end=end)


def _locked(row: RollExclusion) -> RollExclusion:
    return RollExclusion.objects.select_for_update(of=("self",)).select_related("organisation", "member").get(pk=row.pk)


def _record(act: str, row: RollExclusion, *, by: User, **data) -> RollExclusion:
    place = row.organisation
    told = {"organisation": place.code, "member": row.member.uid, "reason": row.reason, "start": row.start} | data
    audit.record(f"education.exclusion.{act}", row, by=by, path=place.path, **told)
    return row
