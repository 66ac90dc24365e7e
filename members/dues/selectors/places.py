"""Dues of the organisations below one, added up in the tree of each month's own last day: a re-hang never moves a past sum.

Rows about people keep to today's tree: whose branch has gone elsewhere is counted where it was, and listed for whoever sees it now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet

from branches.access import paths_for
from branches.models import Organisation, OrganisationSpan
from members.dues.models import DueMonth
from members.dues.selectors.months import Sums, unassessed
from members.models import Member
from partyportal.core.days import month_end
from partyportal.core.planner import read_whole

WIDE = 300  # branches: more than any committee has


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """An organisation's line of the county or township page."""

    organisation: Organisation
    sums: Sums
    unassessed: int
    is_here: bool  # it still hangs where it was counted


def day_of(month: date, *, today: date) -> date:
    """The day whose tree a month is counted in: its last one, of a running month or one ahead today."""
    return min(month_end(month), today)


def branches_then(organisation: Organisation, day: date) -> dict[int, int]:
    """The branches under an organisation on a day, each with the organisation right below through which it hung there."""
    inner = f"/{organisation.pk}/"
    rows = OrganisationSpan.objects.on(day).filter(path__contains=inner, kind=Organisation.Kind.BRANCH)
    return {
        pk: int(path.split(inner, 1)[1].split("/", 1)[0])
        for pk, path in rows.values_list("organisation", "path")
        if not path.endswith(inner)
    }


def seen_of(user, organisation: Organisation, month: date, *, today: date) -> tuple[QuerySet, QuerySet | None]:
    """The due months that count in an organisation: those whose branches the user sees now, and the others if there are any. One statement."""
    inner, paths = f"/{organisation.pk}/", paths_for(user)
    spans = OrganisationSpan.objects.on(day_of(month, today=today)).filter(path__contains=inner, kind=Organisation.Kind.BRANCH)
    now = dict(spans.values_list("organisation", "organisation__path"))
    seen = [pk for pk, path in now.items() if any(path.startswith(one) for one in paths)]
    rows, hidden = DueMonth.objects.of_month(month), now.keys() - set(seen)
    return rows.filter(organisation__in=seen), rows.filter(organisation__in=hidden) if hidden else None


def by_place(organisation: Organisation, months: Iterable[date], *, today: date) -> list[PlaceLine]:
    """The organisations right below one, by code, each with the sums of its subtree over some months of one year.

    Four statements for one month, five for several, and two more for each later day on which something was hung elsewhere.
    """
    told: dict[int, Sums] = {}
    listed = sorted(months)
    for together in _in_one_tree(listed, today=today):
        below = branches_then(organisation, day_of(together[-1], today=today))
        rows = DueMonth.objects.of_year(together[0].year).filter(month__in=together, organisation__in=list(below))
        with read_whole(len(below) > WIDE):
            sums = list(rows.values("organisation").annotate(**DueMonth.objects.sums()).order_by())
        for row in sums:
            child = below[row.pop("organisation")]
            told[child] = told.get(child, Sums()) + Sums(**row)
    lacking = unassessed(Member.objects.within(organisation), listed[-1]).values("branch__path").annotate(count=Count("pk")).order_by()
    without = [(row["branch__path"], row["count"]) for row in lacking]
    here = Organisation.objects.filter(parent=organisation).exclude(kind=Organisation.Kind.GROUP).existing()
    places = (here | Organisation.objects.filter(pk__in=told)).distinct().order_by("code")
    return [
        PlaceLine(
            organisation=place,
            sums=told.get(place.pk, Sums()),
            unassessed=sum(count for path, count in without if path.startswith(place.path)),
            is_here=place.path.startswith(organisation.path),
        )
        for place in places
    ]


def _in_one_tree(months: list[date], *, today: date) -> list[list[date]]:
    """The months, put together as long as nothing that was there before was hung elsewhere or renamed between their last days."""
    first, last = day_of(months[0], today=today), day_of(months[-1], today=today)
    if first == last:
        return [months]
    changed = OrganisationSpan.objects.filter(start__gt=first, start__lte=last).exclude(start=F("organisation__founded_on"))
    cuts = sorted(set(changed.values_list("start", flat=True)))
    groups: dict[int, list[date]] = {}
    for month in months:
        groups.setdefault(sum(cut <= day_of(month, today=today) for cut in cuts), []).append(month)
    return list(groups.values())
