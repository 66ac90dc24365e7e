"""Accounts for a branch's members: all at once, each tied to its member, handed over on paper."""

import re

import pytest
from django.urls import reverse

from members.models import Member
from members.services.accounts import open_for_members
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, User
from tests.factories import make_member

PASSWORD = re.compile(r'<code class="pp-password">([^<]+)</code>')


@pytest.fixture
def family(tree):
    return [make_member(tree.ours, name, mobile_phone="15400000001") for name in ("潘大山", "潘小山", "江芳玲")]


def test_a_branch_gets_its_accounts_at_once(client, tree, family, system_admin):
    client.force_login(system_admin)
    url = reverse("members:slips")
    assert "给 3 人开账号" in client.get(url, {"organisation": tree.ours.code}).content.decode()
    page = client.post(url, {"organisation": tree.ours.code}).content.decode()
    passwords = PASSWORD.findall(page)
    assert len(set(passwords)) == 3
    users = [Member.objects.get(pk=member.pk).user for member in family]
    assert [user.username for user in users] == ["pandashan", "panxiaoshan", "jiangfangling"]
    assert client.login(username="15400000001", password=passwords[0])
    row = AuditEntry.objects.get(code="members.accounts.opened")
    assert row.data == {"organisation": tree.ours.code, "accounts": 3}


def test_a_second_click_opens_nothing(client, tree, family, system_admin):
    client.force_login(system_admin)
    for _ in range(2):
        response = client.post(reverse("members:slips"), {"organisation": tree.ours.code})
    assert "都已经有账号了" in response.content.decode()
    assert Member.objects.exclude(user=None).count() == 3


def test_one_members_account_from_the_file(client, tree, family, system_admin):
    client.force_login(system_admin)
    assert "还没有账号" in client.get(reverse("members:member", args=[family[0].uid])).content.decode()
    page = client.post(reverse("members:slips"), {"member": family[0].uid}).content.decode()
    assert len(PASSWORD.findall(page)) == 1
    assert Member.objects.exclude(user=None).get() == family[0]


def test_the_holder_sees_their_own_file_after_changing_the_password(client, tree, family, system_admin):
    slip = open_for_members(Member.objects.filter(pk=family[0].pk), branch=tree.ours, by=system_admin)[0]
    client.login(username=slip.user.username, password=slip.password)
    new = {"old_password": slip.password, "new_password1": "Brand-new-7", "new_password2": "Brand-new-7"}
    client.post(reverse("core:password"), new)
    assert client.get(reverse("members:member", args=[family[0].uid])).status_code == 200
    assert client.get(reverse("members:member", args=[family[1].uid])).status_code == 404


def test_a_member_elsewhere_is_left_alone(tree, family, system_admin):
    with pytest.raises(DomainError, match="已经有账号"):
        open_for_members(Member.objects.all(), branch=tree.far, by=system_admin)
    assert not User.objects.filter(username__startswith="pan").exists()


def test_a_garbled_member_is_not_found(client, tree, system_admin):
    client.force_login(system_admin)
    assert client.post(reverse("members:slips"), {"member": "not-a-uid"}).status_code == 404


def test_opening_for_many_costs_no_more_than_for_one(tree, system_admin, django_assert_max_num_queries):
    # lock, names taken, accounts, audit, tie to the members, audit; and the savepoints
    for many in (1, 49):
        for _ in range(many):
            make_member(tree.ours)
        with django_assert_max_num_queries(10):
            open_for_members(Member.objects.all(), branch=tree.ours, by=system_admin)
