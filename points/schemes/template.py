"""How a template is written down: a scheme's content, where it was read, and what its source leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from points.rules.content import Category, Grade, Item, Multiplier, Ratio, Scheme, Threshold
from points.rules.kinds import BY_CODE, is_by_hand

# Everybody but 特殊 (70 and over, ill), whom the real schemes exempt from tasks and deductions.
ACTIVE = ("village", "office", "enterprise", "mobile", "retired")
ASSUMED = "来源没有写明，暂按此定"


@dataclass(frozen=True, kw_only=True)
class Template:
    """积分办法样本: `says` is what the source is quoted for, `leaves_open` what had to be chosen."""

    code: str
    place: str
    says: str
    leaves_open: str
    content: Scheme

    @property
    def name(self) -> str:
        return self.content.name


def category(code: str, name: str, cap: str = "", period: str = "year") -> Category:
    return Category(code=code, name=name, cap=Decimal(cap) if cap else None, cap_period=period if cap else "")


def item(
    code: str,
    category: str,
    name: str,
    kind: str,
    value: str,
    *,
    article: str = "",
    unit: str = "",
    cap: str = "",
    period: str = "year",
    classes: Sequence[str] = (),
    grades: Sequence[tuple[str, str, str]] = (),
    assumed: bool | str = False,
    veto: bool = False,
    shares: bool = False,
) -> Item:
    """An item; its unit is the kind's, and who files it is told by the kind. `assumed` marks what the source leaves open."""
    return Item(
        code=code,
        category=category,
        name=name,
        fact_kind=kind,
        value=Decimal(value),
        unit=unit or BY_CODE[kind].unit,
        article=article,
        note=assumed if isinstance(assumed, str) else ASSUMED if assumed else "",
        cap=Decimal(cap) if cap else None,
        cap_period=period if cap else "",
        classes=tuple(classes),
        manual=is_by_hand(kind),
        is_veto=veto,
        shares_fact=shares,
        grades=tuple(Grade(code=code, name=name, value=Decimal(value)) for code, name, value in grades),
    )


def multiplier(name: str, kind: str, *ratios: str, category: str = "", article: str = "") -> Multiplier:
    """A ratio for each grade the kind is known to carry, in their order."""
    grades = tuple(
        Ratio(code=code, name=label, ratio=Decimal(ratio)) for (code, label), ratio in zip(BY_CODE[kind].grades, ratios, strict=True)
    )
    return Multiplier(name=name, fact_kind=kind, category=category, article=article, grades=grades)


def threshold(name: str, at_least: str, **fields) -> Threshold:
    return Threshold(name=name, at_least=Decimal(at_least), **fields)
