"""How a card is scored and how a tree adds up. Pure: no Django, no clock."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

WHOLE = Decimal(100)


class Share(NamedTuple):
    """So many of so many; nothing due is no failure and no success."""

    done: int
    due: int

    def __add__(self, other: "Share") -> "Share":
        return Share(self.done + other.done, self.due + other.due)

    @property
    def missing(self) -> int:
        return self.due - self.done


NOTHING = Share(0, 0)


def card_score(lines: Iterable[tuple[Decimal, Share]]) -> Decimal | None:
    """The weighted mean of done/due, of 100, over the indicators of which something was due; None when nothing was."""
    counted = [(weight, share) for weight, share in lines if share.due and weight]
    total = sum(weight for weight, _ in counted)
    if not total:
        return None
    reached = sum(weight * share.done / share.due for weight, share in counted)
    return (reached * WHOLE / total).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def rolled_up(shares: Mapping[str, Share]) -> dict[int, Share]:
    """What each organisation of the tree reaches together with all below it, from the shares of single paths ("/1/4/17/")."""
    sums: dict[int, Share] = {}
    for path, share in shares.items():
        for node in path.strip("/").split("/"):
            sums[int(node)] = sums.get(int(node), NOTHING) + share
    return sums


def split_below(shares: Mapping[str, Share], node: int) -> dict[int, Share]:
    """The share of a node by its children: each with all below it, the node itself for what hangs on it directly."""
    parts: dict[int, Share] = {}
    for path, share in shares.items():
        nodes = [int(part) for part in path.strip("/").split("/")]
        if node in nodes:
            at = nodes.index(node)
            child = nodes[at + 1] if at + 1 < len(nodes) else node
            parts[child] = parts.get(child, NOTHING) + share
    return parts


def judged_months(year: int, today: date) -> tuple[date, date] | None:
    """The first and last month of the year that are over; the running month is not judged."""
    last = 12 if today.year > year else today.month - 1 if today.year == year else 0
    return (date(year, 1, 1), date(year, last, 1)) if last else None


def judged_day(year: int, today: date) -> date:
    """The day whose roster a year's card is about: today, or the last of a year gone by."""
    return min(today, date(year, 12, 31))


def weights_fault(weights: Iterable[Decimal]) -> str:
    """Why these weights cannot be a year's, or nothing."""
    weights = list(weights)
    if any(weight < 0 for weight in weights):
        return "权重不能是负数。"
    total = sum(weights)
    if total != WHOLE:
        return f"各项权重合计要是 100，现在是 {total.normalize():f}。"
    return ""
