"""Who has talked with whom this year, against what 支部工作条例第十九条 asks of each direction."""

from collections import Counter
from dataclasses import dataclass

from branches.models import Organisation
from education.planning.models import Talk
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
    """Everybody on today's roll who is not out of touch, those who lack something first: three statements.

    A committee member talks with the others of the committee (if there are any) and with members; a member with the
    committee and with other members.
    """
    roll = [line for line in roll_of(organisation, today) if not line.is_lost]
    inside = {line.member_id for line in roll if line.is_in_committee}
    others = len(roll) - len(inside)
    counted: Counter = Counter()
    talks = Talk.objects.standing().filter(organisation=organisation, held_on__year=year)
    for first, second, direction in talks.values_list("first_id", "second_id", "direction"):
        counted[first, direction] += 1
        counted[second, direction] += 1
    found = []
    for line in roll:
        within = line.member_id in inside
        asked = [Direction.COMMITTEE] if within and len(inside) > 1 else []
        asked += [Direction.ACROSS] if inside and others else []
        asked += [Direction.MEMBERS] if not within and others > 1 else []
        counts = tuple((Direction(one).label, counted[line.member_id, one]) for one in Direction.values)
        missing = tuple(Direction(one).label for one in asked if counted[line.member_id, one] < needed)
        found.append(Standing(line=line, counts=counts, missing=missing))
    return sorted(found, key=lambda one: not one.missing)
