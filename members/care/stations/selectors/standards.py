"""How stations stand by their standard: each, and the county by kind and township."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from branches.models import Organisation
from members.care.stations import rules
from members.care.stations.models import CheckLine, Checklist, SelfCheck, Station, StationKind

WORDS = {rules.MEETS: "达标", rules.SHORT: "缺必备的", rules.WAITING: "等审核", rules.UNCHECKED: "没有自查"}


@dataclass(frozen=True)
class Standing:
    """How a station stands, and the day its next check is due by (None: its kind has no standard)."""

    state: str
    due_by: date | None
    last: SelfCheck | None = None
    missing: int = 0  # things not there and not mended since

    @property
    def words(self) -> str:
        return WORDS[self.state]


def standings(stations: Iterable[Station], *, today: date) -> dict[int, Standing]:
    """Each station's, by three statements."""
    stations = list(stations)
    every = dict(Checklist.objects.on(today).values_list("kind", "every"))
    lines = Prefetch("lines", CheckLine.objects.select_related("item"))
    last = (
        SelfCheck.objects.counting().filter(station__in=[one.pk for one in stations]).order_by("station", "-period_end").distinct("station")
    )
    checks = {one.station_id: one for one in last.prefetch_related(lines)}
    return {one.pk: _standing(one, checks.get(one.pk), every.get(one.kind_id), today) for one in stations}


def _standing(station: Station, last: SelfCheck | None, every: int | None, today: date) -> Standing:
    if every is None:
        return Standing(rules.UNCHECKED, None, last)
    due_by = rules.next_check_by(station.opened_on, last.period_end if last else None, every)
    found = [rules.Line(line.item.is_required, line.is_met, line.mended_on) for line in last.lines.all()] if last else []
    accepted = last is not None and last.state == SelfCheck.State.ACCEPTED
    missing = sum(not line.is_met and line.mended_on is None for line in found)
    return Standing(rules.standing(found, accepted=accepted, due_by=due_by, today=today), due_by, last, missing)


@dataclass
class Tally:
    """How many of some stations meet the standard, and how the rest stand."""

    label: str
    code: str = ""
    total: int = 0
    by_state: dict[str, int] = field(default_factory=dict)

    def add(self, state: str) -> None:
        self.total += 1
        self.by_state[state] = self.by_state.get(state, 0) + 1

    @property
    def meets(self) -> int:
        return self.by_state.get(rules.MEETS, 0)

    @property
    def short(self) -> int:
        return self.by_state.get(rules.SHORT, 0)

    @property
    def waiting(self) -> int:
        return self.by_state.get(rules.WAITING, 0)

    @property
    def unchecked(self) -> int:
        return self.by_state.get(rules.UNCHECKED, 0)


@dataclass(frozen=True)
class Overview:
    whole: Tally
    by_kind: list[Tally]
    by_township: list[Tally]


def overview(seen, *, today: date) -> Overview:
    """How many stations in sight meet the standard, by kind and by what stands directly under the county: five statements."""
    stations = list(seen.open().select_related("organisation"))
    stood = standings(stations, today=today)
    kinds = {one.pk: Tally(one.name, one.code) for one in StationKind.objects.all()}
    depth = {one.organisation.path: "/".join(one.organisation.path.split("/")[:3]) + "/" for one in stations}
    named = {one.path: one for one in Organisation.objects.filter(path__in=set(depth.values()) | set(depth))}
    whole, places = Tally("全部"), {}
    for one in stations:
        state, top = stood[one.pk].state, named.get(depth[one.organisation.path]) or named[one.organisation.path]
        places.setdefault(top.pk, Tally(top.short_name, top.code))
        for tally in (whole, kinds[one.kind_id], places[top.pk]):
            tally.add(state)
    return Overview(whole, [one for one in kinds.values() if one.total], sorted(places.values(), key=lambda one: one.code))
