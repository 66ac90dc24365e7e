"""What being at a meeting, or staying away, leaves as facts."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from education.models import Attendance, Meeting
from members.selectors.days import Place
from members.services import facts
from partyportal.core.models import User
from points.services import settle_soon

State, Reason = Attendance.State, Attendance.Reason


def fact_keys(uid: UUID) -> tuple[str, str, str, str]:
    """The keys under which one attendance may leave facts."""
    return (f"education.attendance:{uid}", f"education.hours:{uid}", f"education.absence:{uid}", f"education.late:{uid}")


def fact_lines(meeting: Meeting, rows: Iterable[Attendance], places: Mapping[int, Place]) -> list[facts.FactLine]:
    """Being there is one fact, the hours of study another; staying away without a word, or coming late, are facts too."""
    lines = []
    title, here = f"{meeting.get_kind_display()}：{meeting.topic}", f"（在{meeting.organisation}参加）"
    for row in rows:
        place = places.get(row.member_id)
        if place is None:
            continue
        attendance, hours, absence, late = fact_keys(row.uid)
        told = []
        if row.state == State.PRESENT:
            told.append((attendance, f"meeting.{meeting.kind}", Decimal(1)))
            if meeting.study_hours:
                told.append((hours, "study.hours", meeting.study_hours))
            if row.is_late:
                told.append((late, "meeting.late", Decimal(1)))
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


def void_facts(meeting: Meeting, *, by: User) -> None:
    facts.void([key for uid in meeting.attendances.values_list("uid", flat=True) for key in fact_keys(uid)], by=by)
    ring(concerned_by(meeting))


def concerned_by(meeting: Meeting) -> set[tuple[int, int]]:
    """Whose points of which year a change of the meeting may move."""
    return {(member_id, meeting.held_on.year) for member_id in meeting.attendances.values_list("member_id", flat=True)}


def ring(concerned: set[tuple[int, int]]) -> None:
    """Ring once for each year; whoever is not heard is settled by beat from what the facts' own trigger noted."""
    for year in sorted({year for _, year in concerned}):
        settle_soon(members=sorted(member for member, of in concerned if of == year), year=year)
