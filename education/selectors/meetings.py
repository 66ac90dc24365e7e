"""Meetings as lists and pages need them, and what is proposed for the next one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from branches.models import Organisation
from education.models import Attendance, Meeting
from education.rules import USUAL_HOURS, Tally, plain, tally
from partyportal.core.days import month_end, month_of
from points.selectors.schemes import scheme_in_force

State = Attendance.State


def counted(meetings: QuerySet) -> QuerySet:
    """Each meeting with how many were expected and came, in the same statement, newest first (grouping forgets the model's order)."""
    return meetings.annotate(
        expected=Count("attendances", filter=~Q(attendances__state=State.EXCUSED) & Q(attendances__is_guest=False)),
        present=Count("attendances", filter=Q(attendances__state=State.PRESENT, attendances__is_guest=False)),
    ).order_by("-held_on", "-pk")


def proposal(*, organisation: Organisation, kind: str, group: Organisation | None, month: date | None, today: date) -> dict:
    """What the form starts from: the last meeting of that kind, on its usual day of the month asked for."""
    same = Meeting.objects.filter(organisation=organisation, kind=kind).exclude(state=Meeting.State.VOID)
    last = (same.filter(group=group) if group else same).select_related("host", "scribe").order_by("-held_on", "-id").first()
    month = month or month_of(today)
    usual = min(last.held_on.day if last else today.day, month_end(month).day)
    day = month.replace(day=usual)
    if day > today:
        day = today if month_of(today) == month else day
    return {
        "held_on": day,
        "starts_at": last.starts_at if last else None,
        "ends_at": last.ends_at if last else None,
        "place": last.place if last else "",
        "host": str(last.host.uid) if last and last.host else "",
        "scribe": str(last.scribe.uid) if last and last.scribe else "",
        "study_hours": plain(last.study_hours if last else Decimal(USUAL_HOURS.get(kind, 0))),
        "group": group.code if group else "",
    }


def written(meeting: Meeting) -> dict:
    """A stored meeting as the form's initial values."""
    return {
        "uid": meeting.uid,
        "version": meeting.version,
        "held_on": meeting.held_on,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "place": meeting.place,
        "host": str(meeting.host.uid) if meeting.host else "",
        "scribe": str(meeting.scribe.uid) if meeting.scribe else "",
        "group": meeting.group.code if meeting.group else "",
        "topic": meeting.topic,
        "minutes": meeting.minutes,
        "decisions": meeting.decisions,
        "study_hours": plain(meeting.study_hours),
    }


def worth(organisation: Organisation, kind: str, day: date) -> Decimal | None:
    """What being there is worth under the scheme in force on the day; None where it says nothing, or different things to classes."""
    scheme = scheme_in_force(organisation, day)
    if scheme is None:
        return None
    values = set(scheme.items.filter(fact_kind=f"meeting.{kind}").values_list("value", flat=True))
    return values.pop() if len(values) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A meeting's roll as its page and its print show it."""

    tally: Tally
    present: tuple[str, ...]
    late: tuple[str, ...]
    leave: tuple[str, ...]
    absent: tuple[str, ...]
    excused: tuple[str, ...]
    guests: tuple[str, ...]
    ordinal: int

    @property
    def guests_title(self) -> str:
        return f"就近参加 {len(self.guests)} 人"

    @property
    def came_title(self) -> str:
        return f"到会 {self.tally.present} 人"

    @property
    def missed_title(self) -> str:
        missed = self.tally.leave + self.tally.absent
        said = [f"未到 {missed} 人"] if missed else []
        return "，".join(said + ([f"不计应到 {self.tally.excused} 人"] if self.tally.excused else []))


def sheet(meeting: Meeting, *, with_reasons: bool) -> Sheet:
    """The names by what they did, by pinyin; reasons of absence only for those who keep the record. Two statements."""
    everybody = list(meeting.attendances.select_related("member__branch").order_by("member__pinyin", "member_id"))
    rows = [row for row in everybody if not row.is_guest]
    same = Meeting.objects.filter(
        organisation=meeting.organisation_id, group=meeting.group_id, kind=meeting.kind, held_on__year=meeting.held_on.year
    )
    before = same.filter(held_on__lte=meeting.held_on).exclude(state=Meeting.State.VOID).count()

    def names(state: str) -> tuple[str, ...]:
        by_reason: dict[str, list[str]] = {}
        for row in rows:
            if row.state == state:
                by_reason.setdefault((row.note or row.get_reason_display()) if with_reasons else "", []).append(row.member.name)
        return tuple(f"{'、'.join(who)}{f'（{why}）' if why else ''}" for why, who in by_reason.items())

    return Sheet(
        tally=tally(row.state for row in rows),
        present=tuple(row.member.name for row in rows if row.state == State.PRESENT),
        late=tuple(
            f"{row.member.name}{f'（{row.late_minutes} 分钟）' if row.late_minutes else ''}" for row in rows if row.is_late and with_reasons
        ),
        leave=names(State.LEAVE),
        absent=names(State.ABSENT),
        excused=names(State.EXCUSED),
        guests=tuple(f"{row.member.name}（{row.member.branch}）" for row in everybody if row.is_guest),
        ordinal=before,
    )
