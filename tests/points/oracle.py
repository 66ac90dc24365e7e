"""The ledger once more, slow and in plain Python, from the words of docs/rules.md. Tests alone use it; the product never does."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
CENT = Decimal("0.01")
Places = dict[
    int, list[tuple[date, list[int]]]
]  # of each organisation, from which day it hung where: itself and those above, nearest first


@dataclass(frozen=True)
class Rule:
    code: str
    category: str
    fact_kind: str
    value: Decimal
    cap: Decimal | None = None
    period: str = ""
    classes: tuple[str, ...] = ()
    grades: tuple[tuple[str, Decimal], ...] = ()
    veto: bool = False


@dataclass(frozen=True)
class Version:
    """A published version of one organisation.

    `category_caps` lists (code, cap, period), `total` is (cap, period) or None, `ratios` lists (category or "" for the total, fact kind,
    ((grade, ratio), …) or () where the fact's units are the ratio).
    """

    organisation: int
    start: date
    rules: tuple[Rule, ...]
    category_caps: tuple[tuple[str, Decimal, str], ...] = ()
    total: tuple[Decimal, str] | None = None
    ratios: tuple[tuple[str, str, tuple[tuple[str, Decimal], ...]], ...] = ()
    floor: Decimal | None = None
    category_floors: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class Deed:
    key: str
    kind: str
    member: int
    organisation: int
    member_class: str
    day: date
    units: Decimal
    grade: str = ""


@dataclass(frozen=True)
class Row:
    """What should stand: a fact's line (period "" and start None) or an adjustment."""

    stage: str  # fact, item, category, total, ratio, floor, veto
    member: int
    code: str
    key: str
    category: str
    organisation: int
    day: date
    period_start: date | None
    points: Decimal


def score(deeds: list[Deed], versions: list[Version], places: Places, year: int) -> set[Row]:
    """Everything that should stand in a year's ledger."""
    deeds = [deed for deed in deeds if deed.day.year == year]
    rows: list[Row] = []
    for deed in deeds:
        for rule in counting(deed, versions, places):
            value = dict(rule.grades).get(deed.grade, rule.value)
            points = (deed.units * value).quantize(CENT, ROUND_HALF_UP)
            if points:
                rows.append(Row("fact", deed.member, rule.code, deed.key, rule.category, deed.organisation, deed.day, None, points))
    latest_first = sorted(rows, key=lambda r: (r.day, r.key, r.code), reverse=True)

    def groups(code_of, months):
        """(code, period's first day, the version that rules it, latest fact, sum): a row is reckoned in the period of its latest fact."""
        found = defaultdict(list)
        for row in rows:
            found[row.member, code_of(row), (row.day.month - 1) // months].append(row)
        for (member, code, at), group in found.items():
            last = next(r for r in latest_first if r.member == member and code_of(r) == code and (r.day.month - 1) // months == at)
            start = date(year, at * months + 1, 1)
            yield code, start, in_force(versions, places[last.organisation], last_day(start, months)), last, sum(r.points for r in group)

    def adjust(stage, label, code_of, months, amount_of, category_of):
        found = []
        for code, start, version, last, total in groups(code_of, months):
            points = amount_of(code, version, last, total) if version else None
            if points:
                found.append(Row(stage, last.member, code, label, category_of(last), last.organisation, last.day, start, points))
        rows.extend(found)

    def capped(stage, period):
        def amount(code, version, last, total):
            cap = cap_of(stage, code, period, version)
            if cap is None:
                return None
            return min(Decimal(0), cap - total) + (max(Decimal(0), -cap - total) if stage != "total" else 0)

        return amount

    def multiplied(code, version, last, total):
        ratio = ratio_of(code, version, [deed for deed in deeds if deed.member == last.member])
        return None if ratio is None else (total * ratio).quantize(CENT, ROUND_HALF_UP) - total

    def raised(code, version, last, total):
        floor = dict(version.category_floors).get(code) if code else version.floor
        return None if floor is None else max(Decimal(0), floor - total)

    def vetoed(code, version, last, total):
        is_vetoed = any(rule.veto for deed in deeds if deed.member == last.member for rule in counting(deed, versions, places))
        return min(Decimal(0), -total) if is_vetoed else None

    for stage, code_of in (("item", lambda r: r.code), ("category", lambda r: r.category)):
        for period, months in MONTHS.items():
            adjust(stage, f"cap {period}", code_of, months, capped(stage, period), lambda r: r.category)
    adjust("floor", "floor", lambda r: r.category, 12, raised, lambda r: r.category)
    adjust("ratio", "ratio", lambda r: r.category, 12, multiplied, lambda r: r.category)
    adjust("ratio", "ratio", lambda r: "", 12, multiplied, lambda r: "")
    for period, months in MONTHS.items():
        adjust("total", f"cap {period}", lambda r: "", months, capped("total", period), lambda r: "")
    adjust("floor", "floor", lambda r: "", 12, raised, lambda r: "")
    adjust("veto", "veto", lambda r: "", 12, vetoed, lambda r: "")
    return set(rows)


def counting(deed: Deed, versions: list[Version], places: Places) -> list[Rule]:
    """The rules of the version in force that the deed falls under."""
    version = in_force(versions, places[deed.organisation], deed.day)
    rules = version.rules if version else ()
    return [rule for rule in rules if rule.fact_kind == deed.kind and (not rule.classes or deed.member_class in rule.classes)]


def ratio_of(code: str, version: Version, told: list[Deed]) -> Decimal | None:
    """What the latest fact of the ratio's kind says; a grade that is not written changes nothing."""
    for category, kind, grades in version.ratios:
        facts = sorted((deed for deed in told if deed.kind == kind), key=lambda deed: (deed.day, deed.key))
        if category == code and facts:
            return dict(grades).get(facts[-1].grade, Decimal(1)) if grades else facts[-1].units
    return None


def in_force(versions: list[Version], hung: list[tuple[date, list[int]]], day: date) -> Version | None:
    """Of the organisation that day or the nearest above it that has one, the latest begun; before its first place it hung there too."""
    _, upward = max((place for place in hung if place[0] <= day), default=hung[0])
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
