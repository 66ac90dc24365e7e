"""The most a version lets anybody reach in a quarter or a year, from its caps: what a threshold can be measured by."""

from decimal import Decimal

from points.rules.content import CLASSES, MONTHS, QUARTER, TO_DATE, YEAR, Item, Multiplier, Scheme
from points.rules.kinds import BY_CODE

ZERO, ONE = Decimal(0), Decimal(1)


def best(scheme: Scheme, period: str) -> Decimal | None:
    """The best case of whichever class can reach most; None where something has no bound.

    Worked: a base of 5 a quarter, a category capped at 80 a year: the year's best is 100, and a threshold of 100.01 is out of
    reach. An item without a cap in a category without one leaves the total without a bound, unless the total has a cap.
    """
    if period == QUARTER and (scheme.quarter_counts == TO_DATE or any(_greatest(one) != ONE for one in scheme.multipliers)):
        period = YEAR  # the year to date is judged; or a ratio of the whole year's sum is posted in the quarter of its fact
    reached = [of_class(scheme, one, period) for one in CLASSES]
    return None if any(points is None for points in reached) else max(reached)


def of_class(scheme: Scheme, member_class: str, period: str) -> Decimal | None:
    """The best case of one class, deductions left out: caps of items, of categories, ratios, then the cap of the total."""
    total: Decimal | None = ZERO
    for category in scheme.categories:
        items = [item for item in scheme.items_of(category.code) if item.holds_for(member_class)]
        points = _capped(_sum(_of_item(item, period) for item in items), category.cap, category.cap_period, period)
        for multiplier in scheme.multipliers:
            if multiplier.category == category.code:
                points = _multiplied(points, _greatest(multiplier))
        total = None if total is None or points is None else total + points
    for multiplier in scheme.multipliers:
        if not multiplier.category:
            total = _multiplied(total, _greatest(multiplier))
    return _capped(total, scheme.cap, scheme.cap_period, period)


def _of_item(item: Item, period: str) -> Decimal | None:
    most = max(item.values)
    if most <= 0 or item.is_veto:
        return ZERO
    kind = BY_CODE.get(item.fact_kind)
    units = None
    if kind and kind.a_year is not None:  # one a quarter, one a year: a quarter holds one of either
        units = kind.a_year if period == YEAR else max(kind.a_year // 4, 1)
    return _capped(None if units is None else units * most, item.cap, item.cap_period, period)


def _capped(points: Decimal | None, cap: Decimal | None, cap_period: str, period: str) -> Decimal | None:
    """A monthly cap of 2 lets 6 through in a quarter; a yearly one lets all of itself through in one quarter."""
    if cap is None:
        return points
    most = cap * max(MONTHS[period] // MONTHS[cap_period], 1)
    return most if points is None else min(points, most)


def _sum(amounts) -> Decimal | None:
    known = list(amounts)
    return None if any(points is None for points in known) else sum(known, ZERO)


def _greatest(multiplier: Multiplier) -> Decimal | None:
    """The greatest ratio, at least 1 (who has no fact is not multiplied); None where the fact's own units are the ratio."""
    return max([ONE, *(grade.ratio for grade in multiplier.grades)]) if multiplier.grades else None


def _multiplied(points: Decimal | None, ratio: Decimal | None) -> Decimal | None:
    return None if points is None or ratio is None else points * ratio
