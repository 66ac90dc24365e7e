"""A meeting is recorded, corrected, confirmed, returned and taken out of account. Confirming is what makes facts."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from education.models import Attendance, DrawnMeeting, Meeting
from education.rules import Item, meeting_faults
from education.services.drawing import answer_draw
from education.services.held import locked, record_act
from education.services.minutes import keep_minutes
from education.services.presence import concerned_by, fact_keys, fact_lines, ring, void_facts
from education.services.rolls import Roll, keep_roll, refuse_twice
from members.selectors.days import places_on
from members.services import facts
from partyportal.core.days import chinese_day
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

State = Attendance.State


@transaction.atomic
def record_meeting(
    *,
    organisation: Organisation,
    roll: Roll,
    by: User,
    today: date,
    uid: UUID | None = None,
    confirm: bool = False,
    agenda: Iterable[Item] | None = None,
    **content,
) -> Meeting:
    """Record a meeting of a branch as a draft, or confirmed at once.

    `uid` lets one form, sent twice, be told apart from two meetings: what arrived before is answered as it stands.
    """
    if uid and (already := _arrived(uid, organisation)):
        return already
    meeting = Meeting(organisation=organisation, recorded_by=by, **({"uid": uid} if uid else {}), **content)
    _check(meeting, today=today)
    try:
        _save_once(meeting)
    except DomainError:
        # Sent twice at the same moment: the constraint let the first through, and this is that one.
        if uid and (already := _arrived(uid, organisation)):
            return already
        raise
    keep_roll(meeting, roll)
    keep_minutes(meeting, agenda, by=by)
    record_act("recorded", meeting, by=by)
    return confirm_meeting(meeting, by=by, today=today) if confirm else meeting


@transaction.atomic
def revise_meeting(
    meeting: Meeting,
    *,
    version: int,
    roll: Roll,
    by: User,
    today: date,
    confirm: bool = False,
    agenda: Iterable[Item] | None = None,
    **content,
) -> Meeting:
    """Correct a meeting; of a confirmed one the facts follow in the same transaction. `version` is what the form was opened with."""
    held = locked(meeting)
    if held.version != version:
        raise Stale("这次会议刚才被别人改过。两边不一样的地方列在下面，你填的还在，看过再存。")
    if held.state == Meeting.State.VOID:
        raise DomainError("这次会议已经作废，不能再改。")
    before = concerned_by(held)
    for name, value in content.items():
        setattr(held, name, value)
    _check(held, today=today)
    held.version += 1
    _save_once(held)
    keep_roll(held, roll)
    keep_minutes(held, agenda, by=by)
    record_act("revised", held, by=by)
    if confirm or held.state == Meeting.State.CONFIRMED:
        return _confirm(held, by=by, today=today, before=before)
    return held


@transaction.atomic
def confirm_meeting(meeting: Meeting, *, by: User, today: date, version: int | None = None) -> Meeting:
    """Confirm what the roll says: state, facts and audit in one transaction. Confirmed twice, it writes once."""
    held = locked(meeting)
    if held.state == Meeting.State.CONFIRMED:
        return held
    if version is not None and held.version != version:
        raise Stale("这次会议刚才被别人改过。看过新的再确认。")
    if held.state == Meeting.State.VOID:
        raise DomainError("这次会议已经作废，不能确认。")
    return _confirm(held, by=by, today=today)


@transaction.atomic
def return_meeting(meeting: Meeting, *, reason: str, by: User, version: int | None = None, today: date | None = None) -> Meeting:
    """The committee's spot check sends a confirmed meeting back: its facts are voided until it is confirmed again."""
    held = locked(meeting)
    if version is not None and held.version != version:
        raise Stale("这次会议刚才被别人改过。看过新的再退回。")
    if held.state != Meeting.State.CONFIRMED:
        raise DomainError("只有已确认的会议可以退回。")
    if not reason.strip():
        raise DomainError("写上退回原因，支部才知道改什么。", field="reason")
    held.state, held.return_reason = Meeting.State.RETURNED, reason.strip()
    held.version += 1
    held.save(update_fields=["state", "return_reason", "version"])
    void_facts(held, by=by)
    answer_draw(held, DrawnMeeting.Outcome.RETURNED, reason=held.return_reason, by=by, on=today or timezone.localdate())
    record_act("returned", held, by=by)
    return held


@transaction.atomic
def void_meeting(meeting: Meeting, *, by: User, today: date | None = None) -> Meeting:
    """Take a wrongly recorded meeting out of account; its rows stay, its facts are voided."""
    held = locked(meeting)
    if held.state == Meeting.State.VOID:
        return held
    held.state = Meeting.State.VOID
    held.version += 1
    held.save(update_fields=["state", "version"])
    void_facts(held, by=by)
    answer_draw(held, DrawnMeeting.Outcome.GONE, by=by, on=today or timezone.localdate())
    record_act("voided", held, by=by)
    return held


def _check(meeting: Meeting, *, today: date) -> None:
    branch = meeting.organisation
    if not branch.is_branch:
        raise DomainError("会议记在党支部名下。", field="organisation")
    if (meeting.kind == Meeting.Kind.GROUP) != (meeting.group is not None):
        raise DomainError("党小组会要选党小组，别的会不选。", field="group")
    if meeting.group and meeting.group.parent_id != branch.pk:
        raise DomainError("这个党小组不在本支部。", field="group")
    for fault in meeting_faults(
        held_on=meeting.held_on,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        today=today,
        founded_on=branch.founded_on,
        dissolved_on=branch.dissolved_on,
    ):
        raise DomainError(fault.message, field=fault.field)
    if not meeting.topic.strip():
        raise DomainError("写上主题，一句话就行。", field="topic")


def already_recorded(meeting: Meeting) -> str:
    return f"{chinese_day(meeting.held_on)}的{meeting.get_kind_display()}已经有记录。要补充就改那一次。"


def _arrived(uid: UUID, organisation: Organisation) -> Meeting | None:
    """The meeting that this very form made when it came before."""
    meeting = Meeting.objects.select_related("organisation", "group").filter(uid=uid).first()
    if meeting and meeting.organisation_id != organisation.pk:
        raise DomainError("这张表已经用在别的支部了。重新打开记录页再记。")
    return meeting


def _save_once(meeting: Meeting) -> None:
    """The constraint is the judge: two people recording one meeting at once are told, not stored twice."""
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as refusal:
        # The uid's own index may speak first: the same form twice, which record_meeting answers.
        if "meeting_once_a_day" not in str(refusal) and "(uid)" not in str(refusal):
            raise
        raise DomainError(already_recorded(meeting), field="held_on") from None


def _confirm(meeting: Meeting, *, by: User, today: date, before: set[tuple[int, int]] = frozenset()) -> Meeting:
    _check(meeting, today=today)
    rows = list(meeting.attendances.all())
    present = [row for row in rows if row.state == State.PRESENT]
    own = [row for row in rows if not row.is_guest]
    if not any(row.state == State.PRESENT for row in own):
        raise DomainError("一个人也没有到，不能确认。没开成就不记。", field="roll")
    refuse_twice(meeting, rows, present)
    meeting.state, meeting.confirmed_by, meeting.confirmed_at = Meeting.State.CONFIRMED, by, timezone.now()
    meeting.return_reason = ""
    meeting.save(update_fields=["state", "confirmed_by", "confirmed_at", "return_reason"])
    lines = fact_lines(meeting, rows, places_on([row.member_id for row in rows], meeting.held_on))
    facts.record(lines, by=meeting.recorded_by, confirmed_by=by)
    said = {line.key for line in lines}
    facts.void([key for row in rows for key in fact_keys(row.uid) if key not in said], by=by)
    record_act("confirmed", meeting, by=by, present=len(present), expected=sum(row.state != State.EXCUSED for row in own))
    ring({(row.member_id, meeting.held_on.year) for row in rows} | before)
    return meeting
