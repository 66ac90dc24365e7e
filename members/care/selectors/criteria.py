"""Criteria as their pages show them: what a draft would change before it is put in force, and the tree as lines one can edit."""

from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Count, Q

from members.care.models import Criterion, CriterionVersion
from members.care.rules import criteria, reasons, trees
from members.care.selectors.evaluation import met, reasons_of
from members.care.selectors.lists import listed, version_on
from members.models import Member

SHOWN = 20


def lost(current: CriterionVersion, node: criteria.Node, *, on: date) -> int:
    """How many a new tree takes off the list of a version."""
    return Member.objects.filter(listed(current, on=on)).exclude(met(node, on=on)).count()


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a draft would list on a day, beside the version in force."""

    now: int
    more: int
    fewer: int
    current: CriterionVersion | None
    added: list[tuple[Member, list[str]]]
    gone: list[tuple[Member, list[str]]]


def preview(draft: CriterionVersion, *, user, on: date) -> Preview:
    """Counts of the whole list; names of those the user may see in it. `Unfit` where the draft cannot be used."""
    fits = listed(draft, on=on)
    current = version_on(draft.criterion, on)
    held = Q(pk__in=[]) if current is None else listed(current, on=on)
    counts = Member.objects.aggregate(
        now=Count("pk", filter=fits), more=Count("pk", filter=fits & ~held), fewer=Count("pk", filter=~fits & held)
    )
    return Preview(
        **counts,
        current=current,
        added=_told(Member.objects.filter(fits).exclude(held), draft, user, on) if counts["more"] else [],
        gone=_told(Member.objects.filter(held).exclude(fits), draft, user, on) if counts["fewer"] else [],
    )


def _told(rows, draft: CriterionVersion, user, on: date) -> list[tuple[Member, list[str]]]:
    people = list(rows.where(user, "care.see").select_related("branch").defer("id_number").order_by("pinyin", "pk")[:SHOWN])
    why = reasons_of(draft.node, people, on=on)
    return [(person, why[person.pk]) for person in people]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One node of a draft in its editor: where, how deep, its words, and what is wrong with it."""

    at: str
    depth: int
    words: str
    is_group: bool
    negated: bool  # 不能是 stands before it; `outer` is then the place of that
    outer: str
    fault: str = ""
    leaf: dict = field(default_factory=dict)


def lines_of(tree: dict) -> list[Line]:
    """The nodes from top to bottom. 不能是 is told on the line it turns round."""
    try:
        criteria.read(tree)
        faults: dict[str, str] = {}
    except criteria.Unfit as unfit:
        faults = {fault.at: fault.message for fault in unfit.faults}
    return _lines(trees.editable(tree), "", 0, faults)


def _lines(node: dict, at: str, depth: int, faults: dict[str, str]) -> list[Line]:
    if "not" in node:
        inner = _lines(node["not"], f"{at}.0".lstrip("."), depth, faults)
        first = replace(inner[0], negated=True, outer=at, words=f"不能是：{inner[0].words}", fault=inner[0].fault or faults.get(at, ""))
        return [first, *inner[1:]]
    fault = faults.get(at, "")
    word = next((word for word in trees.GROUPS if word in node), None)
    if word is None:
        words = (fault and "这一条不能用") or reasons.asked(criteria.read(node))
        return [Line(at=at, depth=depth, words=words, is_group=False, negated=False, outer=at, fault=fault, leaf=node)]
    head = Line(
        at=at,
        depth=depth,
        words="满足以下全部" if word == "all" else "满足以下任一",
        is_group=True,
        negated=False,
        outer=at,
        fault=fault,
    )
    return [head, *(line for n, part in enumerate(node[word]) for line in _lines(part, f"{at}.{n}".lstrip("."), depth + 1, faults))]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A criterion in the table of criteria."""

    criterion: Criterion
    current: CriterionVersion | None
    draft: CriterionVersion | None
    ahead: CriterionVersion | None  # put in force from a day still to come


def table(user, *, on: date) -> list[Row]:
    """Every list the user may read with its version in force and its draft: two statements."""
    rows = list(Criterion.objects.visible_to(user).select_related("organisation").order_by("position", "code"))
    versions: dict[int, list[CriterionVersion]] = {}
    for version in CriterionVersion.objects.filter(criterion__in=rows).select_related("written_by").order_by("number"):
        versions.setdefault(version.criterion_id, []).append(version)
    return [_row(row, versions.get(row.pk, []), on) for row in rows]


def _row(criterion: Criterion, versions: list[CriterionVersion], on: date) -> Row:
    enacted = [one for one in versions if one.enacted_at is not None and (one.end is None or one.end > on)]
    return Row(
        criterion=criterion,
        current=next((one for one in enacted if one.start <= on), None),
        draft=next((one for one in versions if one.enacted_at is None), None),
        ahead=next((one for one in enacted if one.start > on), None),
    )
