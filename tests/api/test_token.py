"""Coming in with a token."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from partyportal.core.models import AuditEntry
from partyportal.core.services import change_password, open_token
from tests.api.test_problems import problem_of

PASSWORD = "Correct-9horse"


@pytest.fixture(autouse=True)
def nobody_has_asked_yet():
    cache.clear()


@pytest.fixture
def knock():
    def knock(password: str = PASSWORD, username: str = "secretary"):
        return APIClient(raise_request_exception=False).post("/api/v1/token/", {"username": username, "password": password}, format="json")

    return knock


def bearer(token: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def test_a_password_opens_a_token_and_the_token_the_api(secretary, knock):
    token, other = knock().json()["token"], knock().json()["token"]
    client = bearer(token)
    assert client.get("/api/v1/me/").json()["username"] == "secretary"
    assert AuditEntry.objects.filter(code="core.token.opened").exists()
    assert client.delete("/api/v1/token/").status_code == 204
    problem_of(client.get("/api/v1/me/"), 401)
    assert bearer(other).get("/api/v1/me/").status_code == 200, "each is taken back on its own"


def test_what_is_kept_is_no_token(secretary, knock):
    """Whoever reads the table, or a backup of it, cannot come in with what is there."""
    token = knock().json()["token"]
    kept = AuthToken.objects.get()
    assert token not in {kept.digest, kept.token_key} and token[:8] in AuditEntry.objects.get(code="core.token.opened").data["token"]
    for wrong in (kept.digest, kept.token_key, f"{kept.token_key}{'0' * 49}", "\u515a", "x y"):
        problem_of(bearer(wrong.encode().decode("latin-1")).get("/api/v1/me/"), 401)


def test_a_token_ends_after_its_days(secretary, knock):
    token = knock().json()["token"]
    kept = AuthToken.objects.get()
    assert (kept.expiry - kept.created).days in {89, 90}
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    problem_of(bearer(token).get("/api/v1/me/"), 401)
    assert not AuthToken.objects.exists()


def test_of_many_the_oldest_ends(secretary):
    tokens = [open_token(secretary) for _ in range(11)]
    assert [bearer(token).get("/api/v1/me/").status_code for token in (tokens[0], tokens[1], tokens[-1])] == [401, 200, 200]


def test_one_s_own_are_listed_and_taken_back(client, secretary, neighbour, knock):
    mine, theirs = knock().json()["token"], open_token(neighbour)
    client.force_login(secretary)
    shown = client.get("/tokens/").content.decode()
    assert mine[:8] in shown and mine not in shown and theirs[:8] not in shown
    client.post("/tokens/close/", {"token": theirs[:15]})
    client.post("/tokens/close/", {"token": ""})
    assert bearer(theirs).get("/api/v1/me/").status_code == bearer(mine).get("/api/v1/me/").status_code == 200
    assert client.post("/tokens/close/", {"token": mine[:15]}).status_code == 302
    problem_of(bearer(mine).get("/api/v1/me/"), 401)
    assert "没有在用的接口令牌" in client.get("/tokens/").content.decode()


def test_a_wrong_password_an_inactive_account_an_initial_password_get_none(secretary, knock):
    assert "密码不对" in problem_of(knock("wrong"), 400)["detail"]
    problem_of(knock(username="nobody"), 400)
    secretary.must_change_password = True
    secretary.save()
    assert "初始密码" in problem_of(knock(), 403)["detail"]
    secretary.must_change_password, secretary.is_active = False, False
    secretary.save()
    problem_of(knock(), 400)
    assert not AuthToken.objects.exists()


def test_a_new_password_ends_the_token(secretary, knock):
    token = knock().json()["token"]
    change_password(secretary, password="Another-8pony", by=secretary)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    problem_of(client.get("/api/v1/me/"), 401)


def test_five_wrong_passwords_close_the_door(secretary, knock, settings):
    settings.AXES_ENABLED = True
    answers = [knock("wrong").status_code for _ in range(5)]
    assert answers[:4] == [400] * 4
    problem_of(knock(), 429)


def test_a_session_without_its_csrf_token_changes_nothing(secretary):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(secretary)
    assert client.get("/api/v1/me/").status_code == 200
    problem_of(client.post("/api/v1/members/", {}, format="json"), 403)
