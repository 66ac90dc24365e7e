"""Transfers over the API: the same sight, the same turns, the same sentences."""

import pytest
from rest_framework.test import APIClient

from members.transfers import services
from members.transfers.models import Transfer
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.transfers.makers import TODAY, applied, arrived, travelling

LIST = "/api/v1/transfers/"


def client_of(user) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_login(user)
    return client


def do(user, transfer, act, *, version=None, **said):
    version = Transfer.objects.get(pk=transfer.pk).version if version is None else version
    path, headers = f"{LIST}{transfer.uid}/acts/", {"If-Match": f'"{version}"'}
    return client_of(user).post(path, {"act": act} | said, format="json", headers=headers)


def test_a_whole_transfer_over_the_api(tree, cast, person):
    said = {"member": str(person.uid), "to_branch": tree.far.code, "reason": "work", "dues_until": "2026-10-05"}
    answer = client_of(cast.secretary).post(LIST, said, format="json")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["kind"], told["state"], told["dues_until"]) == ("county", "agreed", "2026-10-01")
    assert told["waits_for"] == "等山门镇党委审批" and answer["Location"].endswith(f"{told['uid']}/")
    transfer = Transfer.objects.get(uid=told["uid"])
    assert do(cast.committee, transfer, "approve", days=12).json()["letters"][0]["days"] == 12
    assert do(cast.far_committee, transfer, "receive").json()["state"] == "received"
    assert do(cast.far_secretary, transfer, "place").json()["state"] == "placed"
    told = do(cast.committee, transfer, "archive").json()
    assert (told["state"], told["waits_for"]) == ("done", "")
    assert [step["act"] for step in told["steps"]] == ["apply", "agree", "approve", "receive", "place", "archive"]
    person.refresh_from_db()
    assert person.branch == tree.far


def test_what_is_refused_on_the_page_is_refused_here_and_changes_nothing(tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    assert do(cast.far_secretary, transfer, "receive").status_code == 403
    assert do(cast.neighbour, transfer, "receive").status_code == 404
    assert do(cast.far_committee, transfer, "receive", version=1).status_code == 409
    told = do(cast.secretary, transfer, "agree", dues_until="2026-10-01")
    assert told.status_code == 400 and "现在不能办“支部同意”" in told.content.decode()
    assert "errors" in do(cast.far_committee, transfer, "refuse", note="不要").json()
    services.receive(transfer, by=cast.far_committee, today=TODAY)
    told = do(cast.far_committee, transfer, "receive")
    assert told.status_code == 400 and "已办“接收党委审核”" in told.content.decode()
    transfer.refresh_from_db()
    assert (transfer.state, transfer.steps.count()) == ("received", 4)


def test_a_member_applies_for_themself_alone(tree, cast, member, person):
    client, said = client_of(member.user), {"to_branch": tree.far.code, "reason": "residence"}
    assert client.post(LIST, said | {"member": str(person.uid)}, format="json").status_code == 400
    answer = client.post(LIST, said | {"member": str(member.uid)}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (201, "applied")
    assert do(member.user, Transfer.objects.get(), "withdraw", note="不搬了").json()["state"] == "withdrawn"


def test_the_list_is_of_ones_sight_and_can_be_narrowed(tree, cast, person, member):
    mine = applied(person, tree.far, by=cast.secretary)
    own = applied(member, tree.neighbours, by=member.user)
    coming = arrived(tree.far, by=cast.far_committee)

    def told(user, **query):
        answer = client_of(user).get(LIST, query)
        assert answer.status_code == 200, answer.content
        assert person.id_number not in answer.content.decode()
        return {row["uid"] for row in answer.json()["results"]}

    def uids(*rows):
        return {str(row.uid) for row in rows}

    assert told(cast.secretary) == uids(mine, own)
    assert told(member.user) == uids(own)
    assert told(cast.far_committee) == uids(coming)
    assert told(cast.neighbour) == set()
    assert told(cast.committee, waiting=True) == uids(mine)
    assert told(cast.secretary, waiting=True) == uids(own)
    assert told(cast.secretary, kind="internal") == uids(own)
    assert told(cast.secretary, member=str(person.uid)) == uids(mine)
    assert told(cast.secretary, open=False) == set()
    assert client_of(cast.secretary).get(LIST, {"organisation": tree.far.code}).status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same(tree, cast, many):
    for _ in range(many):
        travelling(make_member(tree.ours), tree.far, cast)
    client = client_of(cast.secretary)
    client.get(LIST)
    with fits_budget("api:transfer-list"):
        assert client.get(LIST).json()["count"] == many
