"""Every refusal is a problem detail in Chinese, whoever raised it."""

import pytest
from django.core.cache import cache

from partyportal.api.problems import MEDIA_TYPE
from partyportal.core.rest import throttles


def problem_of(answer, status: int) -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == MEDIA_TYPE and answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert told["status"] == status and told["type"] == "about:blank" and told["title"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told["detail"])
    return told


def test_each_refusal_has_the_same_shape(as_, secretary, reader, tree, client, member):
    own = as_(secretary)
    problem_of(client.get("/api/v1/members/"), 401)
    problem_of(own.get("/api/v1/duties/?organisation=001"), 404)
    problem_of(as_(reader).get("/api/v1/duties/"), 403)
    problem_of(own.get("/api/v1/members/01990000-0000-7000-8000-000000000000/"), 404)
    problem_of(own.get("/api/v1/nothing/here/"), 404)  # Django's own, before any view
    problem_of(own.get("/api/v1/members/not-a-uuid/"), 404)
    problem_of(own.get("/api/v1/members/?page=999"), 404)
    problem_of(own.delete(f"/api/v1/members/{member.uid}/"), 405)
    problem_of(own.get("/api/v1/members/", headers={"accept": "text/csv"}), 406)
    problem_of(own.post("/api/v1/members/", "name=x", content_type="application/x-www-form-urlencoded"), 415)
    problem_of(own.post("/api/v1/members/", "{nonsense", content_type="application/json"), 400)
    problem_of(own.patch(f"/api/v1/members/{member.uid}/", {"post": "农民"}, format="json"), 428)


def test_faults_stand_at_their_fields(as_, secretary, tree):
    told = problem_of(as_(secretary).post("/api/v1/members/", {"name": "甲"}, format="json"), 400)
    assert {"id_number", "category", "joined_on", "branch", "reason", "start"} <= told["errors"].keys()
    told = problem_of(as_(secretary).get("/api/v1/members/?category=nobody&age=old"), 400)
    assert "category" in told["errors"]
    roll = {"roll": [{"member": "x"}]}
    told = problem_of(as_(secretary).post("/api/v1/education/meetings/", roll, format="json"), 400)
    assert {"roll.0.member", "roll.0.state", "kind"} <= told["errors"].keys()


def test_a_form_under_a_key_is_no_fault(as_, secretary):
    answer = as_(secretary).post("/api/v1/members/", {"name": "甲"}, format="multipart", headers={"Idempotency-Key": "k"})
    problem_of(answer, 415)


def test_an_initial_password_opens_nothing(as_, secretary):
    secretary.must_change_password = True
    secretary.save()
    assert "初始密码" in problem_of(as_(secretary).get("/api/v1/members/"), 403)["detail"]


def test_nobody_asks_without_end(as_, secretary, monkeypatch):
    from partyportal.core.api import NoticeViewSet

    cache.clear()
    monkeypatch.setattr(NoticeViewSet, "throttle_classes", [throttles.UserThrottle])
    monkeypatch.setattr(throttles.UserThrottle, "rate", "2/min", raising=False)
    client = as_(secretary)
    assert [client.get("/api/v1/notices/").status_code for _ in range(2)] == [200, 200]
    answer = client.get("/api/v1/notices/")
    problem_of(answer, 429)
    assert 0 < int(answer["Retry-After"]) <= 60


def test_a_cache_that_is_away_refuses_nobody(as_, secretary, monkeypatch):
    from partyportal.core.api import NoticeViewSet

    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(NoticeViewSet, "throttle_classes", [throttles.UserThrottle])
    monkeypatch.setattr(throttles.UserThrottle, "rate", "2/min", raising=False)
    monkeypatch.setattr(throttles.UserThrottle, "cache", type("Away", (), {"get": away, "set": away})())
    assert as_(secretary).get("/api/v1/notices/").status_code == 200


def test_what_nobody_foresaw_is_a_problem_too(as_, secretary, monkeypatch, caplog):
    from partyportal.core.api import NoticeViewSet

    monkeypatch.setattr(NoticeViewSet, "rows", lambda self, seen: 1 / 0)
    answer = as_(secretary).get("/api/v1/notices/")
    caplog.clear()  # Django logs it, as it should
    problem_of(answer, 500)
    assert "ZeroDivision" not in answer.content.decode()


def test_asking_what_is_possible_breaks_nothing(as_, department):
    from partyportal.api.urls import router

    client = as_(department)
    for prefix, _, _ in router.registry:
        assert client.options(f"/api/v1/{prefix}/").status_code == 200, prefix


def test_no_cache_keeps_an_answer(as_, department):
    from partyportal.api.urls import router

    client = as_(department)
    for path in [*(prefix for prefix, _, _ in router.registry), "me"]:
        assert client.get(f"/api/v1/{path}/")["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"kind":"\\ud800"}', b'{"\\udc00":1}'])
def test_json_without_end_and_half_a_character_are_unreadable_not_a_fault(world, as_, body):
    answer = as_(world.department).post("/api/v1/education/leaves/", body, content_type="application/json")
    assert "套得太深" in problem_of(answer, 400)["detail"]
