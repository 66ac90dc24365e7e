"""Honours won: the register narrowed by its address, the wall of an organisation, one member's, and how many of each kind a year."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from branches.models import Organisation
from members.models import Member
from points.honours.models import Call, Honour, Use

STANDS = (("", "现有的"), ("withdrawn", "已撤销"), ("all", "全部"))


def narrowed(
    honours: QuerySet,
    *,
    q: str = "",
    year: int | None = None,
    kind: str = "",
    level: str = "",
    stands: str = "",
    within: Organisation | None = None,
) -> QuerySet:
    """The register as its address asks; those that stand, unless asked otherwise."""
    if q:
        named = Q(member__name__contains=q) | Q(member__pinyin__startswith=q.lower()) | Q(member__initials__startswith=q.lower())
        honours = honours.filter(named | Q(member=None, organisation__name__contains=q) | Q(title__contains=q))
    if year:
        honours = honours.filter(year=year)
    if kind in Call.Kind.values:
        honours = honours.filter(kind=kind)
    if level in Call.Level.values:
        honours = honours.filter(level=level)
    if stands == "withdrawn":
        honours = honours.exclude(end=None)
    elif stands != "all":
        honours = honours.filter(end=None)
    return honours.within(within) if within else honours


def whole(honours: QuerySet) -> QuerySet:
    """With the people and places a line names, latest first; the encrypted number stays where it is."""
    rows = honours.select_related("member__branch", "organisation", "conferred_by").defer("member__id_number")
    return rows.order_by("-start", "title", "organisation__code", "id")


@dataclass(frozen=True)
class Statistics:
    """How many honours stand, by year and kind."""

    kinds: list[tuple[str, str]]
    rows: list[tuple[int, list[int], int]]  # year, by kind, together


def statistics(user) -> Statistics:
    """Of those in sight: one statement. Withdrawn ones do not count."""
    found = Honour.objects.visible_to(user).filter(end=None).order_by().values_list("year", "kind").annotate(count=Count("pk"))
    counts = Counter({(year, kind): count for year, kind, count in found})
    kinds = [(value, label) for value, label in Call.Kind.choices if any(kind == value for _, kind in counts)]
    years = sorted({year for year, _ in counts}, reverse=True)
    rows = [(year, (line := [counts[year, kind] for kind, _ in kinds]), sum(line)) for year in years]
    return Statistics(kinds=kinds, rows=rows)


# ── The wall ────────────────────────────────────────────────────────────────
def wall(organisation: Organisation) -> QuerySet:
    """光荣榜: what stands of an organisation, of all below it and of their members; by year, level and name, never by merit.

    Like a board in the meeting room it names; who may stand before it, the page asks.
    """
    rank = Case(*(When(level=level, then=Value(at)) for at, level in enumerate(Call.Level.values)), output_field=IntegerField())
    rows = Honour.objects.within(organisation).filter(end=None).annotate(rank=rank).select_related("member", "organisation", "conferred_by")
    return rows.defer("member__id_number").order_by("-year", "rank", "title", "organisation__code", "member__pinyin", "id")


def by_year(honours) -> list[tuple[int, list[tuple[str, list[Honour]]]]]:
    """Year → title → honours, as the wall hangs them."""
    years = []
    for year, rows in groupby(honours, key=lambda honour: honour.year):
        years.append((year, [(title, list(same)) for title, same in groupby(rows, key=lambda honour: honour.title)]))
    return years


def of_member(member: Member) -> tuple[list[Honour], list[Use]]:
    """All of a member's honours, withdrawn ones too, and what results were used for: two statements."""
    honours = whole(Honour.objects.filter(member=member))
    uses = Use.objects.filter(member=member).select_related("organisation", "honour", "recorded_by", "voided_by").order_by("-day", "-id")
    return list(honours), list(uses)


def held_on(day: date, *, member: Member | None, organisation: Organisation | None) -> QuerySet:
    """The honours a use may rest on: those the holder has on a day."""
    holder = Q(member=member) if member else Q(member=None, organisation=organisation)
    return Honour.objects.filter(holder).on(day).order_by("-start", "id")
