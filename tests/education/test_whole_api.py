"""The API of what surrounds a roll: agenda, leave, exclusions."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from education.models import Leave
from tests.education.makers import make_exclusion, make_leave
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
