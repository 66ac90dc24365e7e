"""What one version of a scheme says, as plain values.

One language for four uses: a template is written in it, a draft is read into it and checked, a copy is written from it,
and two versions are compared in it. `points.services.schemes.writing` and `points.selectors.drafts` translate to rows and back.
"""

from dataclasses import dataclass
from decimal import Decimal

MONTH, QUARTER, HALF_YEAR, YEAR = "month", "quarter", "half", "year"
MONTHS = {MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: 12}
PERIOD_WORDS = {MONTH: "每月", QUARTER: "每季", HALF_YEAR: "每半年", YEAR: "全年"}

# As members are classed on a day (members.MemberClass)
CLASSES = {"village": "农村", "office": "机关事业", "enterprise": "两新组织", "mobile": "流动", "retired": "离退休", "exempt": "年老体弱"}

QUARTER_ALONE, TO_DATE = "quarter", "to_date"
ALL, FULL, PROBATIONARY = "all", "full", "probationary"
OF_WORDS = {ALL: "全体党员", FULL: "正式党员", PROBATIONARY: "预备党员"}
RED, YELLOW = "red", "yellow"
LIST_WORDS = {RED: "红榜", YELLOW: "黄榜"}


@dataclass(frozen=True, kw_only=True)
class Category:
    """积分类别. `floor`: of the year's sum, below which nothing is taken."""

    code: str
    name: str
    cap: Decimal | None = None
    cap_period: str = ""
    floor: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Grade:
    """档次 of an item: what a unit is worth when the fact names it."""

    code: str
    name: str
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class Item:
    """积分项目. `classes` empty: everybody. `shares_fact`: counted beside another item on purpose."""

    code: str
    category: str
    name: str
    fact_kind: str
    value: Decimal
    unit: str = "次"
    article: str = ""
    note: str = ""
    cap: Decimal | None = None
    cap_period: str = ""
    classes: tuple[str, ...] = ()
    manual: bool = False
    is_veto: bool = False
    shares_fact: bool = False
    grades: tuple[Grade, ...] = ()

    @property
    def values(self) -> list[Decimal]:
        """Everything a unit may be worth."""
        return [self.value, *(grade.value for grade in self.grades)]

    def holds_for(self, member_class: str) -> bool:
        return not self.classes or member_class in self.classes


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """系数档次."""

    code: str
    name: str
    ratio: Decimal


@dataclass(frozen=True, kw_only=True)
class Multiplier:
    """系数 of a category, or of the total where `category` is empty."""

    name: str
    fact_kind: str
    category: str = ""
    article: str = ""
    grades: tuple[Ratio, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """等次: from so many points on."""

    name: str
    at_least: Decimal
    period: str = YEAR
    of: str = ALL
    stars: int = 0
    on_list: str = ""
    consequence: str = ""


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """积分办法: what a version says. Whose it is and from which day is the row's, not the text's."""

    name: str
    categories: tuple[Category, ...]
    items: tuple[Item, ...]
    multipliers: tuple[Multiplier, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    cap: Decimal | None = None
    cap_period: str = ""
    floor: Decimal | None = None
    quarter_counts: str = QUARTER_ALONE
    source: str = ""

    def items_of(self, category: str) -> list[Item]:
        return [item for item in self.items if item.category == category]
