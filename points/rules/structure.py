"""What no text of a scheme may say, wherever it comes from: the parts have to fit together before they can be stored.

The forms ask it of one part at a time; a whole text sent at once (API) is asked here, each fault at its place.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from points.rules.content import MONTHS, Item, Multiplier, Scheme
from points.rules.kinds import grades_of

Fault = tuple[str, str]  # where, and the sentence


def faults(text: Scheme) -> Iterator[Fault]:
    """Everything that does not fit, from the head down."""
    yield from _cap("", text)
    yield from _once("categories", [one.code for one in text.categories], "类别代码")
    yield from _once("items", [one.code for one in text.items], "项目代码")
    for at, category in enumerate(text.categories):
        yield from _cap(f"categories.{at}.", category)
    known = {one.code for one in text.categories}
    for at, item in enumerate(text.items):
        place = f"items.{at}."
        yield from _cap(place, item)
        if item.category not in known:
            yield f"{place}category", f"“{item.name}”的类别“{item.category}”没有写在 categories 里。"
        if item.is_veto and (item.value or item.cap is not None):
            yield f"{place}value", "一票否决的项目分值写 0，也不封顶。"
        yield from _grades(place, item)
    yield from _once("multipliers", [one.category for one in text.multipliers], "系数的类别", key="category")
    for at, multiplier in enumerate(text.multipliers):
        if multiplier.category and multiplier.category not in known:
            yield f"multipliers.{at}.category", f"“{multiplier.name}”的类别“{multiplier.category}”没有写在 categories 里。"
        yield from _grades(f"multipliers.{at}.", multiplier)
    ladder: set[tuple] = set()
    for at, one in enumerate(text.thresholds):
        if (rung := (one.period, one.of, one.at_least)) in ladder:
            yield f"thresholds.{at}.at_least", "同一分数只能定一个等次，这个分数已经有了。"
        ladder.add(rung)


def _cap(place: str, part) -> Iterator[Fault]:
    if (part.cap is None) != (part.cap_period not in MONTHS):
        yield f"{place}cap_period", "写了封顶的分数，再选一个周期；不封顶的两样都不写。"


def _once(place: str, names: list[str], what: str, *, key: str = "code") -> Iterator[Fault]:
    for at, name in enumerate(names):
        if name in names[:at]:
            yield f"{place}.{at}.{key}", f"{what}“{name or '全年总分'}”写了两次。"


def _grades(place: str, part: Item | Multiplier) -> Iterator[Fault]:
    names = [grade.name for grade in part.grades]
    if len(names) > len(set(names)):
        yield f"{place}grades", "有两档叫同一个名字，改一个。"


def with_codes(text: Scheme, *, new: Callable[[], str]) -> Scheme:
    """Every grade with its code: of one name in one version, whether an item or a ratio writes it, there is one code.

    A fact names its grade by code, so 优秀 has to mean to a ratio what it means to whoever files it. A new name gets a new code.
    """
    known: dict[str, dict[str, str]] = {}
    for part in (*text.items, *text.multipliers):
        names = known.setdefault(part.fact_kind, {name: code for code, name in grades_of(part.fact_kind).items()})
        for grade in part.grades:
            if grade.code and not grades_of(part.fact_kind):
                names.setdefault(grade.name, grade.code)

    def coded(part):
        return replace(part, grades=code_grades(part.grades, kind=part.fact_kind, known=known[part.fact_kind], new=new))

    return replace(text, items=tuple(map(coded, text.items)), multipliers=tuple(map(coded, text.multipliers)))


def code_grades(grades: tuple, *, kind: str, known: dict[str, str], new: Callable[[], str]) -> tuple:
    """The grades of one part, each under the code its name is known by, else its own, else a new one that from now on is known."""
    taken: set[str] = set()
    done = []
    for grade in grades:
        code = known.get(grade.name) or ("" if grades_of(kind) else grade.code)
        if not code or code in taken:
            code = new()
        known[grade.name] = code
        taken.add(code)
        done.append(replace(grade, code=code))
    return tuple(done)
