"""What is wrong with a draft, or worth a second look, each with its sentence and the place where it is mended.

`stop` keeps a draft from being published, `warn` does not. The database refuses two of these again (mixed sign, two
versions from one day); the others are ours.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

from points.rules import bounds
from points.rules.content import (
    ALL,
    CLASSES,
    FULL,
    MONTHS,
    OF_WORDS,
    PROBATIONARY,
    QUARTER,
    RED,
    YEAR,
    YELLOW,
    Item,
    Multiplier,
    Scheme,
    Threshold,
)
from points.rules.kinds import BASE, LAST_YEAR, YEAR_BASE, grades_of, is_by_hand, is_known, label_of
from points.rules.wording import plain

STOP, WARN = "stop", "warn"
OF_THE_YEAR = frozenset({YEAR_BASE, LAST_YEAR})  # facts of the first of January
BASE_KINDS = frozenset({BASE, *OF_THE_YEAR})
# A slip of the pen rather than a rule. The ledger's columns hold ten thousand times what a year may come to: no draft can stop a settle.
MOST_A_UNIT, MOST_TIMES, MOST_A_YEAR = 1000, 10, 1_000_000


@dataclass(frozen=True)
class Finding:
    """One sentence: what is wrong, then the remedy. `anchor` is the id of the part of the page it is about."""

    code: str
    severity: str
    sentence: str
    anchor: str

    @property
    def stops(self) -> bool:
        return self.severity == STOP


def findings(
    scheme: Scheme,
    *,
    start: date,
    today: date,
    taken_days: Collection[date] = (),
    rescored: int = 0,
    recorded: Collection[str] | None = None,
) -> list[Finding]:
    """Everything found, what stops first.

    `taken_days`: first days of the organisation's published versions. `rescored`: facts on record from the year of `start`
    that this version would score anew. `recorded`: kinds of which a fact was recorded in the last twelve months, if known.
    """
    found = [
        *_head(scheme, start=start, today=today, taken_days=taken_days, rescored=rescored),
        *_categories(scheme),
        *_items(scheme, recorded),
        *_classes(scheme),
        *_multipliers(scheme),
        *_thresholds(scheme),
    ]
    return sorted(found, key=lambda finding: not finding.stops)


def anchor_of(part: str, key: str = "") -> str:
    """The id of a part on the scheme's page."""
    return f"{part}-{key}" if key else part


def _head(scheme: Scheme, *, start: date, today: date, taken_days: Collection[date], rescored: int) -> Iterator[Finding]:
    if start in taken_days:
        yield Finding("start_taken", STOP, f"{start:%Y-%m-%d} 起已经有一版在施行，换一个施行日期。", "head")
    elif any(day > start for day in taken_days):
        yield Finding("start_before_another", WARN, "施行日期在已发布的一版之前，到那一版施行的前一天为止。", "head")
    if start < today:
        facts = f"，已有的 {rescored} 笔记实会重新计分" if rescored else ""
        yield Finding("start_past", WARN, f"施行日期已经过去{facts}。不想改动已公布的得分，就从以后的日子起。", "head")
    if not scheme.items:
        yield Finding("no_items", STOP, "还没有积分项目。先写一项。", "items")
    elif not any(item.fact_kind in BASE_KINDS for item in scheme.items):
        yield Finding("no_base", WARN, "没有基础分，每人从 0 分起。要有基础分，加一项“季度基础分”或“年度基础分”。", "items")
    yearly = [item.name for item in scheme.items if item.fact_kind in OF_THE_YEAR]
    if yearly and (start.month, start.day) != (1, 1):
        yield Finding(
            "base_before_start",
            WARN,
            f"“{yearly[0]}”记在 1 月 1 日，{start:%Y-%m-%d} 起施行的办法这一年计不到它。从 1 月 1 日起施行，或改用季度基础分。",
            "head",
        )
    if scheme.cap is not None and scheme.floor is not None and scheme.floor > scheme.cap:
        yield Finding("floor_above_cap", STOP, f"总分下限 {plain(scheme.floor)} 高过总分上限 {plain(scheme.cap)}，改一个。", "head")


def _categories(scheme: Scheme) -> Iterator[Finding]:
    for category in scheme.categories:
        if (
            category.cap is not None
            and category.floor is not None
            and category.floor > category.cap * (MONTHS[YEAR] // MONTHS[category.cap_period])
        ):
            at = anchor_of("category", category.code)
            yield Finding("floor_above_cap", STOP, f"“{category.name}”的下限 {plain(category.floor)} 高过全年的上限，改一个。", at)
        if (
            category.floor is not None
            and category.floor > 0
            and not any(one.fact_kind in BASE_KINDS for one in scheme.items_of(category.code))
        ):
            at = anchor_of("category", category.code)
            words = (
                f"“{category.name}”没有基础分，下限 {plain(category.floor)} 会给被扣过分的人补分，没被扣的反而没有。写 0，或补一项基础分。"
            )
            yield Finding("floor_above_nothing", STOP, words, at)
        if not scheme.items_of(category.code):
            yield Finding("empty_category", WARN, f"“{category.name}”下面没有项目，删去或补一项。", anchor_of("category", category.code))
    if scheme.cap is not None:
        total = scheme.cap * (MONTHS[YEAR] // MONTHS[scheme.cap_period])
        capped = [one.cap * (MONTHS[YEAR] // MONTHS[one.cap_period]) for one in scheme.categories if one.cap is not None]
        if sum(capped, Decimal(0)) > total:
            yield Finding(
                "cap_below_categories",
                WARN,
                f"各类封顶加起来全年 {plain(sum(capped, Decimal(0)))} 分，总分只到 {plain(total)} 分，有人各类都满了也拿不到。",
                "head",
            )


def _items(scheme: Scheme, recorded: Collection[str] | None) -> Iterator[Finding]:
    multiplying = {multiplier.fact_kind for multiplier in scheme.multipliers}
    for item in scheme.items:
        at = anchor_of("item", item.code)
        if max(item.values) > 0 > min(item.values):
            yield Finding("mixed_sign", STOP, f"“{item.name}”有加分也有扣分。分成两项，一项只加，一项只扣。", at)
        if not any(item.values) and not item.is_veto and item.fact_kind not in multiplying:
            yield Finding("worthless", STOP, f"“{item.name}”的分值是 0。填上分值，或删去这一项。", at)
        if not is_known(item.fact_kind):
            yield Finding("no_such_kind", STOP, f"“{item.name}”没有哪种记实会计到。从列出的种类里选，或改为人工认定。", at)
        elif is_by_hand(item.fact_kind) and not item.manual:
            yield Finding("nobody_files", STOP, f"“{item.name}”要由人登记，却没有勾“人工认定”。勾上，支部才登记得了。", at)
        elif recorded is not None and not item.manual and item.fact_kind not in recorded:
            yield Finding("never_recorded", WARN, f"“{item.name}”要的记实，近 12 个月一笔也没有。看看种类选得对不对。", at)
        for sentence in _unknown_grades(item):
            yield Finding("no_such_grade", STOP, sentence, at)
        most = max(abs(value) for value in item.values)
        if item.fact_kind == LAST_YEAR and most > 1:
            yield Finding("carries_more", STOP, f"“{item.name}”上年 1 分结转成 {plain(most)} 分。结转两成写 0.2，全部结转写 1。", at)
        elif most > MOST_A_UNIT:
            yield Finding("too_large", STOP, f"“{item.name}”一{item.unit}记 {plain(most)} 分，最多 {MOST_A_UNIT} 分。看看小数点。", at)
        if item.cap is not None and most > item.cap:
            yield Finding("cap_below_one", WARN, f"“{item.name}”一{item.unit}就超过封顶的 {plain(item.cap)} 分，多的不计。", at)
    for one, other in combinations(scheme.items, 2):
        if one.fact_kind == other.fact_kind and not (one.shares_fact and other.shares_fact) and (both := _classes_of_both(one, other)):
            whom = "" if len(both) == len(CLASSES) else f"对{'、'.join(CLASSES[name] for name in CLASSES if name in both)}党员"
            yield Finding(
                "overlap",
                STOP,
                f"“{one.name}”和“{other.name}”计的是同一种记实，{whom}一件事会计两次。分开适用的分类；确要各计一次的，两项都勾“与别的项目同计”。",
                anchor_of("item", other.code),
            )


def _classes_of_both(one: Item, other: Item) -> set[str]:
    return {name for name in CLASSES if one.holds_for(name) and other.holds_for(name)}


def _classes(scheme: Scheme) -> Iterator[Finding]:
    gaining = [item for item in scheme.items if max(item.values) > 0]
    for name, label in CLASSES.items():
        if gaining and not any(item.holds_for(name) for item in gaining):
            yield Finding("class_without_item", WARN, f"{label}党员没有一项能得分。免于积分的写进办法；不免的补一项。", "items")


def _unknown_grades(part: Item | Multiplier) -> Iterator[str]:
    """What is wrong with the grades of a kind that has its own, such as the four results of 民主评议: nothing can name another."""
    known = grades_of(part.fact_kind)
    for grade in part.grades:
        if known and grade.code not in known:
            yield f"“{part.name}”的“{grade.name}”一档，{label_of(part.fact_kind)}里没有。只有{'、'.join(known.values())}，照这几个名称写。"


def _multipliers(scheme: Scheme) -> Iterator[Finding]:
    for multiplier in scheme.multipliers:
        at = anchor_of("multiplier", multiplier.category or "total")
        if not is_known(multiplier.fact_kind):
            yield Finding("no_such_kind", STOP, f"系数“{multiplier.name}”没有哪种记实会用到。从列出的种类里选。", at)
        elif not is_by_hand(multiplier.fact_kind):
            words = f"系数“{multiplier.name}”按“{label_of(multiplier.fact_kind)}”定，那里只记多少，不分好坏。改按民主评议结果，或者一种人工认定。"
            yield Finding("no_ratio_told", STOP, words, at)
        written = {grade.code for grade in multiplier.grades}
        if lacking := [name for code, name in grades_of(multiplier.fact_kind).items() if code not in written]:
            yield Finding("no_ratio", STOP, f"系数“{multiplier.name}”没有写{'、'.join(lacking)}乘多少。每个档次都写上。", at)
        for sentence in _unknown_grades(multiplier):
            yield Finding("no_such_grade", STOP, sentence, at)
        if (most := max((grade.ratio for grade in multiplier.grades), default=Decimal(0))) > MOST_TIMES:
            yield Finding("too_large", STOP, f"系数“{multiplier.name}”乘到 {plain(most)} 倍，最多 {MOST_TIMES} 倍。加两成写 1.2。", at)
        entered = any(item.fact_kind == multiplier.fact_kind for item in scheme.items)
        if is_by_hand(multiplier.fact_kind) and not entered:
            yield Finding(
                "nobody_files_ratio",
                STOP,
                f"系数“{multiplier.name}”靠人工登记，却没有一个项目让人登记。加一项同种记实的项目，分值写 0。",
                at,
            )


def _thresholds(scheme: Scheme) -> Iterator[Finding]:
    of_period: dict[tuple[str, str], list[Threshold]] = {}
    for threshold in sorted(scheme.thresholds, key=lambda one: one.at_least):
        of_period.setdefault((threshold.period, threshold.of), []).append(threshold)
    most = {period: bounds.best(scheme, period) for period in {period for period, _ in of_period}}
    for (period, of), rising in of_period.items():
        yield from _one_ladder(rising, most[period], f"{'全年' if period == YEAR else '每季'}{'' if of == ALL else OF_WORDS[of]}")
    for period in (QUARTER, YEAR):
        named = {of for one, of in of_period if one == period}
        for lacking, other in ((FULL, PROBATIONARY), (PROBATIONARY, FULL)):
            if other in named and not named & {ALL, lacking}:
                yield Finding("nobody_graded", WARN, f"{OF_WORDS[lacking]}没有等次，只给{OF_WORDS[other]}定了。", "thresholds")


def _one_ladder(rising: list[Threshold], most: Decimal | None, where: str) -> Iterator[Finding]:
    """The thresholds of one period and one kind of member, from the lowest."""
    for threshold in rising:
        if most is not None and threshold.at_least > most:
            yield Finding(
                "unreachable",
                STOP,
                f"{where}“{threshold.name}”要 {plain(threshold.at_least)} 分，照各项封顶最多只能得 {plain(most)} 分，谁也达不到。降低分数线或放宽封顶。",
                "thresholds",
            )
    for name, times in Counter(one.name for one in rising).items():
        if times > 1:
            yield Finding("same_name", STOP, f"{where}有 {times} 个等次都叫“{name}”。各起一个名字，或删去多的。", "thresholds")
    for points, times in Counter(one.at_least for one in rising).items():
        if times > 1:
            yield Finding("same_points", STOP, f"{where}满 {plain(points)} 分有 {times} 个等次，分不清是哪个。删去多的。", "thresholds")
    starred = [one for one in rising if one.stars]
    if [one.stars for one in starred] != sorted({one.stars for one in starred}):
        yield Finding("stars_fall", STOP, f"{where}分数高的星级反而不高。星级要随分数上升。", "thresholds")
    red = [one.at_least for one in rising if one.on_list == RED]
    yellow = [one.at_least for one in rising if one.on_list == YELLOW]
    if red and yellow and max(yellow) > min(red):
        yield Finding("yellow_above_red", STOP, f"{where}上黄榜的分数比上红榜的还高。黄榜要在红榜下面。", "thresholds")
    if rising[0].at_least > 0:
        yield Finding(
            "gap_below", WARN, f"{where}不到 {plain(rising[0].at_least)} 分的没有等次。要有，加一个“满 0 分”的等次。", "thresholds"
        )
