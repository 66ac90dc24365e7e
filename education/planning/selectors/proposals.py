"""What a plan made in one click holds: each required meeting on the branch's usual day, at its usual place."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from branches.models import Organisation
from education.models import Meeting
from education.planning.models import PlanEntry
from education.planning.parameters import THEME_DAY
from education.planning.rules import planned_day
from education.rules import due_month
from education.selectors.cells import cells
from members.outreach.models import Area
from partyportal.core.days import month_of
from partyportal.core.parameters import value_on

# Where a branch has held none yet: before the month's end, apart from each other.
USUAL = {"committee": 8, "group": 6, "lecture": 12, "assembly": 25, "life_meeting": 15, "appraisal": 18}


class Proposed(NamedTuple):
    """An entry before it is kept."""

    kind: str
    group_id: int | None
    planned_on: date
    topic: str
    place: str


def proposed(organisation: Organisation, year: int, *, today: date, standing: Iterable[PlanEntry]) -> list[Proposed]:
    """What is required of the branch in the year, from this month on, less what the plan has or the branch has held: five statements."""
    owed = cells(first=date(year, 1, 1), last=date(year, 12, 1), paths=[organisation.path])
    usual = _usual(organisation, before=date(year, 12, 31))
    homes = centre_homes(organisation, {cell.group_id for cell in owed if cell.group_id}, today)
    theme_day = value_on(max(today, date(year, 1, 1)), THEME_DAY)
    periods = {(cell.group_id, cell.kind): cell.period for cell in owed}
    planned = Counter((e.group_id, e.kind, due_month(periods.get((e.group_id, e.kind), "month"), e.planned_on)) for e in standing)
    found = []
    for cell in owed:
        wanted = cell.due - cell.done - planned[(cell.group_id, cell.kind, cell.month)]
        if cell.month < month_of(today) or wanted <= 0:
            continue
        day, place = usual.get(
            (cell.group_id, cell.kind), (theme_day if cell.kind == Meeting.Kind.THEME_DAY else USUAL.get(cell.kind, 20), "")
        )
        for nth in range(wanted):
            on = planned_day(cell.month, usual=min(28, day + nth), founded_on=organisation.founded_on)
            on = max(on, today) if month_of(on) == month_of(today) else on
            found.append(Proposed(cell.kind, cell.group_id, on, "", homes.get(cell.group_id) or place))
    return found


def _usual(organisation: Organisation, *, before: date) -> dict[tuple[int | None, str], tuple[int, str]]:
    """Of each kind the day of the month and the place of the latest meeting."""
    rows = (
        Meeting.objects.filter(organisation=organisation, held_on__lte=before)
        .exclude(state=Meeting.State.VOID)
        .order_by("group_id", "kind", "-held_on")
        .distinct("group_id", "kind")
        .values_list("group_id", "kind", "held_on", "place")
    )
    return {(group, kind): (held_on.day, place) for group, kind, held_on, place in rows}


def centre_homes(organisation: Organisation, groups: Iterable[int | None], today: date) -> dict[int, str]:
    """The 中心户 where each 党小组 meets: its own, or the branch's only one (自然村 are far apart; the members meet at a household)."""
    homes = list(
        Area.objects.on(today)
        .filter(kind=Area.Kind.CENTRE, organisation__in=[organisation.pk, *(g for g in groups if g)])
        .order_by("pk")
        .values_list("organisation_id", "name")
    )
    own = {place: name for place, name in homes if place != organisation.pk}
    shared = [name for place, name in homes if place == organisation.pk]
    fallback = shared[0] if len(shared) == 1 else ""
    return {group: f"中心户：{own.get(group, fallback)}" for group in groups if group and own.get(group, fallback)}
