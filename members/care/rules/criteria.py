"""条件: a boolean tree that says who is on a list. It is data, edited by people, so it is read here with a Chinese sentence for every fault.

    {"all": [{"leaf": "age", "at_least": 80}, {"not": {"leaf": "condition", "kinds": ["hardship"]}}]}

A leaf names a day by a rule (`on`): `today` the day that is asked, `july` the next 七一 (that day itself counts), `year_end` 31 December,
or a day written out. Pure: no Django, no clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from members.care.rules.conditions import KINDS
from members.rules import appraisals
from members.rules.ages import NO_PROBATION
from members.rules.codes import CATEGORIES, SEXES

TODAY, JULY, YEAR_END = "today", "july", "year_end"
DAY_RULES = {TODAY: "看的那天", JULY: "7月1日", YEAR_END: "年底"}

CLASSES = {"village": "农村", "office": "机关事业", "enterprise": "两新组织", "mobile": "流动", "retired": "离退休", "exempt": "年老体弱"}
GRADES = dict(appraisals.GRADES)

DEEPEST, MOST_LEAVES = 4, 30
OLDEST, LONGEST = 130, 110
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Age:
    """年龄 in whole years on a day."""

    at_least: int | None = None
    at_most: int | None = None
    on: str = TODAY


@dataclass(frozen=True)
class PartyAge:
    """党龄 in whole years on a day (`members.rules.ages.party_since`); a line may name another span without 预备期, or none."""

    at_least: int | None = None
    at_most: int | None = None
    on: str = TODAY
    no_probation: tuple[date, date] | None = NO_PROBATION


@dataclass(frozen=True)
class Joined:
    """入党 before a day."""

    before: date


@dataclass(frozen=True)
class Held:
    """登记的情况: one of the kinds holds on a day."""

    kinds: tuple[str, ...]
    on: str = TODAY


@dataclass(frozen=True)
class InClass:
    """党员分类: one of these on a day."""

    names: tuple[str, ...]
    on: str = TODAY


@dataclass(frozen=True)
class OfSex:
    """性别."""

    value: str


@dataclass(frozen=True)
class OfCategory:
    """人员类别 on a day: full from the day of 转正."""

    value: str
    on: str = TODAY


@dataclass(frozen=True)
class Appraised:
    """民主评议: none of these grades `back` years before the year of the day asked."""

    never: tuple[str, ...] = (appraisals.UNQUALIFIED,)
    back: int = 1


@dataclass(frozen=True)
class Unpunished:
    """No 处分 whose 影响期 holds on a day."""

    on: str = TODAY


@dataclass(frozen=True)
class InStanding:
    """党籍 not 停止 on a day."""

    on: str = TODAY


@dataclass(frozen=True)
class AtHome:
    """组织关系 here on a day (beside the day that is asked, on which everybody on a list is)."""

    on: str = JULY


Leaf = Age | PartyAge | Joined | Held | InClass | OfSex | OfCategory | Appraised | Unpunished | InStanding | AtHome


@dataclass(frozen=True)
class All:
    """满足以下全部."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Any:
    """满足以下任一."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """不能是."""

    part: "Node"


Node = All | Any | Not | Leaf

LEAVES: dict[str, type] = {
    "age": Age,
    "party_age": PartyAge,
    "joined": Joined,
    "condition": Held,
    "class": InClass,
    "sex": OfSex,
    "category": OfCategory,
    "appraisal": Appraised,
    "unpunished": Unpunished,
    "in_standing": InStanding,
    "at_home": AtHome,
}
LEAF_LABELS = {
    "age": "年龄",
    "party_age": "党龄",
    "joined": "入党时间",
    "condition": "登记的情况",
    "class": "党员分类",
    "sex": "性别",
    "category": "人员类别",
    "appraisal": "民主评议",
    "unpunished": "没有处分",
    "in_standing": "没有停止党籍",
    "at_home": "组织关系在本县",
}
# What keeps somebody off a list rather than puts them on it: not told among the reasons.
GUARDS = (OfCategory, Appraised, Unpunished, InStanding, AtHome)


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf, from left to right."""
    match node:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield node


# ── Reading ─────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Fault:
    """What is wrong with one node: where (indexes from the root, "" the root) and the sentence its editor reads."""

    at: str
    message: str


class Unfit(Exception):
    """The tree cannot be used; every fault of it at once."""

    def __init__(self, faults: list[Fault]):
        super().__init__("；".join(fault.message for fault in faults))
        self.faults = faults


def read(tree: object) -> Node:
    """The tree as it is used; raises Unfit with every fault."""
    faults: list[Fault] = []
    node = _node(tree, "", 0, faults)
    if node is not None and not faults and sum(1 for _ in leaves(node)) > MOST_LEAVES:
        faults.append(Fault("", f"最多 {MOST_LEAVES} 条，拆成两个名单。"))
    if faults:
        raise Unfit(faults)
    return node


def _node(tree: object, at: str, depth: int, faults: list[Fault]) -> Node | None:
    def fault(message: str) -> None:
        faults.append(Fault(at, message))

    if not isinstance(tree, dict):
        return fault("这里要是一条条件，或者一组条件。")
    words = {"all", "any", "not", "leaf"} & tree.keys()
    if len(words) != 1:
        return fault("一组条件只能写“满足以下全部”“满足以下任一”“不能是”里的一种。")
    word = words.pop()
    if word == "leaf":
        return _leaf(tree, at, faults)
    if set(tree) != {word}:
        return fault("一组条件里有认不出的内容，删去重加。")
    if depth >= DEEPEST:
        return fault(f"最多套 {DEEPEST} 层，把里面的条件提出来。")
    if word == "not":
        part = _node(tree["not"], f"{at}.0".lstrip("."), depth + 1, faults)
        return None if part is None else Not(part)
    parts = tree[word]
    if not isinstance(parts, list) or not parts:
        return fault("这一组里还没有条件，加一条，或者删去这一组。")
    read_parts = [_node(part, f"{at}.{n}".lstrip("."), depth + 1, faults) for n, part in enumerate(parts)]
    if None in read_parts:
        return None
    return (All if word == "all" else Any)(tuple(read_parts))


def _leaf(tree: dict, at: str, faults: list[Fault]) -> Leaf | None:
    kind = tree["leaf"]
    if not isinstance(kind, str) or kind not in LEAVES:
        faults.append(Fault(at, "没有这一种条件，换一种。"))
        return None
    said = {key: value for key, value in tree.items() if key != "leaf"}
    known = LEAVES[kind].__dataclass_fields__
    before = len(faults)
    if unknown := sorted(str(key) for key in said.keys() - known.keys()):
        faults.append(Fault(at, f"{LEAF_LABELS[kind]}这一条里有认不出的内容（{'、'.join(unknown)[:40]}），删去重加。"))
    else:
        _check(kind, said, lambda message: faults.append(Fault(at, message)))
    return None if len(faults) > before else LEAVES[kind](**_typed(said))


def _check(kind: str, said: dict, fault) -> None:
    """Every fault of a leaf's values."""
    label = LEAF_LABELS[kind]
    if "on" in said and not _is_day_rule(said["on"]):
        fault(f"{label}按哪天算：选看的那天、7月1日、年底，或者写一个日子。")
    if kind in {"age", "party_age"}:
        _check_range(label, said, OLDEST if kind == "age" else LONGEST, fault)
    if kind == "party_age" and said.get("no_probation") is not None and _span(said["no_probation"]) is None:
        fault("没有预备期的那段时间要写起止两个日子，起不晚于止。")
    if kind == "joined" and _day(said.get("before")) is None:
        fault("入党时间：写明在哪天以前，如 1949-10-01。")
    if kind == "condition":
        _check_choices("登记的情况", said.get("kinds"), KINDS, fault)
    if kind == "class":
        _check_choices("党员分类", said.get("names"), CLASSES, fault)
    if kind == "sex" and not _among(said.get("value"), SEXES):
        fault("性别：选男或女。")
    if kind == "category" and not _among(said.get("value"), CATEGORIES):
        fault("人员类别：选正式党员或预备党员。")
    if kind == "appraisal":
        _check_choices("民主评议等次", said.get("never", [appraisals.UNQUALIFIED]), GRADES, fault)
        if not _is_number(said.get("back", 1), 0, 5):
            fault("民主评议：看几年以前的，写 0 到 5。")


def _check_range(label: str, said: dict, most: int, fault) -> None:
    low, high = said.get("at_least"), said.get("at_most")
    if low is None and high is None:
        fault(f"{label}：至少写一头，如 80 以上。")
    elif any(value is not None and not _is_number(value, 0, most) for value in (low, high)):
        fault(f"{label}要是 0 到 {most} 的整数。")
    elif low is not None and high is not None and low > high:
        fault(f"{label}从 {low} 到 {high} 不会有人，把两头对调或者改一头。")


def _check_choices(label: str, values: object, known: dict, fault) -> None:
    if not isinstance(values, list) or not values:
        fault(f"{label}：至少选一种。")
    elif not all(_among(value, known) for value in values):
        fault(f"{label}：有认不出的一种，重选。")


def _among(value: object, known: dict) -> bool:
    return isinstance(value, str) and value in known


def _is_number(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _day(value: object) -> date | None:
    if not isinstance(value, str) or len(value) != len("2026-10-01"):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None  # beyond, reckoning from it would leave the calendar


def _span(value: object) -> tuple[date, date] | None:
    days = [_day(one) for one in value] if isinstance(value, list) and len(value) == 2 else [None]
    return None if None in days or days[0] > days[1] else (days[0], days[1])


def _is_day_rule(value: object) -> bool:
    return (isinstance(value, str) and value in DAY_RULES) or _day(value) is not None


def _typed(said: dict) -> dict:
    typed = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
    if "before" in typed:
        typed["before"] = _day(said["before"])
    if typed.get("no_probation") is not None:
        typed["no_probation"] = _span(said["no_probation"])
    return typed


def day_of(rule: str, on: date) -> date:
    """The day a rule names, asked on a day: the next 七一 is this very day on 1 July, and a year later from 2 July on."""
    match rule:
        case "today":
            return on
        case "july":
            return date(on.year + (on > date(on.year, 7, 1)), 7, 1)
        case "year_end":
            return date(on.year, 12, 31)
        case _:
            return date.fromisoformat(rule)
