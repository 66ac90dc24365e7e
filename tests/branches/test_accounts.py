"""Accounts: opened with a password that stands on one page, reset, disabled; 三员 cannot touch one another."""

import re

import pytest
from django.urls import reverse
from knox.models import AuthToken

from branches.services import accounts
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, User
from tests.budgets import fits_budget
from tests.factories import make_grant, make_user

PASSWORD = re.compile(r'<code class="pp-password">([^<]+)</code>')


def test_a_new_account_is_handed_over_once_and_must_change_its_password(client, system_admin):
    client.force_login(system_admin)
    response = client.post(reverse("branches:account_new"), {"name": "肖斌", "phone": "15400000001", "username": ""})
    (password,) = PASSWORD.findall(response.content.decode())
    user = User.objects.get(username="xiaobin")
    assert user.check_password(password) and user.must_change_password
    assert "no-store" in response["Cache-Control"]
    assert password not in client.get(reverse("branches:account", args=[user.uid])).content.decode()


def test_a_page_sent_twice_opens_one_account_and_says_what_to_do(client, system_admin):
    client.force_login(system_admin)
    said = {"name": "肖斌", "phone": "15400000001", "username": ""}
    client.post(reverse("branches:account_new"), said)
    again = client.post(reverse("branches:account_new"), said)
    assert again.status_code == 422 and "（xiaobin）。登录条没有看到，到那个账号重设密码" in again.content.decode()
    assert client.post(reverse("branches:account_new"), said | {"username": "xiaobin-2"}).status_code == 200
    assert User.objects.filter(name="肖斌").count() == 2


def test_an_initial_password_is_stored_nowhere_in_clear(client, system_admin):
    client.force_login(system_admin)
    response = client.post(reverse("branches:account_new"), {"name": "肖斌"})
    (password,) = PASSWORD.findall(response.content.decode())
    assert password not in str(list(User.objects.values())) + str(list(AuditEntry.objects.values()))


def test_the_slips_password_lets_in_and_asks_for_another(client, system_admin):
    slip = accounts.open_account(name="肖斌", phone="15400000001", by=system_admin)
    assert client.login(username="15400000001", password=slip.password)
    assert client.get(reverse("core:jobs"))["Location"] == reverse("core:password")


def test_people_of_one_name_get_user_names_of_their_own(system_admin):
    slips = accounts.open_accounts([accounts.Holder("张三"), accounts.Holder("张叁"), accounts.Holder("张三")], by=system_admin)
    assert [slip.user.username for slip in slips] == ["zhangsan", "zhangsan2", "zhangsan3"]
    assert len({slip.password for slip in slips}) == 3


def test_a_family_may_share_a_phone(system_admin):
    accounts.open_accounts(
        [accounts.Holder("潘大山", phone="15400000001"), accounts.Holder("潘小山", phone="15400000001")], by=system_admin
    )
    assert User.objects.filter(phone="15400000001").count() == 2


def test_a_user_name_taken_is_refused_at_its_field(client, system_admin):
    client.force_login(system_admin)
    page = client.post(reverse("branches:account_new"), {"name": "肖斌", "username": "sysadmin"}).content.decode()
    assert "这个用户名已经有人用了" in page
    assert 'value="肖斌"' in page


def test_many_accounts_cost_no_more_statements_than_one(system_admin, django_assert_num_queries):
    # names taken, insert, audit; and the savepoint
    for many in (1, 50):
        with django_assert_num_queries(5):
            accounts.open_accounts([accounts.Holder(f"某{n}") for n in range(many)], by=system_admin)


def test_a_reset_ends_the_old_password_sessions_and_tokens(client, system_admin, secretary):
    AuthToken.objects.create(user=secretary)
    client.force_login(secretary)
    slip = accounts.reset_password(secretary, by=system_admin)
    assert client.get(reverse("core:jobs")).status_code == 302
    assert not AuthToken.objects.exists()
    assert User.objects.get(pk=secretary.pk).check_password(slip.password)


def test_a_disabled_account_is_out_at_once_and_keeps_its_grants(client, system_admin, secretary):
    client.force_login(secretary)
    accounts.set_active(secretary, active=False, by=system_admin)
    assert client.get(reverse("core:jobs")).status_code == 302
    assert secretary.grants.count() == 1
    accounts.set_active(secretary, active=True, by=system_admin)
    assert [row.code for row in AuditEntry.objects.filter(target_uid=secretary.uid).order_by("id")] == [
        "core.user.disabled",
        "core.user.enabled",
    ]


@pytest.mark.parametrize("act", [accounts.reset_password, lambda user, by: accounts.set_active(user, active=False, by=by)])
def test_a_system_admin_cannot_become_the_security_admin(system_admin, security_admin, act):
    with pytest.raises(DomainError, match="运维"):
        act(security_admin, by=system_admin)


def test_nobody_disables_themselves(system_admin):
    with pytest.raises(DomainError, match="自己的账号"):
        accounts.set_active(system_admin, active=False, by=system_admin)


def test_the_page_resets_and_disables_by_post(client, system_admin, secretary, security_admin):
    client.force_login(system_admin)
    url = reverse("branches:account", args=[secretary.uid])
    assert PASSWORD.search(client.post(url, {"act": "reset"}).content.decode())
    client.post(url, {"act": "disable"})
    assert not User.objects.get(pk=secretary.pk).is_active
    refused = client.post(reverse("branches:account", args=[security_admin.uid]), {"act": "reset"}, follow=True)
    assert "要由运维在服务器上办" in refused.content.decode()


def test_a_townships_admin_keeps_only_accounts_whose_grants_all_lie_inside(client, tree, secretary, department, outsider):
    local = make_user("乡管理员", username="local")
    make_grant(local, tree.township, "system_admin")
    client.force_login(local)
    page = client.get(reverse("branches:accounts")).content.decode()
    assert "吕山东" in page
    assert "谭洁" not in page and "外人" not in page
    assert client.get(reverse("branches:account", args=[department.uid])).status_code == 404


@pytest.mark.parametrize(
    ("text", "state", "seen"), [("吕", "", True), ("secre", "", True), ("谭", "", False), ("", "granted", True), ("", "disabled", False)]
)
def test_accounts_are_found_by_name_and_state(client, system_admin, secretary, text, state, seen):
    client.force_login(system_admin)
    page = client.get(reverse("branches:accounts"), {"q": text, "state": state}).content.decode()
    assert ("吕山东" in page) is seen


def test_the_list_costs_the_same_at_one_account_and_at_fifty(client, system_admin):
    client.force_login(system_admin)
    for many in (1, 49):
        accounts.open_accounts([accounts.Holder(f"某{n}") for n in range(many)], by=None)
        with fits_budget("branches:accounts"):
            client.get(reverse("branches:accounts"))


def test_initial_passwords_hold_no_sign_that_looks_like_another():
    for _ in range(200):
        password = accounts.initial_password()
        assert len(password) == 11 and not set(password) & set("0Oo1lI2zZ5sSB9gqQ")
        assert any(sign.isdigit() for sign in password) and any(sign.isalpha() for sign in password)
