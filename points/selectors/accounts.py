"""A member's points of a year, every line explained: what the page, the print and the API show alike."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import Max, Sum

from members.models import Member
from points.models import Category, Entry, Period, Scheme, Standing
from points.selectors.schemes import scheme_in_force

ZERO = Decimal(0)


@dataclass(frozen=True)
class CategoryAccount:
    """One category: what it brought, what it may bring, and what to say of it."""

    code: str
    name: str
    points: Decimal
    cap: Decimal | None
    note: str


@dataclass(frozen=True)
class Line:
    """One line of the account, with all that explains it."""

    uid: str
    day: date
    title: str
    note: str
    points: Decimal
    sums: list[tuple[str, str]]  # the arithmetic, row by row
    sources: list[tuple[str, str]]  # 事实 规则 登记 确认
    is_adjustment: bool
    category: str


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

    @property
    def count(self) -> int:
        return sum(len(month.lines) for month in self.months)


def account_of(member: Member, year: int, *, category: str = "", today: date) -> Account:
    """The account of a year: five queries, however many lines. The total is the standings', so it equals the dashboards'."""
    standing = Standing.objects.filter(member=member, year=year).aggregate(total=Sum("points"), as_of=Max("as_of"))
    scheme = scheme_in_force(member.branch, min(today, date(year, 12, 31))) if member.branch else None
    entries = entries_of(member, year)
    names = {c.code: c for c in scheme.categories.all()} if scheme else {}
    lines = [line for line in explained(entries, names, year) if not category or line.category == category]
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
        categories=_categories(entries, names),
        months=months,
    )


def entries_of(member: Member, year: int) -> list[Entry]:
    """The year's entries with all that explains them, in one query."""
    rows = Entry.objects.filter(member=member, day__range=(date(year, 1, 1), date(year, 12, 31)))
    related = ("item__scheme", "item__category", "fact__recorded_by", "fact__confirmed_by", "organisation")
    return list(rows.select_related(*related).order_by("day", "id"))


def explained(entries: list[Entry], names: dict[str, Category], year: int) -> list[Line]:
    """Facts line by line, corrections as lines of their own; of an adjustment only what stands of it.

    An adjustment moves to the day of each later fact of its group, so its postings cancel out along the way: they
    are summed by line and shown once. What is left out sums to nothing.
    """
    lines = [_fact_line(entry) for entry in entries if entry.kind == Entry.Kind.FACT]
    adjustments: dict[tuple, list[Entry]] = {}
    for entry in entries:
        if entry.kind != Entry.Kind.FACT:
            adjustments.setdefault((entry.line, entry.organisation_id, entry.day), []).append(entry)
    for postings in adjustments.values():
        points = sum((entry.points for entry in postings), ZERO)
        if points:
            lines.append(_adjustment_line(postings[-1], points, names, year))
    return lines


def _fact_line(entry: Entry) -> Line:
    fact, item = entry.fact, entry.item
    value = f"{_plain(fact.units)} {item.unit} × 每{item.unit} {_plain(item.value)} 分"
    correction = entry.posting > 1 or fact.is_void
    if fact.is_void or (correction and entry.points * item.value < 0):
        sums = [("冲回原来的记账", _signed(entry.points))]
    elif correction:
        sums = [(f"现在是 {value}", _signed(fact.units * item.value)), ("与已记的差额", _signed(entry.points))]
    else:
        sums = [(value, _signed(entry.points))]
    sources = [
        ("事实", f"{fact.title}，{fact.day:%-m月%-d日}，{fact.evidence}" if fact.evidence else f"{fact.title}，{fact.day:%-m月%-d日}"),
        ("规则", f"{item.name}，{item.article}，{item.scheme}"),
        ("支部", str(entry.organisation)),
    ]
    if fact.recorded_by:
        sources.append(("登记", f"{fact.recorded_by}，{fact.recorded_at:%-m月%-d日}"))
    if fact.confirmed_by:
        sources.append(("确认", str(fact.confirmed_by)))
    return Line(
        uid=f"{entry.line}-{entry.posting}",
        day=entry.day,
        title=f"更正：{fact.title}" if correction else fact.title,
        note=item.category.name if item.unit == "次" else f"{item.category.name}，{_plain(fact.units)} {item.unit}",
        points=entry.points,
        sums=sums,
        sources=sources,
        is_adjustment=False,
        category=entry.category,
    )


_SPANS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


def _adjustment_line(entry: Entry, points: Decimal, names: dict[str, Category], year: int) -> Line:
    """志愿服务全年封顶 15 分，超出 3.50 分不计."""
    if entry.kind == Entry.Kind.ITEM_CAP:
        capped, scheme = entry.item, entry.item.scheme
        name, article = capped.name, capped.article
    elif entry.kind == Entry.Kind.CATEGORY_CAP:
        capped = names.get(entry.category)
        name, article, scheme = (capped.name if capped else "这一类"), "", (capped.scheme if capped else None)
    else:
        capped, name, article = None, "总分", ""
        scheme = next(iter(names.values())).scheme if names else None
        capped = scheme
    cap, period = (capped.cap, capped.cap_period) if capped else (None, Period.YEAR)
    when = _period_words(period or Period.YEAR, entry.period_start)
    limit = f"封顶 {_plain(cap)} 分" if cap is not None else "已到上限"
    title = f"{name}{when}{limit}"
    beyond = f"超出 {abs(points):.2f} 分不计" if points < 0 else f"多扣的 {points:.2f} 分还回"
    return Line(
        uid=f"{entry.line}-{entry.day}",
        day=entry.day,
        title=title,
        note=beyond,
        points=points,
        sums=[(f"{when}应记", _plain((cap or ZERO) - points)), (limit, _plain(cap or ZERO)), ("不计入的", _signed(points))]
        if points < 0
        else [(beyond, _signed(points))],
        sources=[("规则", "，".join(part for part in (name, article, str(scheme) if scheme else "") if part))],
        is_adjustment=True,
        category=entry.category,
    )


def _period_words(period: str, start: date) -> str:
    if period == Period.MONTH:
        return f" {start.month} 月"
    if period == Period.QUARTER:
        return f"第{'一二三四'[(start.month - 1) // 3]}季度"
    if period == Period.HALF_YEAR:
        return "上半年" if start.month == 1 else "下半年"
    return "全年"


def _categories(entries: list[Entry], names: dict[str, Category]) -> list[CategoryAccount]:
    """Each category's sum, cap and what the caps took. Total caps have no category and are told by their own line."""
    sums: dict[str, Decimal] = {}
    lost: dict[str, Decimal] = {}
    for entry in entries:
        sums[entry.category] = sums.get(entry.category, ZERO) + entry.points
        if entry.kind != Entry.Kind.FACT:
            lost[entry.category] = lost.get(entry.category, ZERO) - entry.points
    rows = []
    for code, category in names.items():
        points, over = sums.get(code, ZERO), lost.get(code, ZERO)
        if not points and not over and category.cap is None:
            continue
        yearly = category.cap if category.cap_period == Period.YEAR else None
        note = f"{over:.2f} 分超出上限，没有计入" if over > 0 else ""
        if yearly is not None and points < yearly:
            room = f"还可记 {yearly - points:.2f}"
            note = f"{room}；{note}" if note else room
        rows.append(CategoryAccount(code=code, name=category.name, points=points, cap=yearly, note=note))
    return rows


def _plain(number: Decimal) -> str:
    """2.00 → 2, 0.50 → 0.5."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _signed(number: Decimal) -> str:
    return f"{number:+.2f}".replace("-", "−")
