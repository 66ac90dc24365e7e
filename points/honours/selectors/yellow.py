"""黄榜: who is on the list of the last quarter or year that ended, and nobody has spoken to since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from os.path import commonpath

from branches.models import Organisation
from points.honours.models import Use
from points.models import Period, Threshold
from points.selectors.grades import Graded, grades_under
from points.settlement.grades import GradePeriod

# What answers a place on a yellow list: somebody spoke to them, or took them in hand.
FOLLOW_UPS = (Use.Purpose.TALK, Use.Purpose.HELP, Use.Purpose.RECTIFY)


@dataclass(frozen=True, kw_only=True)
class Unspoken:
    """One member on the yellow list of a period, without a talk, help or rectification recorded after its end."""

    member: Graded
    period: GradePeriod


def unspoken(branches: Collection[Organisation], today: date) -> list[Unspoken]:
    """Those of these branches, by branch and name: one statement where no version has a yellow list, else as many for one branch as for all."""
    judged = set(
        Threshold.objects.filter(on_list=Threshold.List.YELLOW, scheme__published_at__isnull=False).values_list("period", flat=True)
    )
    if not judged or not branches:
        return []
    codes = {branch.code for branch in branches}
    root = Organisation.objects.get(path=f"{commonpath([branch.path for branch in branches])}/")
    ended = {Period.QUARTER: GradePeriod.of(today).before, Period.YEAR: GradePeriod(today.year - 1)}
    found = []
    for kind, period in ended.items():
        if kind in judged:
            rows = [
                row for row in grades_under(root, period, today=today, on_list=Threshold.List.YELLOW).rows if row.organisation_code in codes
            ]
            spoken = _spoken_to(rows, since=period.last)
            found += [Unspoken(member=row, period=period) for row in rows if row.member_id not in spoken]
    return found


def _spoken_to(rows: list[Graded], *, since: date) -> set[int]:
    uses = Use.objects.standing().filter(result=Use.Result.YELLOW, purpose__in=FOLLOW_UPS, day__gt=since)
    return set(uses.filter(member__in=[row.member_id for row in rows]).values_list("member", flat=True))
