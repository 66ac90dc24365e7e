"""The ledger once more, slow and in plain Python, from the words of docs/rules.md. Tests alone use it; the product never does."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rule:
    code: str
    category: str
    fact_kind: str
    value: Decimal
    cap: Decimal | None = None
    period: str = ""
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """A published version of one organisation; `category_caps` is {code: (cap, period)}, `total` (cap, period) or None."""

    organisation: int
    start: date
    rules: tuple[Rule, ...]
    category_caps: tuple[tuple[str, Decimal, str], ...] = ()
    total: tuple[Decimal, str] | None = None


@dataclass(frozen=True)
class Deed:
    key: str
    kind: str
    member: int
    organisation: int
    member_class: str
    day: date
    units: Decimal


@dataclass(frozen=True)
class Row:
    """What should stand: a fact's line (period "" and start None) or an adjustment."""

    stage: str  # fact, item, category, total
    member: int
    code: str
    key: str
    category: str
    organisation: int
    day: date
    period_start: date | None
    points: Decimal


def score(deeds: list[Deed], versions: list[Version], ancestors: dict[int, list[int]], year: int) -> set[Row]:
    """Everything that should stand in a year's ledger. `ancestors` lists an organisation and those above it, nearest first."""
    rows = []
    for deed in (d for d in deeds if d.day.year == year):
        version = in_force(versions, ancestors[deed.organisation], deed.day)
        for rule in version.rules if version else ():
            if rule.fact_kind == deed.kind and (not rule.classes or deed.member_class in rule.classes):
                points = (deed.units * rule.value).quantize(CENT, ROUND_HALF_UP)
                if points:
                    rows.append(Row("fact", deed.member, rule.code, deed.key, rule.category, deed.organisation, deed.day, None, points))
    latest_first = sorted(rows, key=lambda r: (r.day, r.key, r.code), reverse=True)
    for stage, code_of in (("item", lambda r: r.code), ("category", lambda r: r.category), ("total", lambda r: "")):
        for period, months in MONTHS.items():
            # A row is reckoned in the period of its latest fact; a row of a total belongs to no item and no category.
            groups = defaultdict(list)
            for row in rows:
                groups[row.member, code_of(row), (row.day.month - 1) // months].append(row)
            for (member, code, at), group in groups.items():
                last = next(r for r in latest_first if r.member == member and code_of(r) == code and (r.day.month - 1) // months == at)
                start = date(year, at * months + 1, 1)
                cap = cap_of(stage, code, period, in_force(versions, ancestors[last.organisation], last_day(start, months)))
                if cap is None:
                    continue
                total = sum(r.points for r in group)
                points = min(Decimal(0), cap - total)
                if stage != "total":
                    points += max(Decimal(0), -cap - total)
                if points:
                    category = "" if stage == "total" else last.category
                    rows.append(Row(stage, member, code, f"cap {period}", category, last.organisation, last.day, start, points))
    return set(rows)


def in_force(versions: list[Version], upward: list[int], day: date) -> Version | None:
    for organisation in upward:
        known = [v for v in versions if v.organisation == organisation and v.start <= day]
        if known:
            return max(known, key=lambda v: v.start)
    return None


def cap_of(stage: str, code: str, period: str, version: Version | None) -> Decimal | None:
    if version is None:
        return None
    if stage == "item":
        caps = {(r.code, r.period): r.cap for r in version.rules}
    elif stage == "category":
        caps = {(c, p): cap for c, cap, p in version.category_caps}
    else:
        caps = {("", version.total[1]): version.total[0]} if version.total else {}
    return caps.get((code, period))


def last_day(start: date, months: int) -> date:
    following = start.month + months
    return date(start.year + (following > 12), (following - 1) % 12 + 1, 1) - timedelta(days=1)
