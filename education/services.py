"""Every write of organisation life. Confirming a meeting is what makes facts; correcting one revises them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from education.models import Attendance, Meeting
from education.rules import chinese_day, meeting_faults
from education.selectors.rolls import excuse_of, is_expected, standing_roll
from members.merging.journal import Journal
from members.mobility.models import Outflow
from members.models import Fact, Member
from members.selectors.days import Place, places_on
from members.services import facts
from partyportal.core import audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from points.services import settle_soon

State, Reason = Attendance.State, Attendance.Reason


@dataclass(frozen=True, kw_only=True)
class RollLine:
    """What the recorder says of one member; who is not mentioned was there (or, if not expected, was not)."""

    state: str
    reason: str = ""
    note: str = ""
    is_guest: bool = False  # worked out from the roll, whatever the recorder says


Roll = Mapping[int, RollLine]  # by member id


@transaction.atomic
def record_meeting(
    *, organisation: Organisation, roll: Roll, by: User, today: date, uid: UUID | None = None, confirm: bool = False, **content
) -> Meeting:
    """Record a meeting of a branch as a draft, or confirmed at once. `uid` lets one form, sent twice, be told apart from two meetings."""
    meeting = Meeting(organisation=organisation, recorded_by=by, **({"uid": uid} if uid else {}), **content)
    _check(meeting, today=today)
    _save_once(meeting)
    _keep_roll(meeting, roll)
    _record("recorded", meeting, by=by)
    return confirm_meeting(meeting, by=by, today=today) if confirm else meeting


@transaction.atomic
def revise_meeting(meeting: Meeting, *, version: int, roll: Roll, by: User, today: date, confirm: bool = False, **content) -> Meeting:
    """Correct a meeting; of a confirmed one the facts follow in the same transaction. `version` is what the form was opened with."""
    held = _locked(meeting)
    if held.version != version:
        raise Stale("这次会议刚才被别人改过。两边不一样的地方列在下面，你填的还在，看过再存。")
    if held.state == Meeting.State.VOID:
        raise DomainError("这次会议已经作废，不能再改。")
    before = _concerned(held)
    for name, value in content.items():
        setattr(held, name, value)
    _check(held, today=today)
    held.version += 1
    _save_once(held)
    _keep_roll(held, roll)
    _record("revised", held, by=by)
    if confirm or held.state == Meeting.State.CONFIRMED:
        return _confirm(held, by=by, today=today, before=before)
    return held


@transaction.atomic
def confirm_meeting(meeting: Meeting, *, by: User, today: date, version: int | None = None) -> Meeting:
    """Confirm what the roll says: state, facts and audit in one transaction. Confirmed twice, it writes once."""
    held = _locked(meeting)
    if held.state == Meeting.State.CONFIRMED:
        return held
    if version is not None and held.version != version:
        raise Stale("这次会议刚才被别人改过。看过新的再确认。")
    if held.state == Meeting.State.VOID:
        raise DomainError("这次会议已经作废，不能确认。")
    return _confirm(held, by=by, today=today)


@transaction.atomic
def return_meeting(meeting: Meeting, *, reason: str, by: User, version: int | None = None) -> Meeting:
    """The committee's spot check sends a confirmed meeting back: its facts are voided until it is confirmed again."""
    held = _locked(meeting)
    if version is not None and held.version != version:
        raise Stale("这次会议刚才被别人改过。看过新的再退回。")
    if held.state != Meeting.State.CONFIRMED:
        raise DomainError("只有已确认的会议可以退回。")
    if not reason.strip():
        raise DomainError("写上退回原因，支部才知道改什么。", field="reason")
    held.state, held.return_reason = Meeting.State.RETURNED, reason.strip()
    held.version += 1
    held.save(update_fields=["state", "return_reason", "version"])
    _void_facts(held, by=by)
    _record("returned", held, by=by)
    return held


@transaction.atomic
def void_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """Take a wrongly recorded meeting out of account; its rows stay, its facts are voided."""
    held = _locked(meeting)
    if held.state == Meeting.State.VOID:
        return held
    held.state = Meeting.State.VOID
    held.version += 1
    held.save(update_fields=["state", "version"])
    _void_facts(held, by=by)
    _record("voided", held, by=by)
    return held


def _locked(meeting: Meeting) -> Meeting:
    """The row as it is now, held against another writer until this transaction ends."""
    return Meeting.objects.select_for_update(of=("self",)).select_related("organisation", "group").get(pk=meeting.pk)


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


def _save_once(meeting: Meeting) -> None:
    """The constraint is the judge: two people recording one meeting at once are told, not stored twice."""
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as refusal:
        if "meeting_once_a_day" not in str(refusal):
            raise
        raise DomainError(already_recorded(meeting), field="held_on") from None


def _keep_roll(meeting: Meeting, said: Roll) -> None:
    """Make the attendance rows say the roll of the day with what the recorder touched; rows of one member keep their uid."""
    wanted = _completed(meeting, said)
    rows = {row.member_id: row for row in meeting.attendances.all()}
    gone = [row for member_id, row in rows.items() if member_id not in wanted]
    if gone:
        facts.void([key for row in gone for key in fact_keys(row.uid)], by=meeting.recorded_by)
        Attendance.objects.filter(pk__in=[row.pk for row in gone]).delete()
    new, changed = [], []
    for member_id, line in wanted.items():
        row = rows.get(member_id)
        if row is None:
            new.append(Attendance(meeting=meeting, member_id=member_id, **asdict(line)))
        elif any(getattr(row, name) != value for name, value in asdict(line).items()):
            for name, value in asdict(line).items():
                setattr(row, name, value)
            changed.append(row)
    Attendance.objects.bulk_create(new)
    Attendance.objects.bulk_update(changed, ["state", "reason", "note", "is_guest"])


def _completed(meeting: Meeting, said: Roll) -> dict[int, RollLine]:
    lines = standing_roll(organisation=meeting.organisation, group=meeting.group, held_on=meeting.held_on, kind=meeting.kind)
    on_roll = {line.member_id: line for line in lines}
    if said.keys() - on_roll.keys():
        raise DomainError(f"名单里有人 {chinese_day(meeting.held_on)}不在这里，名册已按那天重新排好。", field="roll")
    wanted = {}
    for member_id, line in on_roll.items():
        expected = is_expected(line, meeting.kind)
        told = said.get(member_id)
        if line.guest_of:
            if told is not None and told.state == State.PRESENT:
                wanted[member_id] = RollLine(state=State.PRESENT, is_guest=True)
        elif told is not None and (expected or told.state == State.PRESENT):
            wanted[member_id] = _checked(told)
        elif expected:
            wanted[member_id] = RollLine(state=State.PRESENT)
        elif meeting.kind != Meeting.Kind.COMMITTEE:
            wanted[member_id] = RollLine(state=State.EXCUSED, reason=excuse_of(line), note="失联" if line.is_lost else "")
    return wanted


def _checked(line: RollLine) -> RollLine:
    if line.state == State.PRESENT:
        return RollLine(state=State.PRESENT)
    if not line.reason:
        raise DomainError("没有到会的要写原因。", field="roll")
    return RollLine(state=line.state, reason=line.reason, note=line.note.strip())


def _confirm(meeting: Meeting, *, by: User, today: date, before: set[tuple[int, int]] = frozenset()) -> Meeting:
    _check(meeting, today=today)
    rows = list(meeting.attendances.all())
    present = [row for row in rows if row.state == State.PRESENT]
    own = [row for row in rows if not row.is_guest]
    if not any(row.state == State.PRESENT for row in own):
        raise DomainError("一个人也没有到，不能确认。没开成就不记。", field="roll")
    _refuse_twice(meeting, rows, present)
    meeting.state, meeting.confirmed_by, meeting.confirmed_at = Meeting.State.CONFIRMED, by, timezone.now()
    meeting.return_reason = ""
    meeting.save(update_fields=["state", "confirmed_by", "confirmed_at", "return_reason"])
    lines = _fact_lines(meeting, rows, places_on([row.member_id for row in rows], meeting.held_on))
    facts.record(lines, by=meeting.recorded_by, confirmed_by=by)
    said = {line.key for line in lines}
    facts.void([key for row in rows for key in fact_keys(row.uid) if key not in said], by=by)
    _record("confirmed", meeting, by=by, present=len(present), expected=sum(row.state != State.EXCUSED for row in own))
    _settle_soon({(row.member_id, meeting.held_on.year) for row in rows} | before)
    return meeting


def _refuse_twice(meeting: Meeting, rows: Iterable[Attendance], present: list[Attendance]) -> None:
    """One kind of meeting counts once a day: recorded by the host, or by a paper, it is not recorded at home as well.

    Whoever is away is locked first, so of two branches that confirm at once the later sees what the earlier wrote.
    """
    people = [row.member_id for row in present]
    away = Outflow.objects.on(meeting.held_on).filter(member__in=people).values("member")
    list(Member.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=away).order_by("pk").values_list("pk", flat=True))
    own = [key for row in rows for key in fact_keys(row.uid)]
    same = Fact.objects.standing().filter(member__in=people, kind=f"meeting.{meeting.kind}", day=meeting.held_on).exclude(key__in=own)
    if twice := same.select_related("member").first():
        raise DomainError(
            f"{twice.member.name} {chinese_day(meeting.held_on)}已经记过{twice.title}，一天里同一种会只记一次。名单上改成没来。",
            field="roll",
        )


# Of two lines of one person on a roll the one further left stands.
_BETTER = (State.PRESENT, State.LEAVE, State.ABSENT, State.EXCUSED)


@transaction.atomic
def merge_rolls(journal: Journal, *, kept: Member, gone: Member) -> list[str]:
    """Two files of one person become one line on every roll: who was there under either was there. Returns the keys of facts that no longer hold.

    The meetings are locked first, so that nobody writes the same rolls meanwhile.
    """
    meetings = Meeting.objects.filter(attendances__member=gone).values("pk")
    list(Meeting.objects.select_for_update(of=("self",)).filter(pk__in=meetings).order_by("pk").values_list("pk", flat=True))
    ours = {row.meeting_id: row for row in Attendance.objects.filter(member=kept, meeting__in=meetings)}
    fallen = []
    for row in Attendance.objects.filter(member=gone, meeting__in=ours).order_by("pk"):
        worse = max(ours[row.meeting_id], row, key=lambda line: _BETTER.index(line.state))
        journal.remove(worse)
        fallen += fact_keys(worse.uid)
    journal.repoint(Attendance.objects.filter(member=gone), "member_id", kept)
    return fallen


def fact_keys(uid: UUID) -> tuple[str, str, str]:
    """The keys under which one attendance may leave facts."""
    return (f"education.attendance:{uid}", f"education.hours:{uid}", f"education.absence:{uid}")


def _fact_lines(meeting: Meeting, rows: Iterable[Attendance], places: Mapping[int, Place]) -> list[facts.FactLine]:
    """Being there is one fact, the hours of study another; staying away without a word a third."""
    lines = []
    title, here = f"{meeting.get_kind_display()}：{meeting.topic}", f"（在{meeting.organisation}参加）"
    for row in rows:
        place = places.get(row.member_id)
        if place is None:
            continue
        attendance, hours, absence = fact_keys(row.uid)
        told = []
        if row.state == State.PRESENT:
            told.append((attendance, f"meeting.{meeting.kind}", Decimal(1)))
            if meeting.study_hours:
                told.append((hours, "study.hours", meeting.study_hours))
        elif row.state == State.ABSENT and row.reason == Reason.UNEXPLAINED:
            told.append((absence, "meeting.absent", Decimal(1)))
        lines += [
            facts.FactLine(
                key=key,
                kind=kind,
                member_id=row.member_id,
                organisation_id=place.organisation_id,
                member_class=place.member_class,
                day=meeting.held_on,
                units=units,
                title=f"{title[: 120 - len(here)]}{here}" if row.is_guest else title[:120],
                evidence="支部会议记录",
            )
            for key, kind, units in told
        ]
    return lines


def _void_facts(meeting: Meeting, *, by: User) -> None:
    facts.void([key for uid in meeting.attendances.values_list("uid", flat=True) for key in fact_keys(uid)], by=by)
    _settle_soon(_concerned(meeting))


def _concerned(meeting: Meeting) -> set[tuple[int, int]]:
    """Whose points of which year a change of the meeting may move."""
    return {(member_id, meeting.held_on.year) for member_id in meeting.attendances.values_list("member_id", flat=True)}


def _settle_soon(concerned: set[tuple[int, int]]) -> None:
    """Ring once for each year; whoever is not heard is settled by beat from what the facts' own trigger noted."""
    for year in sorted({year for _, year in concerned}):
        settle_soon(members=sorted(member for member, of in concerned if of == year), year=year)


def _record(act: str, meeting: Meeting, *, by: User, **data) -> None:
    audit.record(
        f"education.meeting.{act}",
        meeting,
        by=by,
        path=meeting.organisation.path,
        organisation=meeting.organisation.code,
        kind=meeting.kind,
        day=meeting.held_on,
        **data,
    )
