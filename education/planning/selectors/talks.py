"""Who has talked with whom this year, against what 支部工作条例第十九条 asks of each direction."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from branches.models import Organisation
from education.planning.models import Talk
from education.planning.rules import directions_asked
from members.models import Member, Office
from members.selectors.days import OnRoll, roll_of

Direction = Talk.Direction


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One member's year: how many talks of each direction that concerns them, and which still lack."""

    line: OnRoll
    counts: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]

    @property
    def words(self) -> str:
        return "、".join(f"{label} {count} 次" for label, count in self.counts if count) or "还没有"


def standings(organisation: Organisation, year: int, *, today, needed: int) -> list[Standing]:
    """Everybody on today's roll who is not out of touch, those who lack something first: two statements."""
    roll = [line for line in roll_of(organisation, today) if not line.is_lost]
    inside = {line.member_id for line in roll if line.is_in_committee}
    size = {"committee": len(inside), "others": len(roll) - len(inside)}
    counted = _counted(Talk.objects.filter(organisation=organisation), year)
    found = []
    for line in roll:
        asked = directions_asked(in_committee=line.member_id in inside, **size)
        counts = tuple((Direction(one).label, counted[organisation.pk, line.member_id, one]) for one in Direction.values)
        missing = tuple(Direction(one).label for one in asked if counted[organisation.pk, line.member_id, one] < needed)
        found.append(Standing(line=line, counts=counts, missing=missing))
    return sorted(found, key=lambda one: not one.missing)


def _counted(talks: QuerySet[Talk], year: int) -> Counter:
    """How many talks of each direction everybody had, by (branch, member, direction)."""
    counted: Counter = Counter()
    rows = talks.standing().filter(held_on__year=year).values_list("organisation_id", "first_id", "second_id", "direction")
    for branch, first, second, direction in rows:
        counted[branch, first, direction] += 1
        counted[branch, second, direction] += 1
    return counted


def lacking(branches: Iterable[int], year: int, *, today: date, needed: int) -> Counter:
    """How many members of each branch lack a talk this year, as their pages say it: two statements for one branch as for three thousand."""
    posts = Office.objects.on(today).exclude(position=Office.Position.GROUP_LEADER)
    inside = Exists(posts.filter(member=OuterRef("pk"), organisation=OuterRef("branch")))
    people = Member.objects.at_home().filter(branch__in=branches).exclude(standing=Member.Standing.SUSPENDED)
    people = people.exclude(is_lost=True, lost_on__lte=today)
    rows = list(people.order_by().values_list("branch_id", "pk", inside))
    sizes = Counter((branch, within) for branch, _, within in rows)
    counted = _counted(Talk.objects.filter(organisation__in=branches), year)
    return Counter(
        branch
        for branch, pk, within in rows
        if any(
            counted[branch, pk, one] < needed
            for one in directions_asked(in_committee=within, committee=sizes[branch, True], others=sizes[branch, False])
        )
    )
