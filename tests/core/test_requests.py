"""What no page of ours would send, and what happens to a button when something is away: a plain page in Chinese, and nothing changed."""

import errno
import json

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client
from django.urls import reverse
from psycopg2 import connect
from psycopg2.errors import DiskFull, LockNotAvailable, UndefinedColumn

import manage
from partyportal.api import problems
from partyportal.core import schema, views
from partyportal.core.models import AuditEntry, User
from partyportal.core.outages import outage_of
from tests.core.test_login import PASSWORD, log_in
from tests.live.processes import database_url


@pytest.fixture
def entered(secretary):
    """A browser of somebody logged in, which is shown a fault as people are."""
    client = Client(raise_request_exception=False)
    client.force_login(secretary)
    return client


def caused(error: Exception, *, by: Exception) -> Exception:
    error.__cause__ = by
    return error


def chinese(response) -> str:
    words = response.content.decode()
    assert "<main" in words and any("\u4e00" <= sign <= "\u9fff" for sign in words)
    return words


@pytest.mark.parametrize("address", ["/members/?q=%00", "/members/?organisation=001%00", "/organisations/001%00/", "/login/?next=%00"])
def test_the_character_nul_in_an_address_is_refused(client, secretary, address):
    client.force_login(secretary)
    response = client.get(address)
    assert response.status_code == 400 and "看不懂" in chinese(response)


@pytest.mark.parametrize("sent", [{"next": "\0"}, {"a\0b": ""}])
def test_the_character_nul_in_a_form_is_refused(client, secretary, sent):
    client.force_login(secretary)
    assert client.post(reverse("core:large_text"), sent | {"large": "1"}).status_code == 400
    secretary.refresh_from_db()
    assert not secretary.large_text


def test_the_address_of_a_button_opened_by_itself_says_so(client, secretary):
    client.force_login(secretary)
    response = client.get(reverse("core:large_text"))
    assert response.status_code == 405 and response["Allow"] == "POST"
    assert "按钮" in chinese(response)


def test_a_session_that_ended_under_a_button_comes_back_to_its_page(client, secretary):
    sent = client.post(reverse("core:token_close"), headers={"referer": "http://testserver/me/tokens/?tab=1"})
    assert sent.url.endswith("?next=%2Fme%2Ftokens%2F%3Ftab%3D1&again=1")
    assert "刚才那一步没有做" in client.get(sent.url).content.decode()
    assert log_in(client, "secretary", next="/me/tokens/?tab=1").url == "/me/tokens/?tab=1"


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/form", "http://[broken"])
def test_a_button_of_nowhere_leads_home(client, db, referer):
    sent = client.post(reverse("core:token_close"), headers={"referer": referer})
    assert sent.url.endswith("?next=%2F&again=1")


def test_a_form_of_an_earlier_session_says_so(secretary):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("core:login"), {"username": "secretary", "password": PASSWORD})
    assert response.status_code == 403 and "已经过期" in chinese(response)
    assert not AuditEntry.objects.filter(code="core.user.entered").exists()


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_a_row_is_told_and_nothing_is_changed(entered, secretary, caplog):
    other = connect(database_url())
    other.cursor().execute("SELECT FROM core_user WHERE id = %s FOR UPDATE", [secretary.pk])
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        sent = entered.post(reverse("core:large_text"), {"large": "1"}, headers={"referer": "http://testserver/members/"})
    finally:
        other.close()
        connection.close()
    assert sent.status_code == 503 and "系统正忙" in chinese(sent) and 'href="/members/"' in chinese(sent)
    secretary.refresh_from_db()
    assert not secretary.large_text
    caplog.clear()


@pytest.fixture
def behind(monkeypatch):
    """A new version whose `migrate` has not run: a column it reads is not there yet."""
    monkeypatch.setattr(schema, "migrations", lambda: frozenset({("core", "9999_large_text")}))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_user RENAME COLUMN large_text TO not_yet")


@pytest.mark.parametrize("address", ["/members/imports/", "/api/v1/members/"])
def test_a_database_that_lacks_a_migration_is_said_as_such(entered, behind, caplog, address):
    response = entered.get(address)
    words = response.json()["detail"] if "/api/" in address else chinese(response)
    assert response.status_code == 503 and "数据库还没有升级" in words and "manage.py migrate" in words
    caplog.clear()


def test_a_command_before_migrate_says_what_to_run(db, behind, monkeypatch, capsys):
    monkeypatch.setattr("django.core.management.execute_from_command_line", lambda words: User.objects.first())
    with pytest.raises(SystemExit) as ended:
        manage.main()
    assert ended.value.code == 2 and "manage.py migrate" in capsys.readouterr().err


def test_a_fault_of_ours_on_a_migrated_database_stays_one(db):
    assert outage_of(caused(ProgrammingError("no such column"), by=UndefinedColumn())) is None


@pytest.mark.parametrize(
    ("cause", "code", "said"),
    [
        (OperationalError("server closed the connection"), 503, "连不上"),
        (caused(OperationalError(), by=LockNotAvailable()), 503, "系统正忙"),
        (caused(OperationalError(), by=DiskFull()), 503, "磁盘满了"),
        (OSError(errno.ENOSPC, "No space left on device"), 503, "磁盘满了"),
        (PermissionError(errno.EACCES, "Permission denied"), 500, "系统出了故障"),
    ],
)
def test_what_is_away_busy_or_full_is_said_as_such(rf, cause, code, said):
    try:
        raise cause
    except Exception:
        page, problem = views.fault(rf.get("/members/")), problems.fault(rf.get("/api/v1/members/"))
    assert page.status_code == problem.status_code == code
    assert said in chinese(page) and json.loads(problem.content)["detail"]
