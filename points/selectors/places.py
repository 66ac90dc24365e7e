"""Where points were earned: a month belongs to whatever its organisation hung under at the month's end.

So a branch hung elsewhere, or merged, leaves what it earned before with its former committee. Nearly every organisation
has hung in one place for good: those are found by today's path, and only the few that moved are named with their months.
"""

from itertools import groupby, pairwise

from django.db.models import Count, Q

from branches.models import Organisation, OrganisationSpan


def earned_under(organisation: Organisation, *, when: str) -> Q:
    """The rows of an organisation's subtree as it hung then; `when` is their month's or their day's column. One small query."""
    stayed, moved = stayed_and_moved(organisation, when=when)
    return stayed | moved if moved else stayed


def stayed_and_moved(organisation: Organisation, *, when: str) -> tuple[Q, Q]:
    """The same in two: every row of those that hang here and never hung elsewhere, and of the others the rows of their time here (or none)."""
    today = Q(organisation__path__startswith=organisation.path)
    moved = OrganisationSpan.objects.order_by().values("organisation").annotate(paths=Count("path", distinct=True)).filter(paths__gt=1)
    spans = OrganisationSpan.objects.filter(organisation__in=moved.values("organisation")).order_by("organisation", "start")
    then, movers = Q(), []
    for mover, held in groupby(spans.values_list("organisation", "path", "start"), key=lambda row: row[0]):
        movers.append(mover)
        rows = list(held)
        starts = [None, *(start.replace(day=1) for _, _, start in rows[1:]), None]
        for (_, path, _), (since, until) in zip(rows, pairwise(starts), strict=True):
            if f"/{organisation.pk}/" in path:
                month = Q(organisation=mover)
                month &= Q(**{f"{when}__gte": since}) if since else Q()
                then |= month & Q(**{f"{when}__lt": until}) if until else month
    return today & ~Q(organisation__in=movers) if movers else today, then
