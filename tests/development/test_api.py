"""API of development cases: the same scopes, rules and sentences as the pages."""

from datetime import date

import pytest
from rest_framework.test import APIClient

from members.development.models import Case
from tests.development.makers import DAYS, make_branch_people, make_case, walk
from tests.factories import id_number

URL = "/api/v1/development/cases/"


@pytest.fixture
def as_():
    def client(user):
        made = APIClient()
        made.force_authenticate(user)
        return made

    return client


def test_each_reads_the_cases_they_keep(as_, tree, secretary, neighbour, committee, reader, member):
    ours, theirs = make_case(tree.ours, secretary, name="甲"), make_case(tree.neighbours, neighbour, name="乙")
    for user, seen in ((secretary, {ours}), (neighbour, {theirs}), (committee, {ours, theirs}), (reader, set()), (member.user, set())):
        rows = as_(user).get(URL).json()["results"]
        assert {row["uid"] for row in rows} == {str(case.uid) for case in seen}
    one = as_(secretary).get(f"{URL}{ours.uid}/")
    assert one["ETag"] == f'"{ours.version}"' and one.json()["id_masked"] == ours.id_masked
    assert ours.id_number not in one.content.decode() and ours.mobile_phone not in one.content.decode()
    assert as_(secretary).get(f"{URL}{theirs.uid}/").status_code == 404


def test_the_list_is_narrowed(as_, tree, secretary):
    make_case(tree.ours, secretary)
    client = as_(secretary)
    count = lambda **query: len(client.get(URL, query).json()["results"])  # noqa: E731
    assert (count(overdue=True), count(overdue=False), count(stage=1), count(stage=2)) == (1, 0, 1, 0)
    assert count(organisation=tree.ours.code, procedure="2014", next_step="talk") == 1
    assert client.get(URL, {"organisation": tree.far.code}).status_code == 404


def test_an_application_by_the_page_s_rules(as_, tree, secretary, neighbour, reader):
    said = {"organisation": tree.ours.code, "name": "林小禾", "id_number": id_number(date(1998, 3, 1), "2"), "applied_on": "2026-03-02"}
    answer = as_(secretary).post(URL, said, format="json")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["sex"], answer.json()["next_step"], "id_number" in answer.json()) == ("2", "talk", False)
    assert answer["Location"].endswith(f"{URL}{Case.objects.get().uid}/")
    again = as_(secretary).post(URL, said, format="json")
    assert again.status_code == 400 and "已经有正在发展的档案" in again.content.decode()
    assert as_(neighbour).post(URL, said, format="json").status_code == 400
    assert as_(reader).post(URL, said, format="json").status_code == 403


def test_the_next_step_over_the_version_that_was_read(as_, tree, secretary, neighbour):
    case = make_case(tree.ours, secretary)
    url, said = f"{URL}{case.uid}/steps/", {"step": "talk", "day": str(DAYS["talk"]), "by_whom": "吕山东"}
    assert as_(secretary).post(url, said, format="json").status_code == 428
    assert as_(secretary).post(url, said, format="json", headers={"If-Match": '"99"'}).status_code in {409, 412}
    held = {"If-Match": f'"{case.version}"'}
    assert as_(neighbour).post(url, said, format="json", headers=held).status_code == 404
    late = as_(secretary).post(url, said | {"day": "2023-06-01"}, format="json", headers=held)
    assert late.status_code == 400 and "写明原因" in late.content.decode()
    done = as_(secretary).post(url, said, format="json", headers=held)
    assert done.status_code == 200 and done.json()["next_step"] == "activist" and done["ETag"] != held["If-Match"]


def test_a_committee_s_step_needs_its_verb_and_its_name(as_, tree, secretary, committee):
    people = make_branch_people(tree.ours)
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="activist")
    url, held = f"{URL}{case.uid}/steps/", {"If-Match": f'"{case.version}"'}
    said = {"step": "activist_filed", "day": str(DAYS["activist_filed"])}
    assert as_(secretary).post(url, said | {"organisation": tree.township.code}, format="json", headers=held).status_code == 403
    for code in ("", tree.other_township.code, tree.county.code):
        refused = as_(committee).post(url, said | {"organisation": code}, format="json", headers=held)
        assert refused.status_code == 400 and "没有这个上级党委" in refused.content.decode()
    assert as_(committee).post(url, said | {"organisation": tree.township.code}, format="json", headers=held).status_code == 200


def test_a_ballot_by_uid(as_, tree, secretary, committee):
    people = make_branch_people(tree.ours)
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="volunteer_form")
    votes = {"present": 6, "in_favour": 6, "exclusions": [{"member": str(people[0].uid), "reason": "ill"}]}
    said = {"step": "assembly", "day": str(DAYS["assembly"]), "votes": votes}
    answer = as_(secretary).post(f"{URL}{case.uid}/steps/", said, format="json", headers={"If-Match": f'"{case.version}"'})
    assert answer.status_code == 200, answer.content
    assert case.records.get(step="assembly").ballot.entitled == 6
