"""The demo's set-based calls are what the service would have left."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from members.care.visits.models import Goer, Visit
from members.models import Fact
from partyportal.core.models import AuditEntry
from partyportal.dashboard.demo.visits import Called, _write
from tests.factories import make_member
from tests.visits.makers import make_due, make_outing


def left(branch) -> tuple:
    """Everything a call of a branch leaves, people by their names."""
    columns = (
        "outing__kind",
        "outing__round",
        "outing__day",
        "outing__brought",
        "outing__recorded_by",
        "due__member__name",
        "pair",
        "signed",
    )
    visits = Visit.objects.filter(organisation=branch).order_by("member__name").values_list("member__name", *columns, "voided_at")
    goers = Goer.objects.filter(outing__organisation=branch).order_by("member__name").values_list("member__name", flat=True)
    known = ("member_class", "day", "units", "title", "evidence", "recorded_by", "is_void", "grade", "revision")
    facts = Fact.objects.filter(kind="care.visit", organisation=branch).order_by("member__name", "id").values_list("member__name", *known)
    told = AuditEntry.objects.filter(code="visits.visit.recorded", organisation_path=branch.path)
    rows = [(row.actor_id, row.target_kind, row.subject is not None, row.data["day"], row.data["visit"], sorted(row.data)) for row in told]
    return list(visits), list(goers), list(facts), rows


def test_calls_of_the_demo_are_those_of_the_service(tree, secretary):
    day, there = timezone.localdate() - timedelta(days=2), {}
    for branch in (tree.ours, tree.far):
        people, goers = ([make_member(branch, name) for name in names] for names in (("徐淑珍", "白灵"), ("高强", "高敏")))
        there[branch.pk] = people, goers, [make_due(person) for person in people]
    people, goers, dues = there[tree.ours.pk]
    make_outing(tree.ours, people, by=secretary, goers=goers, day=day, round=dues[0].round, brought="米、油", signed=True)
    people, goers, dues = there[tree.far.pk]
    on = [(person, due, None) for person, due in zip(people, dues, strict=True)]
    _write([Called(tree.far, "call", day, goers, on, dues[0].round, "米、油")], by=secretary, random=Random(1))
    assert left(tree.far) == left(tree.ours) and len(left(tree.ours)[2]) == 4
