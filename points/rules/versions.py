"""What changed from one version to the next, part by part: categories and items by code, ratios by what they multiply, grades by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from points.rules import wording
from points.rules.content import MONTHS, QUARTER, TO_DATE, Category, Item, Multiplier, Scheme

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
WORDS = {ADDED: "新增", REMOVED: "取消", CHANGED: "改动"}


@dataclass(frozen=True)
class Change:
    """One part that differs: `before` and `after` are what each version says of it, "" where it says nothing."""

    kind: str
    name: str
    before: str
    after: str

    @property
    def word(self) -> str:
        return WORDS[self.kind]


def differences(before: Scheme, after: Scheme) -> list[Change]:
    """In the order of the newer version; what is gone comes last in its section."""
    changes = []
    for name, tell in _HEAD:
        if (old := tell(before)) != (new := tell(after)):
            changes.append(Change(CHANGED, name, old or "没有", new or "没有"))
    changes += _compared(before.categories, after.categories, key=lambda one: one.code, tell=_category, noun="类别")
    names = {one.code: one.name for one in (*before.categories, *after.categories)}
    changes += _compared(before.items, after.items, key=lambda one: one.code, tell=lambda one: _item(one, names))
    changes += _compared(before.multipliers, after.multipliers, key=lambda one: one.category, tell=lambda one: _multiplier(one, names))
    return changes + _compared(
        before.thresholds, after.thresholds, key=lambda one: (one.period, one.of, one.name), tell=wording.rank, noun="等次"
    )


def _compared(before: Iterable, after: Iterable, *, key: Callable, tell: Callable[..., str], noun: str = "") -> list[Change]:
    old, new = {key(one): one for one in before}, {key(one): one for one in after}
    changes = []
    for at, part in new.items():
        if at not in old:
            changes.append(Change(ADDED, f"{noun}{part.name}", "", tell(part)))
        elif tell(old[at]) != tell(part) or old[at].name != part.name:
            renamed = f"原名“{old[at].name}”，" if old[at].name != part.name else ""
            changes.append(Change(CHANGED, f"{noun}{part.name}", renamed + tell(old[at]), tell(part)))
    changes += [Change(REMOVED, f"{noun}{part.name}", tell(part), "") for at, part in old.items() if at not in new]
    return changes


_HEAD: tuple[tuple[str, Callable[[Scheme], str]], ...] = (
    ("名称", lambda one: one.name),
    ("总分", lambda one: wording.cap(one.cap, one.cap_period) if one.cap_period in MONTHS else ""),
    ("总分下限", lambda one: wording.floor(one.floor)),
    ("季度定级", lambda one: "按当年累计" if one.quarter_counts == TO_DATE else "按本季度得分" if _graded_by_quarter(one) else ""),
)


def _graded_by_quarter(scheme: Scheme) -> bool:
    return any(threshold.period == QUARTER for threshold in scheme.thresholds)


def _category(category: Category) -> str:
    return wording.bounds(category) or "不封顶"


def _item(item: Item, names: dict[str, str]) -> str:
    return "；".join(
        part
        for part in (
            names[item.category],
            wording.worth(item),
            wording.cap(item.cap, item.cap_period),
            wording.classes(item),
            "支部登记、另一人确认" if item.manual else "",
            item.article,
            item.note,
        )
        if part
    )


def _multiplier(multiplier: Multiplier, names: dict[str, str]) -> str:
    of = names.get(multiplier.category, "") if multiplier.category else "总分"
    return f"{of}{wording.ratios(multiplier)}"
