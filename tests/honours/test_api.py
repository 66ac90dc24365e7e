"""评比表彰 over the API: read-only, in the same sight as the pages."""

import pytest
from rest_framework.test import APIClient

from points.honours import services
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.honours.makers import DECIDED, NOMINATED, REVIEWED, approved, decided, honoured, issued, public

CALLS, HONOURS = "/api/v1/honours/calls/", "/api/v1/honours/honours/"


def client_of(user) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_login(user)
    return client


def test_calls_and_honours_are_read_in_ones_own_sight(tree, cast, call, person, member):
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    told = client_of(cast.secretary).get(f"{CALLS}{call.uid}/").json()
    assert (told["quota"], told["left"], told["stage"]) == (5, 4, "decided")
    assert told["shares"] == [{"organisation": told["shares"][0]["organisation"], "places": 2, "taken": 1}]
    told = client_of(cast.secretary).get(HONOURS).json()["results"]
    assert [(one["title"], one["member"]["name"], one["end"]) for one in told] == [("全县优秀共产党员", "潘山洋", None)]
    assert "id_number" not in str(told) and person.id_masked not in str(told)
    assert client_of(cast.neighbour).get(HONOURS).json()["count"] == 0
    assert client_of(cast.neighbour).get(f"{HONOURS}{honour.uid}/").status_code == 404
    assert client_of(cast.neighbour).get(f"{CALLS}{call.uid}/").status_code == 200
    assert client_of(member.user).get(HONOURS).json()["count"] == 0
    assert client_of(cast.secretary).post(CALLS, {}).status_code in {403, 405}


def test_lists_are_narrowed(tree, cast, call, person):
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    issued(tree.county, by=cast.department, title="全县优秀党务工作者", kind="outstanding_worker")
    client = client_of(cast.department)
    assert [one["title"] for one in client.get(f"{CALLS}?open=true").json()["results"]] == ["全县优秀党务工作者"]
    assert client.get(f"{CALLS}?kind=outstanding_member&year=2026").json()["count"] == 1
    assert client.get(f"{HONOURS}?member={person.uid}&organisation={tree.township.code}&standing=true").json()["count"] == 1
    assert client.get(f"{HONOURS}?organisation={tree.far.code}").json()["count"] == 0
    services.withdraw_honour(honour, day=DECIDED, document_number="清委〔2026〕30号", reason="造假", by=cast.department, today=DECIDED)
    assert client.get(f"{HONOURS}?standing=true").json()["count"] == 0
    assert client.get(HONOURS).json()["results"][0]["withdrawal_number"] == "清委〔2026〕30号"


@pytest.mark.parametrize("rows", [1, 20])
def test_lists_cost_the_same_at_one_and_at_many(tree, cast, rows):
    call = issued(tree.county, by=cast.department, quota=60)
    for n in range(rows):
        approved(call, make_member(tree.ours, f"候选人{n}"), by=cast.secretary, reviewer=cast.committee, today=REVIEWED)
        issued(tree.county, by=cast.department, title=f"第{n}次评选", today=NOMINATED)
    public(call, by=cast.department)
    decided(call, by=cast.department)
    client = client_of(cast.committee)
    for path, name in ((CALLS, "api:honour-calls"), (HONOURS, "api:honours")):
        with fits_budget(name):
            assert client.get(path).status_code == 200
