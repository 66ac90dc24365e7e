"""Who meets a tree, worked out slowly and plainly from a person's own days. The product never does it this way; the two must agree."""

from dataclasses import dataclass, field
from datetime import date

Span = tuple[date, date | None]  # from, and the first day no longer


@dataclass
class Known:
    """All that a tree can ask of a person."""

    birth_on: date
    joined_on: date
    full_on: date | None
    sex: str = "1"
    home: list[Span] = field(default_factory=list)
    classes: list[tuple[str, Span]] = field(default_factory=list)
    held: list[tuple[str, Span]] = field(default_factory=list)
    sanctions: list[Span] = field(default_factory=list)
    suspended: list[Span] = field(default_factory=list)
    appraised: list[tuple[date, str]] = field(default_factory=list)


def is_listed(tree: dict, person: Known, on: date) -> bool:
    return any(holds(span, on) for span in person.home) and meets(tree, person, on)


def meets(tree: dict, person: Known, on: date) -> bool:
    if "all" in tree:
        return all(meets(part, person, on) for part in tree["all"])
    if "any" in tree:
        return any(meets(part, person, on) for part in tree["any"])
    if "not" in tree:
        return not meets(tree["not"], person, on)
    day = the_day(tree.get("on", "july" if tree["leaf"] == "at_home" else "today"), on)
    match tree["leaf"]:
        case "age":
            return between(tree, birthdays(person.birth_on, day))
        case "party_age":
            years = party_years(tree, person, day)
            return years is not None and between(tree, years)
        case "joined":
            return person.joined_on < date.fromisoformat(tree["before"])
        case "condition":
            return any(kind in tree["kinds"] and holds(span, day) for kind, span in person.held)
        case "class":
            return any(name in tree["names"] and holds(span, day) for name, span in person.classes)
        case "sex":
            return person.sex == tree["value"]
        case "category":
            full = person.full_on is not None and person.full_on <= day
            return full == (tree["value"] == "full")
        case "appraisal":
            year = on.year - tree.get("back", 1)
            return not any(at.year == year and grade in tree.get("never", ["unqualified"]) for at, grade in person.appraised)
        case "unpunished":
            return not any(holds(span, day) for span in person.sanctions)
        case "in_standing":
            return not any(holds(span, day) for span in person.suspended)
        case "at_home":
            return any(holds(span, day) for span in person.home)
    raise AssertionError(tree)


def the_day(rule: str, on: date) -> date:
    if rule == "today":
        return on
    if rule == "july":
        this_year = date(on.year, 7, 1)
        return this_year if on <= this_year else date(on.year + 1, 7, 1)
    return date(on.year, 12, 31) if rule == "year_end" else date.fromisoformat(rule)


def birthdays(since: date, day: date) -> int:
    """How many anniversaries have come: one after another, of 29 February the 1st of March where there is none."""
    if since > day:
        return -1
    years = 0
    while anniversary(since, years + 1) <= day:
        years += 1
    return years


def anniversary(since: date, years: int) -> date:
    try:
        return date(since.year + years, since.month, since.day)
    except ValueError:
        return date(since.year + years, 3, 1)


def party_years(tree: dict, person: Known, day: date) -> int | None:
    span = tree.get("no_probation", ["1969-04-01", "1977-08-31"])
    in_those_years = span is not None and date.fromisoformat(span[0]) <= person.joined_on <= date.fromisoformat(span[1])
    since = person.joined_on if in_those_years else person.full_on
    return None if since is None or since > day else birthdays(since, day)


def between(tree: dict, years: int) -> bool:
    low, high = tree.get("at_least"), tree.get("at_most")
    return years >= 0 and (low is None or years >= low) and (high is None or years <= high)


def holds(span: Span, day: date) -> bool:
    return span[0] <= day and (span[1] is None or day < span[1])
