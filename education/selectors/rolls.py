"""Who a meeting's roll starts from, and of whom attendance is expected."""

from datetime import date

from branches.models import Organisation
from education.models import Attendance, Meeting
from members.selectors.days import OnRoll, roll_of

Reason = Attendance.Reason


def standing_roll(*, organisation: Organisation, group: Organisation | None, held_on: date) -> list[OnRoll]:
    """Everybody who belonged to the branch (or its 党小组) on the meeting's day."""
    return roll_of(group or organisation, held_on)


def is_expected(line: OnRoll, kind: str) -> bool:
    """Whether a member counts as 应到 of a kind of meeting: of a 支委会 its members, else whoever is not away or exempt."""
    return line.is_in_committee and not line.is_lost if kind == Meeting.Kind.COMMITTEE else line.is_expected


def excuse_of(line: OnRoll) -> str:
    """Why a member does not count as 应到."""
    if line.is_lost:
        return Reason.OTHER
    return {"mobile": Reason.MOBILE, "exempt": Reason.AGED}.get(line.member_class, Reason.OTHER)


def same_meeting(
    *, organisation: Organisation, group: Organisation | None, kind: str, held_on: date, but: Meeting | None = None
) -> Meeting | None:
    """Another standing record of the same kind, branch and day."""
    same = Meeting.objects.filter(organisation=organisation, group=group, kind=kind, held_on=held_on).exclude(state=Meeting.State.VOID)
    return (same.exclude(pk=but.pk) if but and but.pk else same).first()
