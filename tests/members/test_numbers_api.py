"""API of the roster's numbers: figures as the page has them, findings with their rows, merges for whoever may merge. Read only, in scope."""

from datetime import date

import pytest
from django.utils import timezone

from members.selectors.quality.findings import FINDINGS
from members.statistics.days import snapshot
from partyportal.dashboard.workflows.merging import merge
from tests.factories import make_member
from tests.members.test_office_api import as_

TODAY = date(2026, 11, 22)
ROOT = "/api/v1/members/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    real = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda value=None, *args: real(value, *args) if value else TODAY)


def rows(client, path, **query) -> list[dict]:
    answer = client.get(f"{ROOT}{path}", {"page_size": 200} | query)
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    return answer.json()["results"]


def test_the_figures_are_those_of_the_page_on_any_day(tree, department):
    make_member(tree.ours, sex="2", education="21")
    make_member(tree.far, start=date(2026, 3, 1))
    shown = snapshot(tree.county, on=TODAY, versus=date(2025, 12, 31))
    told = rows(as_(department), "statistics/")
    assert [(one["count"], one["count_versus"], one["change"]) for one in told if not one["trait"]] == [(2, 1, 1)]
    lines = {(one["trait"], one["key"]): (one["count"], one["count_versus"]) for one in told if one["trait"]}
    expected = {
        (code, line.key): (line.now.count, line.then.count) for code, division in shown.divisions.items() for line in division.lines
    }
    assert lines == expected and lines["sex", "2"] == (1, 1)
    assert rows(as_(department), "statistics/", organisation=tree.far.code, on="2025-12-31")[0]["count"] == 0


def test_a_subtree_beyond_sight_is_not_found_and_without_the_verb_refused(tree, committee, secretary, member, neighbour):
    for path in ("statistics/", "findings/"):
        assert as_(committee).get(f"{ROOT}{path}", {"organisation": tree.far.code}).status_code == 404
        assert as_(neighbour).get(f"{ROOT}{path}", {"organisation": tree.ours.code}).status_code == 404
        assert as_(member).get(f"{ROOT}{path}").status_code == 403
    assert as_(committee).get(f"{ROOT}findings/", {"organisation": "no\x00such"}).status_code == 404


def test_every_finding_has_its_count_and_its_rows(tree, secretary):
    person = make_member(tree.ours, "潘山洋", education="", address="高家杨村 1 号")
    make_member(tree.neighbours, education="")
    client = as_(secretary)
    told = {one["code"]: one for one in rows(client, "findings/")}
    assert told["no_education"]["count"] == 1 and told["no_address"]["count"] == 0
    assert told.keys() <= {finding.code for finding in FINDINGS} and len(told) > 15
    assert rows(client, "findings/no_education/members/") == [{"uid": str(person.uid), "name": "潘山洋"}]
    assert rows(client, "findings/no_address/members/") == []
    for code in ("beauty", "branch_large"):
        assert client.get(f"{ROOT}findings/{code}/members/").status_code == 404


def test_the_pages_of_a_finding_together_are_its_count(tree, secretary):
    for _ in range(7):
        make_member(tree.ours, education="")
    first = as_(secretary).get(f"{ROOT}findings/no_education/members/", {"page_size": 5}).json()
    assert (first["count"], len(first["results"])) == (7, 5)
    assert len(as_(secretary).get(first["next"]).json()["results"]) == 2


def test_merges_are_read_by_whoever_may_merge_and_by_nobody_else(tree, department, committee, neighbour, member, secretary):
    kept, gone = make_member(tree.ours, "潘山洋"), make_member(tree.ours, "潘山洋")
    row = merge(kept, gone, by=department, on=TODAY).merge
    for who, seen in ((department, 1), (committee, 1), (neighbour, 0), (member, 0)):
        assert as_(who).get(f"{ROOT}merges/").json()["count"] == seen, who
    told = as_(committee).get(f"{ROOT}merges/{row.uid}/").json()
    assert (told["kept"]["uid"], told["gone"]["uid"], told["reversed_at"]) == (str(kept.uid), str(gone.uid), None)
    assert told["moved"] and gone.id_number not in str(told) and "sealed" not in told
    assert as_(neighbour).get(f"{ROOT}merges/{row.uid}/").status_code == 404
    assert as_(committee).get(f"{ROOT}merges/", {"standing": "false"}).json()["count"] == 0


@pytest.mark.parametrize("path", ["statistics/", "findings/", "merges/"])
def test_nothing_is_changed_here(tree, department, path):
    assert as_(department).post(f"{ROOT}{path}", {}, format="json").status_code == 405


def test_a_member_s_own_address_is_still_found(tree, member):
    assert as_(member).get(f"{ROOT}{member.uid}/").status_code == 200
