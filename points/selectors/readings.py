"""A version laid out as the document people read: head, a chapter for each category, ratios, grades."""

from dataclasses import dataclass

from points.rules import content, wording
from points.rules.kinds import label_of


@dataclass(frozen=True)
class Clause:
    """One item in words."""

    key: str
    article: str
    name: str
    worth: str
    cap: str
    small: str  # for whom, who records, what is said of it


@dataclass(frozen=True)
class Chapter:
    """One category with its items."""

    key: str
    number: str
    name: str
    bounds: str
    clauses: list[Clause]


@dataclass(frozen=True)
class Ratio:
    """One multiplier in words."""

    key: str
    name: str
    article: str
    of: str
    ratios: str


@dataclass(frozen=True)
class Rank:
    """One threshold in words."""

    key: str
    name: str
    from_points: str
    whom: str
    stars: str
    on_list: str
    consequence: str


@dataclass(frozen=True)
class Ladder:
    """The thresholds of one period, highest first."""

    title: str
    ranks: list[Rank]


@dataclass(frozen=True)
class Reading:
    """A whole version in words."""

    head: list[tuple[str, str]]
    chapters: list[Chapter]
    ratios: list[Ratio]
    ladders: list[Ladder]


def reading_of(text: content.Scheme) -> Reading:
    """What the page shows; nothing is asked of the database."""
    names = {one.code: one.name for one in text.categories}
    return Reading(
        head=_head(text),
        chapters=[
            Chapter(
                key=one.code,
                number="一二三四五六七八九十"[at] if at < 10 else f"{at + 1}",
                name=one.name,
                bounds=wording.bounds(one),
                clauses=[_clause(item) for item in text.items_of(one.code)],
            )
            for at, one in enumerate(text.categories)
        ],
        ratios=[
            Ratio(one.category or "total", one.name, one.article, names[one.category] if one.category else "总分", wording.ratios(one))
            for one in text.multipliers
        ],
        ladders=[
            Ladder(title, ranks)
            for title, period in (("全年等次", content.YEAR), ("季度等次", content.QUARTER))
            if (ranks := [_rank(one) for one in sorted(text.thresholds, key=lambda t: (t.of, -t.at_least)) if one.period == period])
        ],
    )


def _head(text: content.Scheme) -> list[tuple[str, str]]:
    said = [("总分", wording.cap(text.cap, text.cap_period) or "不封顶")]
    if text.floor is not None:
        said.append(("下限", wording.floor(text.floor)))
    if any(one.period == content.QUARTER for one in text.thresholds):
        said.append(("季度定级", "按当年累计" if text.quarter_counts == content.TO_DATE else "按本季度得分"))
    if text.source:
        said.append(("依据", text.source))
    return said


def _clause(item: content.Item) -> Clause:
    whom = wording.classes(item)
    said = (
        f"适用：{whom}" if whom and "除外" not in whom else whom,
        "支部登记，另一人确认" if item.manual else label_of(item.fact_kind) if label_of(item.fact_kind) != item.name else "",
        "与别的项目同计" if item.shares_fact else "",
        item.note,
    )
    return Clause(
        item.code, item.article, item.name, wording.worth(item), wording.cap(item.cap, item.cap_period), "；".join(filter(None, said))
    )


def _rank(one: content.Threshold) -> Rank:
    return Rank(
        key=threshold_key(one),
        name=one.name,
        from_points=f"满 {wording.plain(one.at_least)} 分",
        whom="" if one.of == content.ALL else content.OF_WORDS[one.of],
        stars="★" * one.stars,
        on_list=content.LIST_WORDS.get(one.on_list, ""),
        consequence=one.consequence,
    )


def threshold_key(one) -> str:
    """How an address names a threshold: year-all-90.00."""
    return f"{one.period}-{one.of}-{one.at_least:.2f}"
