"""Points of a subtree: by organisation or by member, always in order of code or name, never of merit."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, QuerySet, Sum

from branches.access import paths_for
from branches.models import Organisation
from members.models import Member
from points.models import Entry, OrganisationMonth, Standing
from points.selectors.places import earned_under

ZERO = Decimal(0)


@dataclass(frozen=True)
class Row:
    """An organisation's or a member's year."""

    name: str
    target: str  # an organisation's code or a member's uid
    points: Decimal
    by_category: list[Decimal | None]


@dataclass(frozen=True)
class Overview:
    """A table of rows × categories with its total, which is the rows' sum."""

    categories: list[tuple[str, str]]
    rows: list[Row]
    total: Decimal
    as_of: datetime | None
    of_members: bool


def overview(organisation: Organisation, year: int, *, categories: list[tuple[str, str]]) -> Overview:
    """A branch by member, anything above by what hangs below it: two queries, from the projections alone."""
    if organisation.is_branch:
        return _by_member(organisation, year, categories)
    months = OrganisationMonth.objects.filter(earned_under(organisation, when="month"), month__range=(date(year, 1, 1), date(year, 12, 31)))
    sums: dict[tuple[str, str], Decimal] = {}
    depth = organisation.path.count("/")
    found = months.values_list("organisation__path", "category").annotate(points=Sum("points"))
    for path, category, points in found:
        # The child below which the row hangs: one step further down the path; none for what has since moved away.
        step = path.split("/")[depth] if path.startswith(organisation.path) and path != organisation.path else ""
        sums[step, category] = sums.get((step, category), ZERO) + points
    children = list(organisation.children.existing().order_by("code"))
    rows = [
        _row(str(child), child.code, {c: p for (step, c), p in sums.items() if step == str(child.pk)}, categories) for child in children
    ]
    if gone := {c: p for (step, c), p in sums.items() if not step}:
        rows.append(_row("已划出的党组织", "", gone, categories))
    as_of = months.aggregate(at=Max("as_of"))["at"]
    return Overview(categories, rows, sum(sums.values(), ZERO), as_of, of_members=False)


def _by_member(branch: Organisation, year: int, categories: list[tuple[str, str]]) -> Overview:
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
    rows = [_row(name, str(uid), sums.get(str(uid), {}), categories) for uid, name in held.values_list("uid", "name")]
    return Overview(categories, rows, sum((row.points for row in rows), ZERO), as_of, of_members=True)


def _row(name: str, target: str, sums: dict[str, Decimal], categories: list[tuple[str, str]]) -> Row:
    return Row(name, target, sum(sums.values(), ZERO), [sums.get(code) for code, _ in categories])


def entries_in(organisation: Organisation, *, year: int, month: int | None = None, category: str = "") -> QuerySet[Entry]:
    """The ledger's rows behind a number of the subtree: the caller has checked that the organisation is in sight."""
    first, last = (date(year, 1, 1), date(year, 12, 31))
    if month:
        first = date(year, month, 1)
        last = date(year + month // 12, month % 12 + 1, 1)
    rows = Entry.objects.filter(earned_under(organisation, when="day"), day__gte=first)
    rows = rows.filter(day__lt=last) if month else rows.filter(day__lte=last)
    return rows.filter(category=category) if category else rows


def masked(user, entries: list[Entry]) -> list[Entry]:
    """The same rows; `is_masked` where the branch has moved out of the reader's sight: the number stays, the name does not."""
    paths = paths_for(user)
    away = [entry.pk for entry in entries if not any(entry.organisation.path.startswith(path) for path in paths)]
    seen = set(Entry.objects.visible_to(user).filter(pk__in=away).values_list("pk", flat=True)) if away else set()
    for entry in entries:
        entry.is_masked = entry.pk in away and entry.pk not in seen
    return entries


def sum_of(organisation: Organisation, *, year: int, month: int | None = None, category: str = "") -> Decimal:
    """The sum of `entries_in`, read from the projection: the same however many entries there are."""
    months = OrganisationMonth.objects.filter(earned_under(organisation, when="month"), month__year=year)
    months = months.filter(month__month=month) if month else months
    months = months.filter(category=category) if category else months
    return months.aggregate(points=Sum("points"))["points"] or ZERO


def years_on_record(today: date) -> list[int]:
    """The years the ledger knows and the running one, newest first: two look-ups in an index."""
    first = OrganisationMonth.objects.order_by("month").values_list("month", flat=True).first() or today
    return list(range(today.year, first.year - 1, -1))
