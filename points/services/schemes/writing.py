"""Plain content written as the rows of a version, in as many statements as there are kinds of rows."""

from collections.abc import Sequence

from points.models import Category, Item, ItemGrade, Multiplier, MultiplierGrade, Scheme, Threshold
from points.rules import content


def write_parts(scheme: Scheme, text: content.Scheme) -> None:
    """The parts of a version that has none yet."""
    categories = Category.objects.bulk_create(
        Category(scheme=scheme, code=one.code, name=one.name, position=at, cap=one.cap, cap_period=one.cap_period, floor=one.floor)
        for at, one in enumerate(text.categories)
    )
    by_code = {category.code: category for category in categories}
    _write_items(scheme, text.items, by_code)
    _write_multipliers(scheme, text.multipliers, by_code)
    Threshold.objects.bulk_create(
        Threshold(
            scheme=scheme,
            period=one.period,
            of=one.of,
            name=one.name,
            at_least=one.at_least,
            stars=one.stars,
            on_list=one.on_list,
            consequence=one.consequence,
        )
        for one in text.thresholds
    )


def _write_items(scheme: Scheme, told: Sequence[content.Item], by_code: dict[str, Category]) -> None:
    items = Item.objects.bulk_create(
        Item(
            scheme=scheme,
            category=by_code[one.category],
            code=one.code,
            name=one.name,
            article=one.article,
            note=one.note,
            fact_kind=one.fact_kind,
            value=one.value,
            unit=one.unit,
            cap=one.cap,
            cap_period=one.cap_period,
            classes=list(one.classes),
            manual=one.manual,
            is_veto=one.is_veto,
            shares_fact=one.shares_fact,
            position=at,
        )
        for at, one in enumerate(told)
    )
    ItemGrade.objects.bulk_create(
        ItemGrade(item=item, code=grade.code, name=grade.name, value=grade.value, position=at)
        for item, one in zip(items, told, strict=True)
        for at, grade in enumerate(one.grades)
    )


def _write_multipliers(scheme: Scheme, told: Sequence[content.Multiplier], by_code: dict[str, Category]) -> None:
    multipliers = Multiplier.objects.bulk_create(
        Multiplier(
            scheme=scheme,
            category=by_code[one.category] if one.category else None,
            name=one.name,
            article=one.article,
            fact_kind=one.fact_kind,
        )
        for one in told
    )
    MultiplierGrade.objects.bulk_create(
        MultiplierGrade(multiplier=multiplier, code=grade.code, name=grade.name, ratio=grade.ratio, position=at)
        for multiplier, one in zip(multipliers, told, strict=True)
        for at, grade in enumerate(one.grades)
    )


def head_of(text: content.Scheme) -> dict:
    """The version's own columns that are content."""
    return {
        "name": text.name,
        "source": text.source,
        "cap": text.cap,
        "cap_period": text.cap_period,
        "floor": text.floor,
        "quarter_counts": text.quarter_counts,
    }
