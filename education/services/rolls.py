"""The roll of a meeting: the people of that day, and what the recorder touched."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from django.db import transaction

from education.models import Attendance, Meeting
from education.selectors.rolls import excuse_of, granted_leaves, is_expected, standing_roll
from education.services.presence import fact_keys
from members.merging.journal import Journal
from members.mobility.models import Outflow
from members.models import Fact, Member
from members.services import facts
from partyportal.core.days import chinese_day
from partyportal.core.errors import DomainError

State = Attendance.State


@dataclass(frozen=True, kw_only=True)
class RollLine:
    """What the recorder says of one member; who is not mentioned was there (or, if not expected, was not)."""

    state: str
    reason: str = ""
    note: str = ""
    is_guest: bool = False  # worked out from the roll, whatever the recorder says
    is_late: bool = False
    late_minutes: int | None = None


Roll = Mapping[int, RollLine]  # by member id


def keep_roll(meeting: Meeting, said: Roll) -> None:
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
    Attendance.objects.bulk_update(changed, [*asdict(RollLine(state=""))])


def _completed(meeting: Meeting, said: Roll) -> dict[int, RollLine]:
    lines = standing_roll(organisation=meeting.organisation, group=meeting.group, held_on=meeting.held_on, kind=meeting.kind)
    on_roll = {line.member_id: line for line in lines}
    if said.keys() - on_roll.keys():
        raise DomainError(f"名单里有人 {chinese_day(meeting.held_on)}不在这里，名册已按那天重新排好。", field="roll")
    asked = granted_leaves(organisation=meeting.organisation, day=meeting.held_on, kind=meeting.kind)
    wanted = {}
    for member_id, line in on_roll.items():
        expected = is_expected(line, meeting.kind)
        told = said.get(member_id)
        if line.guest_of:
            if told is not None and told.state == State.PRESENT:
                wanted[member_id] = RollLine(state=State.PRESENT, is_guest=True)
        elif told is not None and (expected or told.state == State.PRESENT):
            wanted[member_id] = _checked(told)
        elif expected and member_id in asked:
            wanted[member_id] = RollLine(state=State.LEAVE, reason=asked[member_id].reason, note=asked[member_id].note)
        elif expected:
            wanted[member_id] = RollLine(state=State.PRESENT)
        elif meeting.kind != Meeting.Kind.COMMITTEE:
            wanted[member_id] = RollLine(state=State.EXCUSED, reason=excuse_of(line), note="失联" if line.is_lost else "")
    return wanted


def _checked(line: RollLine) -> RollLine:
    if line.state == State.PRESENT:
        return RollLine(state=State.PRESENT, is_late=line.is_late, late_minutes=line.late_minutes if line.is_late else None)
    if not line.reason:
        raise DomainError("没有到会的要写原因。", field="roll")
    return RollLine(state=line.state, reason=line.reason, note=line.note.strip())


def refuse_twice(meeting: Meeting, rows: Iterable[Attendance], present: list[Attendance]) -> None:
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
