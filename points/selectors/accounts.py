"""A member's points of a year, every line explained: what the page, the print and the API show alike."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import Max, Sum

from members.models import Member, MemberClass
from points.models import Category, Entry, Period, Scheme, Standing
from points.selectors.explanations import Background, Line, background_of, explained
from points.selectors.explanations.lines import CAPS
from points.selectors.grades import Graded, grade_of
from points.selectors.published import Published, published_quarters
from points.selectors.schemes import scheme_in_force
from points.settlement.grades import GradePeriod

ZERO = Decimal(0)
TOTAL = "总分调整"  # what caps, ratios, the floor and vetoes do to the total belongs to no category


@dataclass(frozen=True)
class CategoryAccount:
    """One category: what it brought, what it may bring, and what to say of it."""

    code: str
    name: str
    points: Decimal
    cap: Decimal | None
    note: str


@dataclass(frozen=True)
class Month:
    """A month's lines, latest first."""

    label: str
    points: Decimal
    lines: list[Line]


@dataclass(frozen=True)
class Account:
    """A member's year."""

    member: Member
    year: int
    total: Decimal
    as_of: datetime | None
    scheme: Scheme | None
    categories: list[CategoryAccount]
    months: list[Month] = field(default_factory=list)
    grade: Graded | None = None
    left_out: list[tuple[str, str]] = field(default_factory=list)  # items of the version that do not count for the member, and why
    published: list[Published] = field(default_factory=list)  # the quarters a sheet was published of

    @property
    def lines(self) -> list[Line]:
        return [line for month in self.months for line in month.lines]

    @property
    def count(self) -> int:
        return len(self.lines)


def account_of(member: Member, year: int, *, category: str | None = None, today: date) -> Account:
    """The account of a year: as many queries for one line as for a thousand. The total is the standings', so it equals the dashboards'."""
    standing = Standing.objects.filter(member=member, year=year).aggregate(total=Sum("points"), as_of=Max("as_of"))
    scheme = scheme_in_force(member.branch, min(today, date(year, 12, 31))) if member.branch else None
    entries = entries_of(member, year)
    names = {c.code: c for c in scheme.categories.all()} if scheme else {}
    background = background_of(entries, year)
    lines = [line for line in explained(entries, background) if category is None or line.category == category]
    lines.sort(key=lambda line: (line.day, line.is_adjustment, line.uid), reverse=True)
    months = [
        Month(label=f"{month} 月", points=sum((line.points for line in kept), ZERO), lines=kept)
        for month, kept in ((month, list(rows)) for month, rows in groupby(lines, key=lambda line: line.day.month))
    ]
    return Account(
        member=member,
        year=year,
        total=standing["total"] or ZERO,
        as_of=standing["as_of"],
        scheme=scheme,
        categories=_categories(entries, names, background),
        months=months,
        grade=grade_of(member, GradePeriod(year), today=today) if scheme else None,
        left_out=_left_out(member, scheme, min(today, date(year, 12, 31))) if scheme else [],
        published=published_quarters([member.pk], year).get(member.pk, []),
    )


def explain_member(member: Member, year: int) -> list[Line]:
    """The year's lines alone, each explained: what a benchmark calls."""
    entries = entries_of(member, year)
    return explained(entries, background_of(entries, year))


def entries_of(member: Member, year: int) -> list[Entry]:
    """The year's entries with all that explains them, in one query."""
    rows = Entry.objects.filter(member=member, day__range=(date(year, 1, 1), date(year, 12, 31)))
    related = ("item__scheme", "item__category", "fact__recorded_by", "fact__confirmed_by", "organisation")
    return list(rows.select_related(*related).order_by("day", "id"))


def _categories(entries: list[Entry], names: dict[str, Category], background: Background) -> list[CategoryAccount]:
    """Each category's sum, cap and what the caps took, in the version's order; then those of other versions, then the total's own.

    Their sum is the account's total.
    """
    sums: dict[str, Decimal] = {}
    lost: dict[str, Decimal] = {}
    known = dict(names)
    for entry in entries:
        sums[entry.category] = sums.get(entry.category, ZERO) + entry.points
        if entry.kind in CAPS:
            lost[entry.category] = lost.get(entry.category, ZERO) - entry.points
        if entry.item and entry.category:
            known.setdefault(entry.category, entry.item.category)
    bounds = {
        reason.code: reason.bound
        for reason in background.reasons.values()
        if reason.kind == Entry.Kind.CATEGORY_CAP and reason.period == Period.YEAR and reason.before >= 0
    }
    rows = []
    for code, category in known.items():
        points, over = sums.get(code, ZERO), lost.get(code, ZERO)
        if not points and not over and category.cap is None:
            continue
        yearly = bounds.get(code, category.cap if category.cap_period == Period.YEAR and points >= 0 else None)
        note = f"{over:.2f} 分超出上限，没有计入" if over > 0 else ""
        if yearly is not None and points < yearly:
            room = f"还可记 {yearly - points:.2f}"
            note = f"{room}；{note}" if note else room
        rows.append(CategoryAccount(code=code, name=category.name, points=points, cap=yearly, note=note))
    if whole := sums.get("", ZERO):
        rows.append(CategoryAccount(code="", name=TOTAL, points=whole, cap=None, note="封顶、系数、下限或否决，见每一笔"))
    return rows


_WHY_NOT = {
    MemberClass.Name.MOBILE: "流动党员不要求在本支部参加",
    MemberClass.Name.EXEMPT: "年老体弱，不作要求，也不扣分",
}


def _left_out(member: Member, scheme: Scheme, day: date) -> list[tuple[str, str]]:
    """The items that do not count for whoever is of the member's class that day, each with why."""
    name = MemberClass.objects.on(day).filter(member=member).values_list("name", flat=True).first()
    if name is None:
        return []
    items = [item for item in scheme.items.all() if item.classes and name not in item.classes]
    own = MemberClass.Name(name)
    return [(item.name, _WHY_NOT.get(own, "") or f"只对{'、'.join(MemberClass.Name(c).label for c in item.classes)}党员") for item in items]
