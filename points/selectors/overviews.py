"""Points of a subtree: by organisation or by member, always in order of code or name, never of merit."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, Func, Max, QuerySet, Sum, Value, When
from django.db.models.functions import Substr

from branches.access import sees
from branches.models import Organisation
from members.models import Member
from points.models import Category, Entry, OrganisationMonth, OrganisationYear, Standing
from points.selectors.explanations.lines import anchor_of
from points.selectors.places import earned_under, stayed_and_moved
from points.selectors.schemes import scheme_in_force

ZERO = Decimal(0)
TOTAL = "total"  # in addresses and columns: what is put on or taken off a member's total belongs to no category


@dataclass(frozen=True)
class Row:
    """An organisation's or a member's year; the cells are (category, points) and add up to `points`."""

    name: str
    target: str  # an organisation's code or a member's uid
    points: Decimal
    cells: list[tuple[str, Decimal | None]]


@dataclass(frozen=True)
class Overview:
    """A table of rows × categories with its total: the rows' sum, and the columns'."""

    categories: list[tuple[str, str]]
    rows: list[Row]
    sums: list[tuple[str, Decimal]]  # of each category
    total: Decimal
    as_of: datetime | None
    of_members: bool


def overview(organisation: Organisation, year: int) -> Overview:
    """A branch by member, anything above by what hangs below it: a handful of queries, from the projections alone."""
    if organisation.is_branch:
        return _by_member(organisation, year)
    sums: dict[tuple[str, str], Decimal] = {}
    as_of = None
    for rows in _of_the_year(organisation, year):
        # The child below which a row hangs: one step further down the path; none for what has since moved away.
        step = Substr("organisation__path", len(organisation.path) + 1)
        steps = rows.annotate(step=Case(When(organisation__path__startswith=organisation.path, then=_FirstStep(step)), default=Value("")))
        for step, category, points, at in steps.order_by().values_list("step", "category").annotate(sum=Sum("points"), at=Max("as_of")):
            as_of = max(filter(None, (as_of, at)), default=None)
            sums[step, category] = sums.get((step, category), ZERO) + points
    children = list(organisation.children.existing().order_by("code"))
    held = {str(child.pk) for child in children}
    by_child: dict[str, dict[str, Decimal]] = {}
    for (step, category), points in sums.items():
        kept = by_child.setdefault(step if step in held else "", {})
        kept[category] = kept.get(category, ZERO) + points
    named = [(str(child), child.code, by_child.get(str(child.pk), {})) for child in children]
    if gone := by_child.get(""):
        named.append(("已划出或撤销的党组织", "", gone))
    return _table(named, named_categories({c for _, c in sums}, organisation, year), as_of, of_members=False)


class _FirstStep(Func):
    """The id a path begins with: `17` of `17/203/`."""

    function, template = "split_part", "%(function)s(%(expressions)s, '/', 1)"


def _of_the_year(organisation: Organisation, year: int) -> tuple[QuerySet, QuerySet]:
    """A subtree's year as rows of the projections: the years of those that hung here all along, the months here of those that moved."""
    stayed, moved = stayed_and_moved(organisation, when="month")
    months = (
        OrganisationMonth.objects.filter(moved, month__range=(date(year, 1, 1), date(year, 12, 31)))
        if moved
        else OrganisationMonth.objects.none()
    )
    return OrganisationYear.objects.filter(stayed, year=year), months


def _by_member(branch: Organisation, year: int) -> Overview:
    """What the members at home in a branch today have of the year, wherever they earned it."""
    held = Member.objects.at_home().filter(branch=branch).order_by("pinyin", "id")
    # Asked of the standings themselves: over a member's reverse relation Django joins them twice, and every sum is a multiple.
    standings = Standing.objects.filter(year=year, member__in=held.order_by())
    found = standings.values_list("member__uid", "category").annotate(sum=Sum("points"), at=Max("as_of"))
    sums: dict[str, dict[str, Decimal]] = {}
    as_of = None
    for uid, category, points, at in found:
        sums.setdefault(str(uid), {})[category] = points
        as_of = max(filter(None, (as_of, at)), default=None)
    named = [(name, str(uid), sums.get(str(uid), {})) for uid, name in held.values_list("uid", "name")]
    return _table(named, named_categories({c for kept in sums.values() for c in kept}, branch, year), as_of, of_members=True)


def _table(rows: list[tuple[str, str, dict[str, Decimal]]], categories: list[tuple[str, str]], as_of, *, of_members: bool) -> Overview:
    codes = [code for code, _ in categories]
    held = {code: "" if code == TOTAL else code for code in codes}
    shown = [Row(name, target, sum(sums.values(), ZERO), [(code, sums.get(held[code])) for code in codes]) for name, target, sums in rows]
    columns = [(code, sum((sums.get(held[code], ZERO) for _, _, sums in rows), ZERO)) for code in codes]
    return Overview(categories, shown, columns, sum((row.points for row in shown), ZERO), as_of, of_members)


def named_categories(used: set[str], organisation: Organisation, year: int) -> list[tuple[str, str]]:
    """(code, name) of the ruling version's categories, then of others in use below it, then the total's adjustments if there are any."""
    scheme = scheme_in_force(organisation, date(year, 12, 31))
    named = dict(Category.objects.filter(scheme=scheme).values_list("code", "name")) if scheme else {}
    if strange := used - {""} - named.keys():
        known = Category.objects.exclude(scheme__published_at=None).filter(code__in=strange).order_by("scheme__start")
        named |= {code: code for code in sorted(strange)} | dict(known.values_list("code", "name"))
    return [*named.items(), *([(TOTAL, "总分调整")] if "" in used else [])]


def entries_in(organisation: Organisation, *, year: int, month: int | None = None, category: str | None = None) -> QuerySet[Entry]:
    """The ledger's rows behind a number of the subtree: the caller has checked that the organisation is in sight."""
    first, last = (date(year, 1, 1), date(year, 12, 31))
    if month:
        first = date(year, month, 1)
        last = date(year + month // 12, month % 12 + 1, 1)
    rows = Entry.objects.filter(earned_under(organisation, when="day"), day__gte=first)
    rows = rows.filter(day__lt=last) if month else rows.filter(day__lte=last)
    return rows if category is None else rows.filter(category=category)


def masked(user, entries: list[Entry]) -> list[Entry]:
    """The same rows; `is_masked` where the branch has moved out of the reader's sight: the number stays, the name does not.

    `anchor` is the line of the member's account that tells of the entry.
    """
    away = [entry.pk for entry in entries if not sees(user, entry.organisation)]
    seen = set(Entry.objects.visible_to(user).filter(pk__in=away).values_list("pk", flat=True)) if away else set()
    for entry in entries:
        entry.is_masked = entry.pk in away and entry.pk not in seen
        entry.anchor = anchor_of(entry)
    return entries


def sums_of(organisation: Organisation, *, year: int, month: int | None = None) -> dict[str, tuple[Decimal, datetime]]:
    """The sums of `entries_in` by category and their as-of, read from the projections: the same however many entries there are."""
    if month:
        parts = (OrganisationMonth.objects.filter(earned_under(organisation, when="month"), month=date(year, month, 1)),)
    else:
        parts = _of_the_year(organisation, year)
    sums: dict[str, tuple[Decimal, datetime]] = {}
    for rows in parts:
        for category, points, at in rows.order_by().values_list("category").annotate(sum=Sum("points"), at=Max("as_of")):
            held, known = sums.get(category, (ZERO, at))
            sums[category] = held + points, max(known, at)
    return sums


def years_on_record(today: date) -> list[int]:
    """The years the ledger knows and the running one, newest first: two look-ups in an index."""
    first = OrganisationMonth.objects.order_by("month").values_list("month", flat=True).first() or today
    return list(range(today.year, first.year - 1, -1))
