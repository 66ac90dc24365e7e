"""A motion's way: moved, opened over a frozen roll, decided, or voided."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from branches.access import can
from branches.models import Organisation
from education.models import Meeting
from education.motions import rules
from education.motions.models import Candidate, Motion, Step, Voter
from education.motions.parameters import ONLINE
from education.motions.selectors.rolls import Roll, procedure_for, roll_now
from members.development.models import Case
from members.models import Member
from members.selectors.voters import voters_on
from partyportal.core import audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from partyportal.core.parameters import value_on

Kind, Method, State = Motion.Kind, Motion.Method, Motion.State


@transaction.atomic
def move(
    *,
    organisation: Organisation,
    meeting: Meeting | None,
    kind: str,
    method: str,
    title: str,
    by: User,
    today: date,
    text: str = "",
    seats: int = 0,
    candidates: Iterable[Member] = (),
    held_on: date | None = None,
    again_of: Motion | None = None,
    case: Case | None = None,
) -> Motion:
    """提出: put a question on a meeting's list, or on a 支委会's own; nobody votes yet."""
    candidates = list(candidates)
    if not title.strip():
        raise DomainError("写上表决什么，一句话就行。", field="title")
    motion = Motion(
        organisation=organisation,
        meeting=meeting,
        kind=kind,
        method=method,
        title=title.strip(),
        text=text.strip(),
        seats=seats if kind == Kind.ELECTION else 0,
        held_on=meeting.held_on if meeting else held_on or today,
        again_of=again_of,
        case=case,
    )
    _check_place(motion)
    _check_method(motion, today=today)
    _check_candidates(motion, candidates)
    _check_case(motion)
    if again_of is not None:
        held = _held(again_of)
        if held.state != State.VOID or Motion.objects.filter(again_of=held).exists():
            raise DomainError("作废了的表决才重新来一次，也只重新一次。")
    motion.save()
    Candidate.objects.bulk_create([Candidate(motion=motion, member=member, ordinal=at) for at, member in enumerate(candidates, 1)])
    note_step(motion, Step.Act.MOVED, by=by, today=today)
    return motion


def _check_place(motion: Motion) -> None:
    meeting, branch = motion.meeting, motion.organisation
    if not branch.is_branch:
        raise DomainError("表决记在党支部名下。", field="kind")
    if meeting is None:
        if motion.kind != Kind.COMMITTEE:
            raise DomainError("党员大会的表决、选举要在党员大会上进行，先记这次会，再从会议的页面加议题。", field="kind")
        return
    if meeting.organisation_id != branch.pk or meeting.state == Meeting.State.VOID:
        raise DomainError("这次会议不在本支部，或者已经作废。", field="kind")
    wanted = rules.procedure_of(motion.kind).meeting
    if meeting.kind != wanted:
        raise DomainError(
            f"{motion.get_kind_display()}要在{Meeting.Kind(wanted).label}上表决，这次是{meeting.get_kind_display()}。", field="kind"
        )


def _check_method(motion: Motion, *, today: date) -> None:
    if motion.method not in rules.procedure_of(motion.kind).methods:
        raise DomainError(f"{motion.get_kind_display()}要无记名投票，选无记名纸票。", field="method")
    if motion.method == Method.ONLINE and not value_on(today, ONLINE):
        raise DomainError("本县没有开通网上投票，用无记名纸票；要开通请县委组织部在设置里改。", field="method")


def _check_candidates(motion: Motion, candidates: list[Member]) -> None:
    if motion.kind != Kind.ELECTION:
        if candidates:
            raise DomainError("选举才有候选人。", field="candidates")
        return
    if not 1 <= motion.seats <= len(candidates):
        raise DomainError(f"应选人数至少 1 人，候选人不能少于应选人数，现在候选人 {len(candidates)} 人。", field="seats")
    if len({member.pk for member in candidates}) < len(candidates):
        raise DomainError("候选人写了两次。", field="candidates")
    able = {person.member_id for person in voters_on(motion.organisation, motion.held_on) if person.may_vote}
    if strange := [member.name for member in candidates if member.pk not in able]:
        raise DomainError(f"{'、'.join(strange)}那天没有被选举权（预备党员、留党察看，或者组织关系不在这里）。", field="candidates")


def _check_case(motion: Motion) -> None:
    case = motion.case
    if case is None:
        return
    if motion.kind != Kind.DEVELOPMENT:
        raise DomainError("发展党员的表决才选发展谁。", field="case")
    if case.branch.pk != motion.organisation.pk or not case.is_open or not (case.step and case.step.vote):
        raise DomainError(f"{case.name}的档案不在本支部，或者还没有办到支部大会讨论这一步。", field="case")


@transaction.atomic
def open_vote(
    motion: Motion,
    *,
    by: User,
    today: date,
    present: Iterable[int] | None = None,
    host: Member | None = None,
    teller: Member | None = None,
    counter: Member | None = None,
    version: int | None = None,
) -> Motion:
    """开始表决: freeze the roll of the day, if enough are there. `present` and `host` are said where no meeting's record does."""
    held = _held(motion, version=version)
    if held.state != State.DRAFT:
        raise DomainError("这个议题已经表决过或者作废了。")
    if held.held_on > today:
        raise DomainError(f"{held.held_on:%-m月%-d日}还没到，开会时再表决。")
    if held.meeting_id:  # its roll may not move while it is frozen
        held.meeting = Meeting.objects.select_for_update(of=("self",)).select_related("host").get(pk=held.meeting_id)
        if held.meeting.state == Meeting.State.VOID:
            raise DomainError("这次会议已经作废，不能表决。")
        if held.meeting.held_on != held.held_on:
            held.held_on = held.meeting.held_on
        host = held.meeting.host
    _check_method(held, today=today)
    roll = roll_now(held, present)
    if roll.fault:
        raise DomainError(roll.fault, field="present")
    held.host = host
    if held.method == Method.PAPER:
        _seat_watchers(held, roll, teller, counter)
    Voter.objects.bulk_create(
        [
            Voter(motion=held, member_id=line.member_id, why_not=line.why_not, approval=line.approval[:200], is_present=line.is_present)
            for line in roll.lines
        ]
    )
    held.state = State.OPEN
    held.version += 1
    held.save(update_fields=["state", "version", "host", "teller", "counter", "held_on"])
    note_step(held, Step.Act.OPENED, by=by, today=today, entitled=roll.entitled, present=roll.present)
    return held


def _seat_watchers(held: Motion, roll: Roll, teller: Member | None, counter: Member | None) -> None:
    fault = rules.watchers_fault(
        teller=teller and teller.pk,
        counter=counter and counter.pk,
        host=held.host_id,
        candidates=held.candidates.printed().values_list("member_id", flat=True),
    )
    if fault:
        raise DomainError(fault.message, field=fault.field)
    here = {line.member_id for line in roll.voting}
    for field, member, word in (("teller", teller, "监票人"), ("counter", counter, "计票人")):
        if member.pk not in here:
            raise DomainError(f"{word}要从到会有表决权的人里选。", field=field)
    held.teller, held.counter = teller, counter


@transaction.atomic
def void(motion: Motion, *, reason: str, by: User, today: date, version: int | None = None) -> Motion:
    """作废: a vote that went wrong is not corrected but taken out and voted again. What has a result is voided above the branch alone."""
    held = _held(motion, version=version)
    if held.state == State.VOID:
        raise DomainError("这次表决已经作废。")
    if not reason.strip():
        raise DomainError("写上为什么作废，以后看得明白。", field="reason")
    if held.state == State.DECIDED and not can(by, "education.return", held.organisation):
        raise DomainError("已经有结果的表决，由上级党委作废，支部不能因为结果不合意就重来。", field="reason")
    held.state = State.VOID
    held.version += 1
    held.save(update_fields=["state", "version"])
    held.sealed_ballots.all().delete()
    note_step(held, Step.Act.VOIDED, by=by, today=today, note=reason.strip())
    return held


def note_step(motion: Motion, act: str, *, by: User, today: date, note: str = "", **data) -> None:
    """One dated row of the motion's way, and its audit row."""
    Step.objects.create(motion=motion, act=act, on=today, by=by, note=note[:300])
    audit.record(f"motions.motion.{act}", motion, by=by, path=motion.organisation.path, kind=motion.kind, on=motion.held_on, **data)


def _held(motion: Motion, *, version: int | None = None) -> Motion:
    """The row as it is now, held until this transaction ends."""
    held = Motion.objects.select_for_update(of=("self",)).select_related("organisation", "meeting__host").get(pk=motion.pk)
    if version is not None and held.version != version:
        raise Stale("这次表决刚才有人办过。看过再办。")
    return held


def held_open(motion: Motion, *methods: str) -> Motion:
    """An open vote by one of these methods, held; a sentence for every other."""
    held = _held(motion)
    if held.state == State.DRAFT:
        raise DomainError("还没有开始表决。")
    if held.state != State.OPEN:
        raise DomainError("表决已经结束。" if held.state == State.DECIDED else "这次表决已经作废。")
    if held.method not in methods:
        raise DomainError(f"这次是{held.get_method_display()}表决。")
    return held


def online_is_on(today: date | None = None) -> bool:
    return bool(value_on(today or timezone.localdate(), ONLINE))


__all__ = ["held_open", "move", "note_step", "online_is_on", "open_vote", "procedure_for", "void"]
