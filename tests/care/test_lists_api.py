"""API of the lists: rows of those who care, one's own, and never what proves them."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from members.care.models import Condition, Criterion
from members.care.services import conditions as services
from members.care.services.snapshots import fix_list
from tests.factories import make_member

PLACE = "/api/v1/care"


@pytest.fixture
def poor(tree, department):
    person = make_member(tree.ours, "高有福")
    today = timezone.localdate()
    services.record_condition(person, kind="hardship", start=today, proof="低保证 0417", by=department, today=today)
    fix_list(Criterion.objects.get(code="hardship"), organisation=tree.ours, on=today, purpose="春节走访", by=department)
    return person


def as_(user):
    client = APIClient()
    client.force_login(user)
    return client


@pytest.mark.parametrize("who", ["reader", "system_admin", "neighbour", "outsider", "auditor"])
def test_whoever_does_not_care_there_reads_nothing(request, who, poor):
    client, criterion = as_(request.getfixturevalue(who)), Criterion.objects.get(code="hardship")
    assert client.get(f"{PLACE}/conditions/").json()["results"] == []
    assert client.get(f"{PLACE}/lists/").json()["results"] == []
    assert client.get(f"{PLACE}/conditions/{Condition.objects.get().uid}/").status_code == 404
    told = client.get(f"{PLACE}/criteria/{criterion.uid}/people/")
    assert told.status_code == 404 or told.json()["results"] == []


def test_a_secretary_reads_the_list_with_reasons_and_its_fixed_version(secretary, poor):
    client, criterion = as_(secretary), Criterion.objects.get(code="hardship")
    rows = client.get(f"{PLACE}/criteria/{criterion.uid}/people/").json()["results"]
    assert [(row["name"], row["is_new"]) for row in rows] == [("高有福", True)] and "登记为生活困难" in rows[0]["reasons"][0]
    assert len(client.get(f"{PLACE}/criteria/").json()["results"]) == 12
    fixed = client.get(f"{PLACE}/lists/").json()["results"][0]
    entries = client.get(f"{PLACE}/lists/{fixed['uid']}/entries/").json()["results"]
    assert fixed["people"] == 1 and entries[0]["member"]["name"] == "高有福"
    assert "0417" not in client.get(f"{PLACE}/conditions/").content.decode()


def test_recording_and_ending_by_program(secretary, tree):
    client, person, today = as_(secretary), make_member(tree.ours, "杨大山"), timezone.localdate()
    said = {"member": str(person.uid), "kind": "illness", "start": today.replace(year=today.year - 1, day=1).isoformat()}
    made = client.post(f"{PLACE}/conditions/", said, format="json")
    assert made.status_code == 201, made.content
    again = client.post(f"{PLACE}/conditions/", said, format="json")
    assert again.status_code in {400, 409, 422} and "已经登记着重病" in again.content.decode()
    ended = client.post(f"{PLACE}/conditions/{made.json()['uid']}/end/", {"on": today.isoformat(), "reason": "better"}, format="json")
    assert ended.status_code == 200 and ended.json()["end"] == today.isoformat()
