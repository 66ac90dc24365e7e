"""County parameters and their page: a default until a day, another value from it on, the past as it was."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from members.parameters import BRANCH_MOST, STALE_MONTHS
from partyportal.core import parameters
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, CalendarDay, Setting
from tests.budgets import fits_budget

DAY = date(2027, 1, 1)


# ── The door ────────────────────────────────────────────────────────────────
def test_a_value_holds_from_its_day_and_the_day_before_keeps_the_default(system_admin):
    parameters.set_value(BRANCH_MOST, value=60, start=DAY, by=system_admin)
    assert parameters.value_on(DAY - timedelta(days=1), BRANCH_MOST) == 50
    assert parameters.value_on(DAY, BRANCH_MOST) == 60
    parameters.set_value(BRANCH_MOST, value=70, start=DAY + timedelta(days=10), by=system_admin)
    assert parameters.value_on(DAY + timedelta(days=9), BRANCH_MOST) == 60
    assert parameters.value_on(DAY + timedelta(days=10), BRANCH_MOST) == 70


def test_several_are_read_in_one_statement(system_admin, django_assert_num_queries):
    parameters.set_value(BRANCH_MOST, value=60, start=DAY, by=system_admin)
    with django_assert_num_queries(1):
        assert parameters.values_on(DAY, [BRANCH_MOST, STALE_MONTHS]) == {BRANCH_MOST.key: 60, STALE_MONTHS.key: 12}


@pytest.mark.parametrize(("value", "good"), [(19, False), (20, True), (200, True), (201, False)])
def test_the_bounds_themselves_are_allowed(system_admin, value, good):
    if good:
        assert parameters.set_value(BRANCH_MOST, value=value, start=DAY, by=system_admin).value == value
        return
    with pytest.raises(DomainError, match="20 到 200"):
        parameters.set_value(BRANCH_MOST, value=value, start=DAY, by=system_admin)
    assert not Setting.objects.exists()


def test_setting_the_same_day_again_corrects_it_and_both_are_in_the_log(system_admin):
    for value in (60, 65):
        parameters.set_value(BRANCH_MOST, value=value, start=DAY, by=system_admin)
    assert [row.value for row in Setting.objects.all()] == [65]
    acts = AuditEntry.objects.filter(code="core.setting.set").order_by("id").values_list("data", flat=True)
    assert [(act["before"], act["after"]) for act in acts] == [(50, 60), (60, 65)]


def test_every_declared_parameter_is_whole_and_its_own():
    known = parameters.declared()
    assert BRANCH_MOST.key in known
    for key, parameter in known.items():
        assert key == parameter.key and key.split(".")[0] and parameter.label and parameter.source
        assert parameter.unit or (parameter.minimum, parameter.maximum) == (0, 1), "only a yes or no counts nothing"
        assert parameter.minimum <= parameter.default <= parameter.maximum, key
        assert len(key) <= 60, "a Setting's key"
        # a label that is no app, or a key declared twice, would lose a parameter in silence
        named = [one.key for one in import_module(f"{apps.get_app_config(key.split('.')[0]).name}.parameters").PARAMETERS]
        assert named.count(key) == 1


# ── The page ────────────────────────────────────────────────────────────────
def ask(client, user, data=None, key=BRANCH_MOST.key):
    client.force_login(user)
    url = reverse("core:settings", query={"parameter": key})
    return client.post(url, data) if data else client.get(url)


def test_a_value_is_set_from_today_on(client, system_admin):
    today = timezone.localdate()
    assert ask(client, system_admin, {"value": "60", "start": str(today)}).status_code == 302
    assert parameters.value_on(today, BRANCH_MOST) == 60
    shown = ask(client, system_admin).content.decode()
    assert "60 人" in shown and "周丽敏" in shown


@pytest.mark.parametrize(
    ("value", "start", "sentence"),
    [
        ("500", "2099-01-01", "20 到 200"),
        ("60", "2020-01-01", "最早从今天起"),
        ("六十", "2099-01-01", "填一个整数"),
        ("60", "下周", "日期写成"),
    ],
)
def test_what_is_refused_changes_nothing_and_keeps_what_was_typed(client, system_admin, value, start, sentence):
    response = ask(client, system_admin, {"value": value, "start": start})
    told = response.content.decode()
    assert response.status_code == 422 and sentence in told and f'value="{value}"' in told
    assert not Setting.objects.exists()


def test_yesterday_is_refused_and_today_is_not(client, system_admin):
    today = timezone.localdate()
    assert ask(client, system_admin, {"value": "60", "start": str(today - timedelta(days=1))}).status_code == 422
    assert ask(client, system_admin, {"value": "60", "start": str(today)}).status_code == 302


def test_an_unknown_parameter_is_not_found(client, system_admin):
    assert ask(client, system_admin, key="members.nothing").status_code == 404
    assert client.post(reverse("core:settings"), {"value": "1", "start": "2099-01-01"}).status_code == 404


def test_the_page_lists_what_is_declared_and_the_calendar(client, system_admin):
    CalendarDay.objects.update_or_create(
        day=timezone.localdate(), defaults={"is_working": False, "name": "国庆节", "source": "国办发明电〔2026〕9号"}
    )
    client.force_login(system_admin)
    shown = client.get(reverse("core:settings")).content.decode()
    assert f'href="{reverse("admin:index")}"' in shown
    assert all(parameter.label in shown for parameter in parameters.declared().values())
    assert "国庆节" in shown and "放假" in shown


def test_it_costs_the_same_with_a_long_history(client, system_admin):
    client.force_login(system_admin)
    for many in (1, 49):
        for at in range(many):
            parameters.set_value(BRANCH_MOST, value=50 + many, start=DAY + timedelta(days=many * 60 + at), by=system_admin)
        with fits_budget("core:settings"):
            client.get(reverse("core:settings"))
