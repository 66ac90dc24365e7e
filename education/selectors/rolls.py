"""Who a meeting's roll starts from, and of whom attendance is expected.

双重管理: a mobile member hosted by another branch of the county stands on that branch's roll as a guest and is not expected
at home. What the host records counts at home, because a fact's branch is the member's own of that day.
"""

from dataclasses import replace
from datetime import date

from django.db.models import F, Q

from branches.models import Organisation
from education.models import Attendance, Leave, Meeting, RollExclusion
from members.mobility.models import Hosting
from members.selectors.days import OnRoll, guests_of, roll_of

Reason = Attendance.Reason


def standing_roll(*, organisation: Organisation, group: Organisation | None, held_on: date, kind: str = "") -> list[OnRoll]:
    """Everybody who belonged to the branch (or its 党小组) on the meeting's day, then its guests: four statements at most."""
    lines = roll_of(group or organisation, held_on)
    counted_out = dict(RollExclusion.objects.on(held_on).filter(organisation=organisation).values_list("member", "reason"))
    lines = [replace(line, excluded=counted_out.get(line.member_id, "")) for line in lines] if counted_out else lines
    taken_on = _taken_on(organisation, held_on, [line.member_id for line in lines])
    lines = [replace(line, hosted_at=taken_on[line.member_id][1]) if line.member_id in taken_on else line for line in lines]
    guests = [member for member, (host, _) in taken_on.items() if host == organisation.pk]
    if not guests or group is not None or kind in {Meeting.Kind.COMMITTEE, Meeting.Kind.GROUP}:
        return lines
    return lines + guests_of(organisation, guests, held_on)


def _taken_on(organisation: Organisation, day: date, at_home: list[int]) -> dict[int, tuple[int, str]]:
    """Who takes part elsewhere that day: of these members, and whoever this branch takes on: one statement. By member: host and its name."""
    away = Q(outflow__end=None) | Q(outflow__end__gt=day)
    rows = (
        Hosting.objects.accepted().on(day).filter(away, Q(host=organisation) | Q(member__in=at_home)).annotate(name=F("host__short_name"))
    )
    found = {member: (host, name) for member, host, name in rows.values_list("member", "host", "name")}
    # Moved to the host meanwhile: no guest there any more, but one of its own.
    return {member: told for member, told in found.items() if not (told[0] == organisation.pk and member in set(at_home))}


def is_expected(line: OnRoll, kind: str) -> bool:
    """Whether a member counts as 应到 of a kind of meeting: of a 支委会 its members (whoever is ill remains one), else whoever is not away or exempt."""
    if kind == Meeting.Kind.COMMITTEE:
        return line.is_in_committee and not line.is_lost and not line.guest_of
    return line.is_expected


def granted_leaves(*, organisation: Organisation, day: date, kind: str) -> dict[int, Leave]:
    """Who was given leave from a meeting before it: one statement."""
    return {leave.member_id: leave for leave in Leave.objects.granted(day=day, kind=kind).filter(organisation=organisation)}


def excuse_of(line: OnRoll) -> str:
    """Why a member does not count as 应到."""
    if line.is_lost:
        return Reason.OTHER
    if line.excluded:
        return Reason(line.excluded)
    if line.hosted_at:
        return Reason.MOBILE
    return {"mobile": Reason.MOBILE, "exempt": Reason.AGED}.get(line.member_class, Reason.OTHER)


def same_meeting(
    *, organisation: Organisation, group: Organisation | None, kind: str, held_on: date, but: Meeting | None = None
) -> Meeting | None:
    """Another standing record of the same kind, branch and day."""
    same = Meeting.objects.filter(organisation=organisation, group=group, kind=kind, held_on=held_on).exclude(state=Meeting.State.VOID)
    return (same.exclude(pk=but.pk) if but and but.pk else same).first()
