"""The API of what surrounds a roll: agenda, leave, exclusions."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from education.models import Leave, RollExclusion
from tests.education.makers import agreed, make_exclusion, make_leave
from tests.education.test_services import record
from tests.factories import make_member

API = "/api/v1/education"


@pytest.fixture
def as_(db):
    def client_of(user) -> APIClient:
        client = APIClient()
        client.force_login(user)
        return client

    return client_of


def test_an_agenda_is_read_and_rewritten_and_left_when_not_said(as_, tree, secretary):
    make_member(tree.ours)
    meeting = record(tree.ours, secretary, minutes="学习。", confirm=True)
    client, url = as_(secretary), f"{API}/meetings/{meeting.uid}/"
    item = {"title": "换届", "reporter": "李四", "said": "说明时间", "decided": "同意"}
    answer = client.patch(url, {"agenda": [item]}, format="json", headers={"If-Match": client.get(url)["ETag"]})
    assert (answer.status_code, answer.json()["agenda"]) == (200, [item])
    answer = client.patch(url, {"topic": "换届准备"}, format="json", headers={"If-Match": answer["ETag"]})
    assert answer.json()["agenda"] == [item]
    assert client.patch(url, {"agenda": []}, format="json", headers={"If-Match": answer["ETag"]}).json()["agenda"] == []
    assert meeting.revisions.count() == 4


def test_leave_is_asked_by_oneself_and_answered_by_another(as_, tree, secretary, neighbour, member):
    today = timezone.localdate()
    told = {"day": str(today), "reason": "away", "note": "进城"}
    made = as_(member.user).post(f"{API}/leaves/", told, format="json")
    assert made.status_code == 201
    assert as_(member.user).post(f"{API}/leaves/", told, format="json").status_code == 400
    assert as_(secretary).post(f"{API}/leaves/", told, format="json").status_code == 400
    url = f"{API}/leaves/{made.json()['uid']}/"
    assert as_(neighbour).get(url).status_code == 404
    assert as_(member.user).post(f"{url}answer/", {"grant": True}, format="json").status_code == 403
    assert as_(secretary).post(f"{url}answer/", {"grant": True}, format="json").json()["state"] == "granted"
    assert as_(member.user).post(f"{url}withdraw/", format="json").json()["state"] == "withdrawn"
    assert Leave.objects.get().state == "withdrawn"


def test_lists_hold_what_is_in_sight(as_, tree, secretary, committee, neighbour, member):
    today = timezone.localdate()
    leave = make_leave(member, day=today + timedelta(days=1), today=today)
    row = make_exclusion(make_member(tree.ours), by=secretary)
    for user, seen in ((secretary, 1), (committee, 1), (neighbour, 0)):
        assert as_(user).get(f"{API}/leaves/").json()["count"] == as_(user).get(f"{API}/exclusions/").json()["count"] == seen
    assert [one["uid"] for one in as_(member.user).get(f"{API}/leaves/").json()["results"]] == [str(leave.uid)]
    assert as_(member.user).get(f"{API}/exclusions/").json()["count"] == 0
    url = f"{API}/exclusions/{row.uid}/answer/"
    assert as_(secretary).post(url, {"number": "1"}, format="json").status_code == 403
    assert as_(committee).post(url, {"number": "山门组〔2026〕12号"}, format="json").json()["state"] == "approved"


def test_an_exclusion_is_proposed_by_the_branch_that_agreed(as_, tree, secretary, neighbour, reader):
    person, meeting = make_member(tree.ours), agreed(tree.ours, secretary)
    told = {"member": str(person.uid), "agreed_at": str(meeting.uid), "reason": "grave", "start": str(meeting.held_on)}
    url = f"{API}/exclusions/"
    for user, status in ((neighbour, 400), (reader, 403)):
        assert as_(user).post(url, told, format="json").status_code == status
    assert as_(secretary).post(url, told | {"member": str(make_member(tree.neighbours).uid)}, format="json").status_code == 400
    assert as_(secretary).post(url, told | {"reason": "other"}, format="json").json()["errors"]
    assert not RollExclusion.objects.exists()
    made = as_(secretary).post(url, told, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "proposed") and made["Location"].endswith(f"{made.json()['uid']}/")
    assert as_(secretary).post(url, told, format="json").status_code == 400, "once"


def test_a_committee_draws_and_lets_pass_by_the_api(as_, tree, secretary, committee, neighbour, reader):
    make_member(tree.ours)
    meetings = {str(agreed(tree.ours, secretary, on=date(2026, 11, day)).uid) for day in (2, 3, 4)}
    told = {"organisation": tree.ours.parent.code, "since": "2026-11-01", "until": "2026-11-20", "count": 2}
    url = f"{API}/checks/"
    assert as_(secretary).post(url, told, format="json").status_code == 403
    assert as_(committee).post(url, told | {"organisation": "nowhere"}, format="json").status_code == 400
    made = as_(committee).post(url, told, format="json")
    assert made.status_code == 201 and made.json()["population"] == 3
    check, lots = made.json(), made.json()["drawn"]
    assert [one["position"] for one in lots] == [1, 2] and {one["meeting"] for one in lots} < meetings
    one = f"{url}{check['uid']}/"
    assert as_(committee).get(url).json()["count"] == 1
    for user in (secretary, reader, neighbour):
        assert as_(user).get(url).json()["count"] == 0 and as_(user).get(one).status_code == 404
    passed = as_(committee).post(f"{one}pass/", {"position": 1}, format="json")
    assert [line["outcome"] for line in passed.json()["drawn"]] == ["passed", "waiting"]
    assert as_(committee).post(f"{one}pass/", {"position": 1}, format="json").status_code == 400
    assert as_(committee).post(f"{one}pass/", {"position": 3}, format="json").status_code == 404
