"""Grants: proposed by one, confirmed by another, ended on a day; 三员 are three persons."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from branches.access import can
from branches.models import Grant
from branches.services import grants
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, User
from tests.budgets import fits_budget
from tests.factories import make_grant, make_user

DAY = date(2026, 3, 1)


@pytest.fixture
def second(tree):
    """Another security admin."""
    user = make_user("第二安全员", username="second")
    make_grant(user, tree.county, "security_admin")
    return user


@pytest.fixture
def proposal(tree, outsider, security_admin):
    return grants.propose(user=outsider, organisation=tree.ours, role="secretary", start=DAY, by=security_admin)


def fresh(user):
    """The user as the next request sees them."""
    return User.objects.get(pk=user.pk)


def test_a_proposal_counts_only_once_another_person_has_confirmed_it(tree, outsider, proposal, second):
    assert not can(fresh(outsider), "member.edit", tree.ours)
    grants.confirm(proposal, by=second)
    assert can(fresh(outsider), "member.edit", tree.ours)
    assert not can(fresh(outsider), "member.edit", tree.neighbours)


def test_who_proposed_may_not_confirm(proposal, security_admin):
    with pytest.raises(DomainError, match="另一个人"):
        grants.confirm(proposal, by=security_admin)


def test_who_will_hold_it_may_not_confirm(proposal, outsider):
    with pytest.raises(DomainError, match="给自己"):
        grants.confirm(proposal, by=outsider)


def test_nobody_proposes_for_themselves(tree, security_admin):
    with pytest.raises(DomainError, match="给自己授权"):
        grants.propose(user=security_admin, organisation=tree.county, role="department", start=DAY, by=security_admin)


@pytest.mark.parametrize("role", ["system_admin", "auditor"])
def test_one_person_holds_one_of_the_three_administrators_posts(tree, security_admin, second, role):
    with pytest.raises(DomainError, match="三个人"):
        grants.propose(user=second, organisation=tree.county, role=role, start=DAY, by=security_admin)


def test_a_confirmed_grant_is_not_confirmed_again(proposal, second):
    grants.confirm(proposal, by=second)
    with pytest.raises(DomainError, match="确认过"):
        grants.confirm(proposal, by=second)


def test_the_same_role_is_not_given_twice(tree, outsider, security_admin, proposal):
    with pytest.raises(DomainError, match="已经有这个角色"):
        grants.propose(user=outsider, organisation=tree.ours, role="secretary", start=DAY, by=security_admin)


def test_an_ended_grant_stays_as_history_and_counts_no_more(tree, outsider, proposal, second):
    grants.confirm(proposal, by=second)
    today = timezone.localdate()
    grants.end(proposal, on=today, by=second)
    assert not can(fresh(outsider), "member.edit", tree.ours)
    assert Grant.objects.get(pk=proposal.pk).end == today


def test_a_proposal_taken_back_leaves_only_its_audit_row(proposal, security_admin):
    uid = proposal.uid
    grants.end(proposal, on=timezone.localdate(), by=security_admin)
    assert not Grant.objects.filter(uid=uid).exists()
    assert AuditEntry.objects.filter(code="branches.grant.ended", target_uid=uid).exists()


def test_every_step_is_audited_by_uid_and_code_never_by_name(outsider, proposal, second):
    grants.confirm(proposal, by=second)
    rows = AuditEntry.objects.filter(target_uid=proposal.uid).order_by("id")
    assert [row.code for row in rows] == ["branches.grant.proposed", "branches.grant.confirmed"]
    assert rows[0].data == {"user": str(outsider.uid), "role": "secretary", "organisation": "001003001", "start": "2026-03-01", "end": None}
    assert outsider.name not in str([row.data for row in rows])


# ── Pages ───────────────────────────────────────────────────────────────────
def test_proposing_and_confirming_through_the_pages(client, tree, outsider, security_admin, second):
    client.force_login(security_admin)
    form = {"user": "outsider", "organisation": "高家杨村党支部", "role": "secretary", "start": "2026-03-01", "end": ""}
    assert client.post(reverse("branches:grant_new"), form)["Location"] == reverse("branches:grants")
    grant = Grant.objects.get(user=outsider)
    url = reverse("branches:grant_confirm", args=[grant.uid])
    assert "确认授权" not in client.get(url).content.decode()
    client.post(url)
    assert Grant.objects.get(pk=grant.pk).confirmed_by is None
    client.force_login(second)
    assert "确认授权" in client.get(url).content.decode()
    client.post(url)
    assert Grant.objects.get(pk=grant.pk).confirmed_by == second


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"user": "nobody"}, "没有这个用户名的账号"),
        ({"organisation": "没有的村"}, "没有找到"),
        ({"organisation": "村"}, "有几个"),
        ({"end": "2026-02-01"}, "止日须晚于起日"),
        ({"user": "secadmin"}, "不能给自己授权"),
    ],
)
def test_a_refused_proposal_keeps_what_was_typed_and_says_why(client, tree, outsider, security_admin, changed, said):
    client.force_login(security_admin)
    form = {"user": "outsider", "organisation": "001003001", "role": "secretary", "start": "2026-03-01"} | changed
    page = client.post(reverse("branches:grant_new"), form).content.decode()
    assert said in page
    assert f'value="{form["user"]}"' in page
    assert not Grant.objects.filter(user=outsider).exists()


def test_a_townships_security_admin_gives_nothing_outside_it(client, tree, outsider):
    local = make_user("乡安全员", username="local")
    make_grant(local, tree.township, "security_admin")
    client.force_login(local)
    form = {"user": "outsider", "organisation": tree.far.code, "role": "secretary", "start": "2026-03-01"}
    assert "没有找到" in client.post(reverse("branches:grant_new"), form).content.decode()
    far = make_grant(outsider, tree.far, "secretary")
    assert client.get(reverse("branches:grant_end", args=[far.uid])).status_code == 404
    assert "白驼镇" not in client.get(reverse("branches:grants")).content.decode()


def test_ending_shows_what_ends_before_it_ends(client, tree, outsider, security_admin):
    client.force_login(security_admin)
    grant = make_grant(outsider, tree.ours, "secretary")
    url = reverse("branches:grant_end", args=[grant.uid])
    assert "终止后" in client.get(url).content.decode()
    assert Grant.objects.get(pk=grant.pk).end is None
    client.post(url)
    assert Grant.objects.get(pk=grant.pk).end == timezone.localdate()


def test_the_list_costs_the_same_at_one_grant_and_at_fifty(client, tree, security_admin):
    client.force_login(security_admin)
    for many in (1, 49):
        for n in range(many):
            make_grant(make_user(f"某{many}{n}"), tree.ours, "reader")
        with fits_budget("branches:grants"):
            client.get(reverse("branches:grants"))


# ── The command ─────────────────────────────────────────────────────────────
def grant(*arguments):
    call_command("grant", *arguments)


def test_the_command_makes_the_login_and_the_grant_and_repeats_harmlessly(tree, capsys):
    for _ in range(2):
        grant("zhangjing", "--organisation", "001003", "--role", "committee", "--password", "Correct-9horse")
    user = User.objects.get(username="zhangjing")
    assert user.check_password("Correct-9horse")
    assert Grant.objects.get(user=user).operator
    assert can(user, "points.confirm", tree.ours)
    assert "没有改动" in capsys.readouterr().out


def test_without_a_password_a_new_login_gets_an_initial_one_shown_once(tree, capsys):
    grant("zhangjing", "--organisation", "001003", "--role", "committee")
    said = capsys.readouterr().out
    user = User.objects.get(username="zhangjing")
    assert user.must_change_password
    assert user.check_password(said.split("初始密码 ")[1].split("，")[0])


def test_the_command_puts_a_waiting_proposal_in_force(tree, outsider, proposal):
    grant("outsider", "--organisation", "001003001", "--role", "secretary")
    assert can(fresh(outsider), "member.edit", tree.ours)
    assert Grant.objects.filter(user=outsider).count() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--organisation", "999", "--role", "reader"), "没有代码为 999 的党组织"),
        (("x", "--organisation", "001", "--role", "king"), "没有角色 king"),
    ],
)
def test_an_unknown_code_or_role_is_one_sentence_and_exit_2(tree, arguments, said):
    with pytest.raises(CommandError, match=said) as refusal:
        grant(*arguments)
    assert refusal.value.returncode == 2
    assert not User.objects.filter(username="x").exists()


def test_a_role_given_again_after_its_end_is_a_new_grant(tree, outsider):
    yesterday = timezone.localdate() - timedelta(days=1)
    make_grant(outsider, tree.ours, "secretary", end=yesterday)
    grant("outsider", "--organisation", "001003001", "--role", "secretary")
    assert Grant.objects.filter(user=outsider).count() == 2
    assert can(fresh(outsider), "member.edit", tree.ours)
