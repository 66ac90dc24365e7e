"""试算的结果: in sums, by class and by place, and person by person."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Floor

from branches.models import Organisation
from members.models import MemberClass
from points.models import Category, Entry, Item, SimulatedMember, Simulation
from points.settlement.simulate import by_item

SHOWS = (("", "全部"), ("gain", "多得"), ("loss", "少得"), ("grade", "等次有变"), ("falls", "会吃亏"))
STEP = 10  # points a bar of the distribution is wide


@dataclass(frozen=True)
class Group:
    """A class of member or an organisation: how many, how many move, and what they have together."""

    name: str
    key: str
    members: int
    gains: int
    losses: int
    regraded: int
    change: Decimal


@dataclass(frozen=True)
class ItemChange:
    """One item or adjustment of one member."""

    name: str
    now: Decimal
    then: Decimal

    @property
    def difference(self) -> Decimal:
        return self.then - self.now


def narrowed(
    rows: QuerySet[SimulatedMember], *, show: str = "", member_class: str = "", organisation: Organisation | None = None, q: str = ""
) -> QuerySet[SimulatedMember]:
    """The rows an address asks for, in order of name."""
    rows = {"gain": rows.gaining, "loss": rows.losing, "grade": rows.regraded, "falls": lambda: rows.filter(falls=True)}.get(
        show, rows.all
    )()
    if member_class:
        rows = rows.filter(member_class=member_class)
    if organisation:
        rows = rows.filter(organisation__path__startswith=organisation.path)
    if q:
        rows = rows.filter(
            Q(member__name__contains=q) | Q(member__initials__startswith=q.lower()) | Q(member__pinyin__startswith=q.lower())
        )
    return rows.select_related("member", "organisation", "grade_before", "grade_after").order_by("member__pinyin", "member_id")


def by_class(simulation: Simulation) -> list[Group]:
    """In the order of the classes."""
    found = {row["member_class"]: row for row in simulation.rows.order_by().values("member_class").annotate(**_SUMS)}
    return [_group(label, code, [found[code]]) for code, label in MemberClass.Name.choices if code in found]


def by_place(simulation: Simulation, above: Organisation) -> list[Group]:
    """By what hangs directly below an organisation, in order of code."""
    depth, found = above.path.count("/"), {}
    for row in simulation.rows.order_by().values("organisation__path").annotate(**_SUMS):
        step = row["organisation__path"].split("/")[depth] if row["organisation__path"].startswith(above.path) else ""
        found.setdefault(step, []).append(row)
    return [_group(str(child), child.code, found[str(child.pk)]) for child in above.children.order_by("code") if str(child.pk) in found]


_SUMS = {
    "people": Count("pk"),
    "gains": Count("pk", filter=Q(after__gt=F("before"))),
    "losses": Count("pk", filter=Q(after__lt=F("before"))),
    "regrades": Count("pk", filter=Q(is_regraded=True)),
    "change": Sum(F("after") - F("before")),
}


def _group(name: str, key: str, rows: list[dict]) -> Group:
    def summed(field):
        return sum(row[field] for row in rows)

    return Group(name, key, summed("people"), summed("gains"), summed("losses"), summed("regrades"), summed("change"))


def distribution(simulation: Simulation) -> tuple[dict, tuple]:
    """How many have how much, now and under the draft, in bars of ten points: the chart, and the same numbers as a table."""
    sides = []
    for side in ("before", "after"):
        bars = simulation.rows.order_by().annotate(bar=Floor(F(side) / STEP)).values_list("bar").annotate(Count("pk"))
        sides.append({int(bar): count for bar, count in bars})
    known = sides[0].keys() | sides[1].keys()
    bars = range(min(known, default=0), max(known, default=0) + 1)
    labels = [f"{bar * STEP}–{bar * STEP + STEP}" for bar in bars]
    now, then = ([side.get(bar, 0) for bar in bars] for side in sides)
    options = {
        "legend": {"data": ["现行", "草案"]},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": "现行", "data": now}, {"type": "bar", "name": "草案", "data": then}],
    }
    return options, (("分", "现行人数", "草案人数"), list(zip(labels, now, then, strict=True)))


def items_of(row: SimulatedMember) -> list[ItemChange]:
    """What moves one member, item by item: the sum of the differences is the member's."""
    simulation = row.simulation
    found = by_item(simulation.scheme, simulation.start, simulation.year, row.member)
    names = dict(
        Item.objects.filter(code__in=[what for _, what, _, _ in found]).order_by("scheme__published_at").values_list("code", "name")
    )
    categories = dict(Category.objects.filter(code__in=[code for code, _, _, _ in found]).values_list("code", "name"))
    kinds = {str(kind.value): kind.label for kind in Entry.Kind}
    return [
        ItemChange(
            names.get(what) or f"{categories.get(category, '总分')}：{kinds.get(what, what)}", Decimal(now) / 100, Decimal(then) / 100
        )
        for category, what, now, then in found
    ]
