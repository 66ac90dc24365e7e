"""A branch's year by month, which branches have a plan, and which entries nothing answers yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from branches.models import Organisation
from education.models import MakeUp, Meeting, Requirement
from education.planning.models import PlanEntry, YearPlan
from education.planning.rules import unanswered
from partyportal.core.days import quarter_of


def periods_on(day: date) -> dict[str, str]:
    """The period of each kind that is required on a day; of others a month."""
    return dict.fromkeys(Meeting.Kind.values, "month") | dict(
        Requirement.objects.on(day).filter(organisation_kind="branch").values_list("kind", "period")
    )


def unanswered_entries(entries: list[PlanEntry], *, today: date) -> set[int]:
    """The ids of those entries that no meeting answers: two statements for one branch as for three thousand."""
    if not entries:
        return set()
    by_kind = periods_on(today)
    since = min(_opens(by_kind[e.kind], e.planned_on) for e in entries)
    rows = (
        Meeting.objects.filter(
            organisation__in={e.plan.organisation_id for e in entries}, kind__in={e.kind for e in entries}, held_on__gte=since
        )
        .exclude(state=Meeting.State.VOID)
        .exclude(make_ups__in=MakeUp.objects.standing())
    )
    held = [((o, g, kind), day) for o, g, kind, day in rows.values_list("organisation_id", "group_id", "kind", "held_on")]
    ordered = sorted(entries, key=lambda e: (e.planned_on, e.pk))
    told = [(_what(e), e.kind, e.planned_on) for e in ordered]
    left = unanswered(told, held, {what: by_kind[kind] for what, kind, _ in told})
    return {ordered[at].pk for at in left}


def _what(entry: PlanEntry) -> tuple[int, int | None, str]:
    return (entry.plan.organisation_id, entry.group_id, entry.kind)


def _opens(period: str, day: date) -> date:
    starts = {"month": day.month, "quarter": quarter_of(day) * 3 - 2}
    return date(day.year, starts.get(period, 1), 1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry as the plan's page shows it."""

    entry: PlanEntry
    is_answered: bool
    record_url: str
    is_past: bool


def record_url(entry: PlanEntry) -> str:
    """The record of the meeting, with what was planned filled in."""
    query = {
        "organisation": entry.plan.organisation.code,
        "kind": entry.kind,
        "month": f"{entry.planned_on:%Y-%m}",
        "day": entry.planned_on.isoformat(),
    }
    query |= {name: value for name, value in (("topic", entry.topic), ("place", entry.place)) if value}
    return f"{reverse('education:record')}?{urlencode(query | ({'group': entry.group.code} if entry.group else {}))}"


def year_of(organisation: Organisation, year: int, *, today: date) -> list[tuple[date, list[Line]]]:
    """The plan's months with their entries: four statements."""
    entries = list(
        PlanEntry.objects.standing()
        .filter(plan__organisation=organisation, plan__year=year)
        .select_related("plan__organisation", "group")
        .order_by("planned_on", "id")
    )
    left = unanswered_entries(entries, today=today)
    months: dict[date, list[Line]] = {}
    for entry in entries:
        line = Line(entry=entry, is_answered=entry.pk not in left, record_url=record_url(entry), is_past=entry.planned_on <= today)
        months.setdefault(entry.planned_on.replace(day=1), []).append(line)
    return sorted(months.items())


def grid_of(months: list[tuple[date, list[Line]]]) -> list[tuple[str, list[list[Line]]]]:
    """The same entries at a glance: a row a kind, twelve months across."""
    rows: dict[str, list[list[Line]]] = {}
    for month, lines in months:
        for line in lines:
            rows.setdefault(line.entry.kind, [[] for _ in range(12)])[month.month - 1].append(line)
    return [(kind.label, rows[kind]) for kind in Meeting.Kind if kind in rows]


def overview(branches: QuerySet, year: int, *, today: date) -> QuerySet:
    """Each branch with its plan's entries and the next one's day."""
    plans = YearPlan.objects.filter(organisation=OuterRef("pk"), year=year)
    standing = Q(entries__ended_at=None)
    return branches.annotate(
        plan_uid=Subquery(plans.values("uid")),
        planned=Subquery(plans.annotate(n=Count("entries", filter=standing)).values("n")),
        next_on=Subquery(plans.annotate(d=Min("entries__planned_on", filter=standing & Q(entries__planned_on__gte=today))).values("d")),
    )


def entries_due(organisations: Iterable[int], *, since: date, until: date) -> list[PlanEntry]:
    """The standing entries of a time, one statement."""
    return list(
        PlanEntry.objects.standing()
        .filter(plan__organisation__in=organisations, planned_on__range=(since, until))
        .select_related("plan", "group")
        .order_by("planned_on", "id")
    )
