"""API of 班子: read in scope, seated and ended by the organisation above under the page's rules."""

from datetime import date

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from members.models import Office
from tests.budgets import fits_budget
from tests.factories import make_member

TODAY = date(2026, 11, 22)
URL = "/api/v1/offices/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


def as_(user) -> APIClient:
    client = APIClient()
    client.force_login(getattr(user, "user", user))
    return client


def post(person, position="secretary", **fields):
    return Office.objects.create(
        member=person, organisation=person.branch, position=position, **({"start": date(2024, 1, 1), "way": "opening"} | fields)
    )


def appointment(person, **fields):
    asked = {"organisation": person.branch.code, "member": str(person.uid), "position": "secretary", "start": "2026-11-01"}
    return asked | {"entitled": 20, "present": 18, "votes": 15, "basis": "山委〔2026〕5号"} | fields


def test_everybody_reads_the_posts_in_sight(tree, member, secretary, neighbour, committee, outsider, auditor):
    ours, theirs, own = post(make_member(tree.ours)), post(make_member(tree.neighbours)), post(member, "deputy")
    seen = {
        secretary: {ours, own},
        neighbour: {theirs},
        committee: {ours, theirs, own},
        member: {own},
        outsider: set(),
        auditor: set(),
    }
    for who, rows in seen.items():
        assert {row["uid"] for row in as_(who).get(URL).json()["results"]} == {str(row.uid) for row in rows}
    assert as_(neighbour).get(f"{URL}{ours.uid}/").status_code == 404


def test_found_by_place_person_and_whether_it_still_holds(tree, committee):
    person = make_member(tree.ours)
    post(person, end=date(2026, 1, 1), end_reason="resigned")
    post(person, "deputy")
    client = as_(committee)
    assert [row["position"] for row in client.get(URL, {"open": "true"}).json()["results"]] == ["deputy"]
    assert client.get(URL, {"member": str(person.uid)}).json()["count"] == 2
    assert client.get(URL, {"organisation": tree.neighbours.code}).json()["count"] == 0


def test_the_committee_seats_a_secretary(tree, committee):
    person = make_member(tree.ours, "汪辉世")
    answer = as_(committee).post(URL, appointment(person), format="json")
    assert answer.status_code == 201 and answer.json()["votes"] == 15 and answer.json()["granted"] is False
    assert answer["Location"].endswith(f"{URL}{Office.objects.get().uid}/")


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"present": 15}, 400, "选举无效"),
        ({"votes": None}, 400, "要填全"),
        ({"organisation": "001004001"}, 400, "没有这个党组织，或者不由你任命"),
        ({"organisation": "001003"}, 400, "没有这个党组织，或者不由你任命"),
        ({"start": "2026-11-23"}, 400, "还没有到"),
    ],
)
def test_what_the_page_refuses_the_api_refuses(tree, committee, said, status, words):
    answer = as_(committee).post(URL, appointment(make_member(tree.ours), **said), format="json")
    assert answer.status_code == status, answer.json()
    assert words in str(answer.json()) and not Office.objects.exists()


def test_a_post_is_ended_by_the_organisation_above(tree, secretary, committee, reader):
    office = post(make_member(tree.ours))
    said, url = {"on": "2026-11-20", "reason": "resigned"}, f"{URL}{office.uid}/end/"
    for who in (secretary, reader):
        assert as_(who).post(url, said, format="json").status_code == 403
    assert as_(secretary).post(URL, appointment(make_member(tree.ours), position="deputy"), format="json").status_code == 403
    answer = as_(committee).post(url, said, format="json")
    assert (answer.status_code, answer.json()["end"], answer.json()["end_reason"]) == (200, "2026-11-20", "resigned")
    assert "已经终止" in str(as_(committee).post(url, said, format="json").json())


@pytest.mark.parametrize("size", [1, 30])
def test_the_list_costs_the_same(tree, committee, size):
    for _ in range(size):
        post(make_member(tree.ours), "member")
    client = as_(committee)
    with fits_budget("api:offices"):
        client.get(URL)
