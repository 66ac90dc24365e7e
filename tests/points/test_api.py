"""Replay, seals, drafts and the parts of a version, as the API tells them."""

from datetime import date
from decimal import Decimal

import pytest

from partyportal.core.seals.services import seal_ledgers
from points.rules.kinds import APPRAISAL
from points.services.simulations import simulate
from tests.points.makers import YEAR, deed, happened, make_scheme, settled
from tests.points.test_replay import happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(tree):
    return make_scheme(
        tree.county,
        {"grades": {"a": Decimal(3)}},
        multipliers={"": (APPRAISAL, {"excellent": Decimal("1.2")})},
        thresholds=[{"name": "合格", "at_least": 0}, {"name": "优秀", "at_least": 5, "stars": 5}],
    )


def test_the_seals_are_told_to_whoever_verifies(client, scheme, member, auditor, committee):
    settled(deed(member, date(YEAR, 2, 5)))
    seal_ledgers()
    client.force_login(auditor)
    seals = client.get("/api/v1/points/seals/?ledger=points_entry").json()["results"]
    assert [(seal["ledger"], seal["rows"]) for seal in seals] == [("points_entry", 1)]
    assert client.get(f"/api/v1/points/seals/{seals[0]['number']}/").json() == seals[0]
    assert client.get("/api/v1/points/seals/99999999999/").status_code == 404
    state = client.get("/api/v1/points/seals/state/").json()
    assert {"points_entry", "core_auditentry"} <= {one["table"] for one in state["ledgers"]} and state["verifications"] == []
    client.force_login(committee)
    for path in ("", "state/", f"{seals[0]['number']}/"):
        assert client.get(f"/api/v1/points/seals/{path}").status_code == 403


def test_a_version_tells_grades_ratios_and_thresholds(client, scheme, member, django_assert_max_num_queries):
    client.force_login(member.user)
    with django_assert_max_num_queries(12):
        told = client.get(f"/api/v1/points/schemes/{scheme.uid}/").json()
    assert told["items"][0]["grades"] == [{"code": "a", "name": "a", "value": "3.00"}]
    assert told["multipliers"] == [
        {
            "category": None,
            "name": "系数",
            "article": "",
            "fact_kind": "appraisal.result",
            "grades": [{"code": "excellent", "name": "excellent", "ratio": "1.20"}],
        }
    ]
    assert [(row["name"], row["at_least"], row["stars"]) for row in told["thresholds"]] == [("优秀", "5.00", 5), ("合格", "0.00", 0)]


def test_a_draft_is_told_to_those_who_write_it(client, scheme, tree, member, department, secretary):
    draft = make_scheme(tree.county, {"value": Decimal(1)}, version=2, published=False)
    settled(deed(member, date(YEAR, 3, 5)))
    simulate(draft, year=YEAR, by=department)
    for user in (secretary, member.user):
        client.force_login(user)
        assert client.get("/api/v1/points/drafts/").json()["count"] == 0
        assert client.get(f"/api/v1/points/drafts/{draft.uid}/").status_code == 404
    client.force_login(department)
    assert [row["uid"] for row in client.get("/api/v1/points/drafts/").json()["results"]] == [str(draft.uid)]
    told = client.get(f"/api/v1/points/drafts/{draft.uid}/").json()
    assert [(one["year"], one["falls"], one["is_current"]) for one in told["simulations"]] == [(YEAR, 1, True)]
    assert {"code", "stops", "sentence"} == set(told["findings"][0])
    draft.items.update(value=2)
    assert client.get(f"/api/v1/points/drafts/{draft.uid}/").json()["simulations"][0]["is_current"] is False
    assert client.get(f"/api/v1/points/schemes/{draft.uid}/").status_code == 404, "a draft is no rule yet"


def test_replay_tells_a_branch_and_a_member(client, scheme, tree, member, secretary, neighbour):
    happens(date(YEAR, 4, 1), lambda: happened(deed(member, date(YEAR, 2, 5))))
    happens(date(YEAR, 5, 1), lambda: happened(deed(member, date(YEAR, 3, 5))))
    asked = f"period={YEAR}Q1&on={YEAR}-04-01"
    client.force_login(secretary)
    (row,) = client.get(f"/api/v1/points/replay/?{asked}").json()["results"]
    assert (row["target"], row["stood"], row["now"], row["difference"]) == (str(member.uid), "2.00", "4.00", "2.00")
    told = client.get(f"/api/v1/points/replay/{member.uid}/?{asked}").json()
    assert (told["stood"], told["now"], told["on"]) == ("2.00", "4.00", f"{YEAR}-04-01")
    assert [(change["then"], change["now"]) for change in told["changes"]] == [("0.00", "2.00")]
    refused = client.get(f"/api/v1/points/replay/?period={YEAR}Q9&on=2990-01-01")
    assert refused.status_code == 400 and "这一天还没到" in refused.content.decode()
    client.force_login(neighbour)
    assert client.get(f"/api/v1/points/replay/{member.uid}/?{asked}").status_code == 404
    assert client.get(f"/api/v1/points/replay/?{asked}&organisation={tree.ours.code}").status_code == 404
    client.force_login(member.user)
    assert client.get(f"/api/v1/points/replay/?{asked}").status_code == 403
    assert client.get(f"/api/v1/points/replay/{member.uid}/?{asked}").json()["now"] == "4.00"
