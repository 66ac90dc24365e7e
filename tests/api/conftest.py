"""A county with something of everything in each of three branches, and clients for the cast."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from assessments.services import recompute
from education import services as education
from points import services as points
from points.models import Award
from tests.factories import make_member

TODAY = date(2026, 11, 22)
MANY = ("member", "secretary", "neighbour", "committee", "department", "reader", "system_admin", "security_admin", "auditor", "outsider")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def as_():
    """A client logged in as somebody of the cast."""

    def as_(holder) -> APIClient:
        client = APIClient(raise_request_exception=False)
        client.force_login(getattr(holder, "user", holder))
        return client

    return as_


@pytest.fixture
def cast(request, tree):
    return {role: request.getfixturevalue(role) for role in MANY}


@pytest.fixture
def rules(tree):
    return points.publish_default(tree.county, start=date(2026, 1, 1), by=None)


@pytest.fixture
def world(cast, tree, rules, member):
    """In each branch a member, a meeting that was held, a deed filed, points, and every organisation's card."""
    people = {
        "ours": make_member(tree.ours, "潘山洋", mobile_phone="18900009777", address="高家杨村 36 号"),
        "neighbours": make_member(tree.neighbours, "袁强明"),
        "far": make_member(tree.far, "石大方"),
    }
    meetings, awards = {}, {}
    for name, person in people.items():
        branch, by = person.branch, cast["department"]
        meetings[name] = education.record_meeting(
            organisation=branch,
            roll={},
            by=by,
            today=TODAY,
            confirm=True,
            kind="theme_day",
            held_on=date(2026, 11, 6),
            topic="义务植树",
            study_hours=2,
        )
        item = rules.items.get(code="volunteer")
        awards[name] = points.file_award(
            member=person, item=item, day=date(2026, 11, 1), units=Decimal(3), title="清扫街道", evidence="照片", by=by, today=TODAY
        )
    points.settle(points.Scope(2026))
    recompute(year=2026, today=TODAY)
    return SimpleNamespace(tree=tree, people=people, meetings=meetings, awards=awards, **cast)


@pytest.fixture
def filed(world):
    return Award.objects.get(pk=world.awards["ours"].pk)
