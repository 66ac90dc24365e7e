"""A version's parts in the words of a document: the same on the page, in a comparison and in a finding."""

from decimal import Decimal

from points.rules.content import CLASSES, LIST_WORDS, OF_WORDS, PERIOD_WORDS, YEAR, Category, Item, Multiplier, Threshold


def plain(number: Decimal) -> str:
    """2.00 → 2, 0.50 → 0.5, −1.00 → −1."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text.replace("-", "−")


def worth(item: Item) -> str:
    """每次 2 分; 县级 2 分；没有写档次的每封 1 分; 全年记 0 分; of what only tells a ratio, that it is worth nothing itself."""
    if item.is_veto:
        return "一票否决，全年记 0 分"
    if not any(item.values):
        return "本身不记分"
    per = f"每{item.unit} {plain(item.value)} 分"
    if not item.grades:
        return per
    grades = "、".join(f"{grade.name} {plain(grade.value)} 分" for grade in item.grades)
    return f"{grades}；没有写档次的{per}" if item.value else grades


def cap(cap: Decimal | None, period: str) -> str:
    """全年封顶 15 分, or nothing."""
    return "" if cap is None else f"{PERIOD_WORDS[period]}封顶 {plain(cap)} 分"


def bounds(category: Category) -> str:
    """每季封顶 25 分，全年扣到 0 分为止, or nothing."""
    return "，".join(part for part in (cap(category.cap, category.cap_period), floor(category.floor)) if part)


def floor(floor: Decimal | None) -> str:
    """全年扣到 0 分为止, or nothing."""
    return "" if floor is None else f"全年扣到 {plain(floor)} 分为止"


def classes(item: Item) -> str:
    """农村、机关事业; nothing for everybody. Of all but one, that one is named."""
    if not item.classes:
        return ""
    left_out = [name for code, name in CLASSES.items() if code not in item.classes]
    return f"{'、'.join(left_out)}除外" if len(left_out) == 1 else "、".join(CLASSES[code] for code in CLASSES if code in item.classes)


def ratios(multiplier: Multiplier) -> str:
    """优秀 ×1.2、合格 ×1."""
    return "、".join(f"{grade.name} ×{plain(grade.ratio)}" for grade in multiplier.grades) or "按那次记实的数"


def rank(threshold: Threshold) -> str:
    """全年满 90 分；五星；红榜；随之而来."""
    parts = [f"{'全年' if threshold.period == YEAR else '每季'}满 {plain(threshold.at_least)} 分"]
    if threshold.of != "all":
        parts.append(OF_WORDS[threshold.of])
    if threshold.stars:
        parts.append(f"{'一二三四五'[threshold.stars - 1]}星")
    if threshold.on_list:
        parts.append(LIST_WORDS[threshold.on_list])
    if threshold.consequence:
        parts.append(threshold.consequence)
    return "；".join(parts)
