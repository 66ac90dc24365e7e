"""The API of registrations and contacts: the page's rules, sight, versions, and nothing sent twice."""

import pytest
from rest_framework.test import APIClient

from members.mobility.models import Contact, Outflow
from tests.factories import make_member
from tests.mobility.makers import TODAY, make_outflow

OUTFLOWS, CONTACTS = "/api/v1/mobility/outflows/", "/api/v1/mobility/contacts/"


@pytest.fixture
def as_():
    def as_(user) -> APIClient:
        client = APIClient()
        client.force_login(user)
        return client

    return as_


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "潘山洋")


def registration(person, **fields):
    contact = make_member(person.branch, "肖斌")
    return {
        "member": str(person.uid), "start": "2026-03-02", "province": "61", "city": "西安市", "county": "雁塔区", "reason": "work",
        "contact": str(contact.uid),
    } | fields  # fmt: skip


def test_a_registration_is_made_read_and_ended(as_, secretary, person):
    client = as_(secretary)
    made = client.post(OUTFLOWS, registration(person), format="json")
    assert made.status_code == 201 and made.json()["destination"] == "陕西省西安市雁塔区"
    one = client.get(made["Location"])
    assert one["ETag"] == '"1"'
    end = f"{OUTFLOWS}{made.json()['uid']}/end/"
    said = {"on": "2026-11-20", "reason": "returned"}
    assert client.post(end, said, format="json").status_code == 428
    assert client.post(end, said, format="json", headers={"If-Match": '"9"'}).status_code == 409
    assert client.post(end, said, format="json", headers={"If-Match": '"1"'}).json()["end_reason"] == "returned"


def test_the_pages_refusals_stand_at_their_fields(as_, secretary, person):
    client = as_(secretary)
    for fields, field in (({"expected_return": "2026-04-01"}, "expected_return"), ({"city": "", "county": ""}, "city")):
        refused = client.post(OUTFLOWS, registration(person, **fields), format="json")
        assert refused.status_code == 400 and field in str(refused.json()), refused.json()
    assert not Outflow.objects.exists()


def test_a_contact_is_logged_once_for_a_key(as_, secretary, person):
    make_outflow(person, secretary)
    client, said = as_(secretary), {"member": str(person.uid), "day": str(TODAY), "way": "phone", "outcome": "reached"}
    first, again = (client.post(CONTACTS, said, format="json", headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, again.status_code, Contact.objects.count()) == (201, 201, 1)
    assert first.json() == again.json()


def test_sight_and_verbs(as_, secretary, neighbour, reader, person):
    outflow = make_outflow(person, secretary)
    assert as_(neighbour).get(OUTFLOWS).json()["results"] == []
    assert as_(neighbour).get(f"{OUTFLOWS}{outflow.uid}/").status_code == 404
    assert [row["uid"] for row in as_(reader).get(OUTFLOWS).json()["results"]] == [str(outflow.uid)]
    said = {"member": str(person.uid), "day": str(TODAY), "way": "phone", "outcome": "reached"}
    assert as_(reader).post(CONTACTS, said, format="json").status_code == 403
    assert as_(neighbour).post(CONTACTS, said, format="json").status_code == 404
    assert not Contact.objects.exists()


def test_who_is_late_is_found(as_, secretary, tree, person):
    make_outflow(person, secretary)
    make_outflow(make_member(tree.ours, "陈辉文"), secretary, start=TODAY)
    client = as_(secretary)
    assert len(client.get(OUTFLOWS).json()["results"]) == 2
    assert [row["member"]["name"] for row in client.get(f"{OUTFLOWS}?overdue=true").json()["results"]] == ["潘山洋"]
