"""Coming in with a token."""

import pytest
from django.core.cache import cache
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from partyportal.core.models import AuditEntry
from partyportal.core.services import change_password
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


def test_a_password_opens_a_token_and_the_token_the_api(secretary, knock):
    token = knock().json()["token"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/me/").json()["username"] == "secretary"
    assert knock().json()["token"] == token
    assert AuditEntry.objects.filter(code="core.token.opened").exists()
    assert client.delete("/api/v1/token/").status_code == 204
    problem_of(client.get("/api/v1/me/"), 401)


def test_a_wrong_password_an_inactive_account_an_initial_password_get_none(secretary, knock):
    assert "密码不对" in problem_of(knock("wrong"), 400)["detail"]
    problem_of(knock(username="nobody"), 400)
    secretary.must_change_password = True
    secretary.save()
    assert "初始密码" in problem_of(knock(), 403)["detail"]
    secretary.must_change_password, secretary.is_active = False, False
    secretary.save()
    problem_of(knock(), 400)
    assert not Token.objects.exists()


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
