"""Why somebody is on a list, or not yet: sentences from what each leaf of the tree said. Pure.

Whether a leaf holds is not decided here: the one evaluation in SQL says so (`selectors.evaluation`), and this puts it into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from members.care.rules import criteria as c
from members.care.rules.conditions import KINDS, gap
from members.rules.ages import party_since, reaches, whole_years
from members.rules.codes import CATEGORIES, SEXES
from partyportal.core.days import chinese_day


@dataclass(frozen=True, kw_only=True)
class Person:
    """What the sentences name: the days, and what held of the person on each leaf's day."""

    birth_on: date
    joined_on: date
    full_on: date | None
    held: Mapping[c.Held, tuple[tuple[str, date], ...]]  # leaf → (kind, since)


def holds(node: c.Node, said: Mapping[c.Leaf, bool]) -> bool:
    """Whether a node holds, its leaves having been evaluated."""
    match node:
        case c.All(parts):
            return all(holds(part, said) for part in parts)
        case c.Any(parts):
            return any(holds(part, said) for part in parts)
        case c.Not(part):
            return not holds(part, said)
        case leaf:
            return said[leaf]


def why(node: c.Node, said: Mapping[c.Leaf, bool], person: Person, on: date) -> list[str]:
    """Why a node holds, or does not. On a list the guards (no 处分 …) are left out where anything else speaks."""
    if not holds(node, said):
        return _why_not(node, said, person, on)
    told = _deciding(node, said)
    spoken = [leaf for leaf in told if not isinstance(leaf, c.GUARDS)] or told
    return [sentence(leaf, said[leaf], person, on) for leaf in dict.fromkeys(spoken)]


def codes(node: c.Node, said: Mapping[c.Leaf, bool], person: Person, on: date) -> list[dict]:
    """Why a node holds, as what a fixed list keeps: the kind of each reason with its day or years, no words and no name."""
    told = _deciding(node, said)
    spoken = [leaf for leaf in told if not isinstance(leaf, c.GUARDS)] or told
    return [code for leaf in dict.fromkeys(spoken) for code in _codes(leaf, person, on)]


def _codes(leaf: c.Leaf, person: Person, on: date) -> list[dict]:
    match leaf:
        case c.Age():
            return [{"leaf": "age", "years": whole_years(person.birth_on, day := c.day_of(leaf.on, on)), "on": day.isoformat()}]
        case c.PartyAge():
            since, day = _party_since(leaf, person), c.day_of(leaf.on, on)
            years = {} if since is None or since > day else {"since": since.isoformat(), "years": whole_years(since, day)}
            return [{"leaf": "party_age", "on": day.isoformat(), **years}]
        case c.Joined():
            return [{"leaf": "joined", "since": person.joined_on.isoformat()}]
        case c.Held():
            return [{"leaf": "condition", "kind": kind, "since": since.isoformat()} for kind, since in person.held.get(leaf, ())]
        case _:
            return [{"leaf": next(code for code, kind in c.LEAVES.items() if isinstance(leaf, kind))}]


def reads(codes: list[dict]) -> list[str]:
    """The kept reasons of a fixed list in words."""
    told = []
    for code in codes:
        since = _month(date.fromisoformat(code["since"])) if "since" in code else ""
        on = chinese_day(date.fromisoformat(code["on"]), year=True) if "on" in code else ""
        told.append(
            {
                "age": f"到{on} {code.get('years')} 岁",
                "party_age": f"党龄从{since}算，到{on} {code.get('years')} 年" if since else "没有党龄",
                "joined": f"{since}入党",
                "condition": f"{since}起登记为{KINDS.get(code.get('kind', ''), '')}",
            }.get(code["leaf"], c.LEAF_LABELS[code["leaf"]])
        )
    return told


def _deciding(node: c.Node, said) -> list[c.Leaf]:
    """The leaves by which a node is what it is."""
    match node:
        case c.All(parts):
            decides = parts if holds(node, said) else [part for part in parts if not holds(part, said)]
            return [leaf for part in decides for leaf in _deciding(part, said)]
        case c.Any(parts):
            decides = [part for part in parts if holds(part, said)] if holds(node, said) else parts
            return [leaf for part in decides for leaf in _deciding(part, said)]
        case c.Not(part):
            return _deciding(part, said)
        case leaf:
            return [leaf]


def _why_not(node: c.Node, said, person: Person, on: date) -> list[str]:
    """What is missing: every failing part of 全部 for itself, the ways of 任一 in one sentence."""
    match node:
        case c.All(parts):
            return [line for part in parts if not holds(part, said) for line in _why_not(part, said, person, on)]
        case c.Any(parts):
            ways = ["，".join(_why_not(part, said, person, on)) for part in parts]
            return ["；或者".join(dict.fromkeys(ways))]
        case _:
            return [sentence(leaf, said[leaf], person, on) for leaf in dict.fromkeys(_deciding(node, said))]


def sentence(leaf: c.Leaf, held: bool, person: Person, on: date) -> str:
    """One leaf about one person: what is, and by how much it misses."""
    match leaf:
        case c.Age():
            return _age(leaf, held, person, on)
        case c.PartyAge():
            return _party_age(leaf, held, person, on)
        case c.Joined(before):
            return f"{_month(person.joined_on)}入党，{'' if held else '不'}在{chinese_day(before, year=True)}以前"
        case c.Held(kinds):
            rows = person.held.get(leaf, ())
            if held and rows:
                return "，".join(f"{_month(since)}起登记为{KINDS[kind]}" for kind, since in rows)
            return ("" if held else "没有") + f"登记{_either(kinds, KINDS)}"
        case c.InClass(names):
            return ("" if held else "不") + f"是{_either(names, c.CLASSES)}党员"
        case c.OfSex(value):
            return SEXES[value if held else "2" if value == "1" else "1"]
        case c.OfCategory(value):
            return CATEGORIES[value if held else "probationary" if value == "full" else "full"]
        case c.Appraised(never, back):
            return f"{on.year - back} 年民主评议{'没有' if held else ''}评为{_either(never, c.GRADES)}"
        case c.Unpunished():
            return "没有在影响期内的处分" if held else "有在影响期内的处分"
        case c.InStanding():
            return "没有停止党籍" if held else "停止党籍"
        case c.AtHome():
            return f"{_as_of(leaf.on, on)}组织关系{'' if held else '不'}在本县"


def _age(leaf: c.Age, held: bool, person: Person, on: date) -> str:
    day = c.day_of(leaf.on, on)
    years = whole_years(person.birth_on, day)
    told = f"{_as_of(leaf.on, on)}{years} 岁".strip()
    return told if held else told + _miss(leaf, person.birth_on, years, day)


def _party_age(leaf: c.PartyAge, held: bool, person: Person, on: date) -> str:
    day, since = c.day_of(leaf.on, on), _party_since(leaf, person)
    if since is None or since > day:
        return f"{_month(person.joined_on)}入党，{_as_of(leaf.on, on)}还没有转正，没有党龄"
    years = whole_years(since, day)
    told = f"{_month(since)}{'入党' if since == person.joined_on else '转正'}，{_as_of(leaf.on, on)}党龄 {years} 年"
    return told if held else told + _miss(leaf, since, years, day)


def _party_since(leaf: c.PartyAge, person: Person) -> date | None:
    return party_since(person.joined_on, person.full_on, leaf.no_probation)


def _miss(leaf: c.Age | c.PartyAge, since: date, years: int, day: date) -> str:
    if leaf.at_least is not None and years < leaf.at_least:
        return f"，差 {gap(day, reaches(since, leaf.at_least))}"
    return f"，超过 {leaf.at_most}" if leaf.at_most is not None and years > leaf.at_most else ""


def _as_of(rule: str, on: date) -> str:
    """To which day a figure is told: nothing for the day that is asked."""
    return "" if rule == c.TODAY else f"到{chinese_day(c.day_of(rule, on), year=True)}"


def _month(day: date) -> str:
    return f"{day.year}年{day.month}月"


def _either(values, labels: Mapping[str, str]) -> str:
    return "或".join(labels[value] for value in values)


# ── What a criterion says, before anybody is asked ──────────────────────────
def described(node: c.Node, depth: int = 0) -> list[tuple[int, str]]:
    """The tree as sentences, each with how deep it stands."""
    match node:
        case c.All(parts):
            return [(depth, "满足以下全部"), *(line for part in parts for line in described(part, depth + 1))]
        case c.Any(parts):
            return [(depth, "满足以下任一"), *(line for part in parts for line in described(part, depth + 1))]
        case c.Not(part):
            return [(depth, "不能是"), *described(part, depth + 1)]
        case leaf:
            return [(depth, asked(leaf))]


def asked(leaf: c.Leaf) -> str:
    """What one leaf asks for."""
    match leaf:
        case c.Age():
            return f"{_told(leaf.on)}年龄 {_range(leaf, '岁')}"
        case c.PartyAge(no_probation=span):
            told = f"{_told(leaf.on)}党龄 {_range(leaf, '年')}"
            return told if span is None else f"{told}（{_month(span[0])}至{_month(span[1])}入党的从入党之日算）"
        case c.Joined(before):
            return f"{chinese_day(before, year=True)}以前入党"
        case c.Held(kinds):
            return f"{_told(leaf.on)}登记为{_either(kinds, KINDS)}"
        case c.InClass(names):
            return f"{_told(leaf.on)}是{_either(names, c.CLASSES)}党员"
        case c.OfSex(value):
            return SEXES[value]
        case c.OfCategory(value):
            return f"{_told(leaf.on)}是{CATEGORIES[value]}"
        case c.Appraised(never, back):
            year = {0: "当年", 1: "上一年"}.get(back, f"{back} 年前那一年")
            return f"{year}民主评议没有评为{_either(never, c.GRADES)}"
        case c.Unpunished():
            return f"{_told(leaf.on)}没有在影响期内的处分"
        case c.InStanding():
            return f"{_told(leaf.on)}没有停止党籍"
        case c.AtHome():
            return f"{_told(leaf.on)}组织关系在本县"


def _told(rule: str) -> str:
    return (
        {c.TODAY: "", c.JULY: "到7月1日", c.YEAR_END: "到年底"}.get(rule)
        if rule in c.DAY_RULES
        else f"到{chinese_day(date.fromisoformat(rule), year=True)}"
    )


def _range(leaf: c.Age | c.PartyAge, unit: str) -> str:
    if leaf.at_most is None:
        return f"{leaf.at_least} {unit}以上"
    if leaf.at_least is None:
        return f"{leaf.at_most} {unit}以下"
    return f"{leaf.at_least} {unit}" if leaf.at_least == leaf.at_most else f"{leaf.at_least} 到 {leaf.at_most} {unit}"
