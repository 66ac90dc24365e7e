"""The demo's set-based points are what the services would have left."""

from datetime import date
from random import Random

from django.utils import timezone

from members.care.stations.models import CheckLine, OpeningSpan, SelfCheck, Station, StationKind
from members.care.stations.services import places, standards, times
from partyportal.dashboard.demo.stations import SERVES, VILLAGE, _villages
from tests.factories import make_member


class Always(Random):
    """Whatever may happen happens: somebody is on duty, something is missing."""

    def random(self) -> float:
        return 0.0


def left(branch) -> tuple:
    """Everything a point of a branch leaves, but its name and its moments."""
    station = Station.objects.get(organisation=branch)
    check, lines = SelfCheck.objects.filter(station=station), CheckLine.objects.filter(self_check__station=station)
    spans = OpeningSpan.objects.filter(hours__station=station).order_by("weekday", "opens")
    return (
        (station.kind, station.address, station.phone, station.serves, station.rests_on_holidays),
        (station.opened_on, station.closed_on, station.version),
        list(station.hours.values_list("start", "end", "set_by")),
        list(spans.values_list("weekday", "opens", "closes")),
        list(station.spells.values_list("member__name", "weekday", "start", "end", "set_by")),
        list(check.values_list("checklist", "day", "period_end", "state", "checked_by", "reviewed_by", "reviewed_on", "review_note")),
        list(lines.order_by("item").values_list("item", "is_met", "note", "mend_by", "mended_on", "mended_how", "mended_by")),
        list(station.changes.values_list("act", "day", "before", "why", "by")),
    )


def test_points_of_the_demo_are_those_of_the_services(tree, secretary, department):
    today = timezone.localdate()
    opened, kind = date(today.year - 1, 3, 1), StationKind.objects.get(code="village_point")
    person, *_ = [make_member(branch, "高强") for branch in (tree.ours, tree.neighbours, tree.far)]
    _villages(kind, tree.ours, today=today, opened=opened, random=Always(), by=secretary, reviewed_by=department)
    made = SelfCheck.objects.get(station__organisation=tree.neighbours)
    ours = places.register(
        tree.ours, kind=kind, name="高家杨村党员服务点", address="村委会", opened_on=opened, by=None, today=today, serves=SERVES
    )
    times.set_hours(ours, week=VILLAGE, start=opened, by=None, today=today)
    times.put_on_duty(ours, member=person, start=opened, by=None)
    found = {line.item_id: standards.Found(line.is_met, line.note, line.mend_by) for line in made.lines.all()}
    check = standards.check(ours, found=found, day=made.day, by=secretary, today=made.day)
    standards.accept(check, by=department, today=today)
    assert left(tree.ours) == left(tree.neighbours) == left(tree.far)
    assert [line.is_met for line in made.lines.all()].count(False) == 1
    assert Station.objects.get(organisation=tree.far).name == f"{tree.far.short_name.removesuffix('党支部')}党员服务点"
