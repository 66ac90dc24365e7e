"""The sheet of a quarter: who stands on it, what it said, what the ledger says now and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, Sum
from django.urls import reverse

from branches.models import Organisation
from members.models import Affiliation, Fact, Member
from partyportal.core.days import quarter_of
from points.models import Entry, Standing
from points.publicity import rules
from points.publicity.models import Publication, SheetLine
from points.selectors.published import Published, Reason
from points.selectors.schemes import scheme_in_force

ZERO = Decimal(0)


class Comparison(NamedTuple):
    """公示 85，现为 83，因为…; `published` is None where no sheet holds the member."""

    published: Decimal | None
    now: Decimal
    reasons: list[Reason]


@dataclass(frozen=True)
class Row:
    """One member of a sheet as the page shows it."""

    member: Member
    points: Decimal
    to_date: Decimal
    by_category: list[Decimal | None]
    now: Decimal | None  # None: as published


def people_of(branch: Organisation, year: int, quarter: int) -> list[int]:
    """Who belonged to a branch on the quarter's last day: of merged files the one that is kept."""
    held = Affiliation.objects.on(rules.last_day(year, quarter)).filter(organisation=branch)
    people = held.values_list("member__merged_into", "member")
    kept = {merged or member for merged, member in people}
    return sorted(Member.objects.filter(pk__in=kept, left_on=None).values_list("pk", flat=True))


def categories_of(branch: Organisation, year: int, quarter: int) -> list[list[str]]:
    """The categories of the rules on the quarter's last day, as the sheet keeps them."""
    scheme = scheme_in_force(branch, rules.last_day(year, quarter))
    return [list(pair) for pair in scheme.categories.values_list("code", "name")] if scheme else []


def rows_of(publication: Publication, *, by_points: bool = False) -> list[Row]:
    """The sheet by name in the order of pinyin; only those who appraise may have it by points, and only where the county says so."""
    lines = publication.lines.select_related("member").defer("member__id_number")
    order = ["-points", "member__pinyin", "member_id"] if by_points else ["member__pinyin", "member_id"]
    held = list(lines.order_by(*order))
    now = dict(
        Standing.objects.filter(member__in=[line.member_id for line in held], year=publication.year, quarter=publication.quarter)
        .values_list("member")
        .annotate(sum=Sum("points"))
    )
    codes = [code for code, _ in publication.categories]
    return [
        Row(
            line.member,
            line.points,
            line.to_date,
            [Decimal(line.by_category[code]) if code in line.by_category else None for code in codes],
            None if now.get(line.member_id, ZERO) == line.points else now.get(line.member_id, ZERO),
        )
        for line in held
    ]


def line_of(member: Member, year: int, quarter: int) -> SheetLine | None:
    """The member's line of a quarter: one branch's, the latest if a merger left two."""
    lines = SheetLine.objects.filter(member=member, publication__year=year, publication__quarter=quarter)
    return lines.select_related("publication__organisation", "publication__closing").order_by("-publication").first()


def is_open(publication: Publication, today: date) -> bool:
    """Whether what stands on the sheet may be objected to today."""
    return rules.may_object(publication.published_on, publication.until, today) and not hasattr(publication, "closing")


def published_and_now(member: Member, year: int, quarter: int) -> Comparison:
    """What the sheet said, what stands now, and the lines posted since that make the difference."""
    for one in published_quarters([member.pk], year).get(member.pk, []):
        if one.quarter == quarter:
            return Comparison(one.published, one.now, one.reasons)
    now = Standing.objects.filter(member=member, year=year, quarter=quarter).aggregate(sum=Sum("points"))["sum"] or ZERO
    return Comparison(None, now, [])


def published_quarters(members: Iterable[int], year: int) -> dict[int, list[Published]]:
    """Each member's published quarters of a year (`settings.PUBLISHED_QUARTERS`): four statements at most, for one member or a hundred."""
    lines = SheetLine.objects.filter(member__in=list(members), publication__year=year).select_related("publication")
    # Of two sheets of a quarter, which a merger of files may leave, the latest counts.
    held = {(line.member_id, line.publication.quarter): line for line in lines.order_by("publication_id")}
    if not held:
        return {}
    people = {member for member, _ in held}
    sums = Standing.objects.filter(member__in=people, year=year).order_by().values_list("member", "quarter").annotate(sum=Sum("points"))
    now = {(member, quarter): points for member, quarter, points in sums}
    reasons = _reasons(held, year)
    found: dict[int, list[Published]] = {}
    for (member, quarter), line in sorted(held.items()):
        found.setdefault(member, []).append(
            Published(
                quarter,
                str(line.publication),
                reverse("publicity:publication", args=[line.publication.uid]),
                line.points,
                now.get((member, quarter), ZERO),
                reasons.get((member, quarter), []),
            )
        )
    return found


def _reasons(held: dict[tuple[int, int], SheetLine], year: int) -> dict[tuple[int, int], list[Reason]]:
    """Lines posted after their sheet's moment, each summed: what came and went again is no reason."""
    later = Entry.objects.filter(
        member__in={member for member, _ in held},
        day__range=(date(year, 1, 1), date(year, 12, 31)),
        posted_at__gt=min(line.publication.as_of for line in held.values()),
    )
    sums: dict[tuple, list[Entry]] = {}
    for entry in later.select_related("fact", "item").order_by("id"):
        line = held.get((entry.member_id, quarter_of(entry.day)))
        if line is not None and entry.posted_at > line.publication.as_of:
            sums.setdefault((entry.member_id, entry.line, entry.day), []).append(entry)
    keys = {entries[-1].fact.key for entries in sums.values() if entries[-1].fact_id}
    voided = set(Fact.objects.filter(key__in=keys, superseded_at=None, is_void=True).values_list("key", flat=True)) if keys else set()
    found: dict[tuple[int, int], list[Reason]] = {}
    for (member, _, day), entries in sums.items():
        if points := sum((entry.points for entry in entries), ZERO):
            words = _words(entries[-1], voided, was_there=entries[0].posting > 1)
            found.setdefault((member, quarter_of(day)), []).append(Reason(day, words, points, entries[-1].posted_at))
    return {key: sorted(reasons, key=lambda reason: (reason.day, reason.posted_at)) for key, reasons in found.items()}


def _words(entry: Entry, voided: set[str], *, was_there: bool) -> str:
    if entry.kind != Entry.Kind.FACT:
        name = f"{entry.item.name}：" if entry.item else ""
        return f"{name}{entry.get_kind_display()}随之变动"
    if entry.fact.key in voided:
        return f"{entry.fact.title}：作废"
    return f"{entry.fact.title}：{'更正' if was_there else '补记'}"


@dataclass(frozen=True)
class Deed:
    """A line of the member's quarter that may be objected to."""

    fact_uid: str
    day: date
    title: str
    item: str
    points: Decimal


def deeds_of(member: Member, year: int, quarter: int) -> list[Deed]:
    """The facts that stand in a member's quarter, with what each is worth: one query."""
    span = (rules.first_day(year, quarter), rules.last_day(year, quarter))
    rows = Entry.objects.filter(member=member, day__range=span, kind=Entry.Kind.FACT).select_related("fact", "item").order_by("day", "id")
    sums: dict[tuple, list[Entry]] = {}
    for entry in rows:
        sums.setdefault((entry.line, entry.day), []).append(entry)
    return [
        Deed(str(entries[-1].fact.uid), day, entries[-1].fact.title, entries[-1].item.name, points)
        for (_, day), entries in sums.items()
        if (points := sum((entry.points for entry in entries), ZERO))
    ]


def unpublished(branches: Iterable[Organisation], year: int, quarter: int) -> list[int]:
    """Those of the branches whose quarter earned somebody something and is not published: one query."""
    ids = [branch.pk for branch in branches]
    last = rules.last_day(year, quarter)
    earned = Standing.objects.filter(year=year, quarter=quarter).order_by().values("member")
    home = Affiliation.objects.filter(Q(end=None) | Q(end__gt=last), start__lte=last, organisation__in=ids, member__in=earned)
    done = Publication.objects.filter(year=year, quarter=quarter, organisation__in=ids).order_by().values("organisation")
    return list(home.exclude(organisation__in=done).order_by("organisation").values_list("organisation", flat=True).distinct())
