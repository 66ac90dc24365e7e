"""找人、找支部: in one's own sight alone."""

import pytest
from django.urls import reverse

from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation

URL = "dashboard:search"


def found(client, text):
    context = client.get(reverse(URL), {"q": text}).context
    return [row.name for row in context["people"]], [str(place.organisation) for place in context["places"]]


@pytest.mark.parametrize("text", ["潘山洋", "潘山", "psy", "panshanyang", "9777", "18900009777"])
def test_a_member_is_found_by_whatever_one_knows(client, secretary, tree, text):
    make_member(tree.ours, "潘山洋", mobile_phone="18900009777")
    make_member(tree.ours, "袁强")
    client.force_login(secretary)
    if text == "18900009777":
        text = "00009777"
    assert found(client, text)[0] == ["潘山洋"]


@pytest.mark.parametrize("text", ["高家杨", "gaojiayang", "001003001"])
def test_a_branch_is_found_by_name_pinyin_and_code(client, committee, tree, text):
    client.force_login(committee)
    assert found(client, text)[1] == ["高家杨村党支部"]


def test_a_neighbour_finds_nobody_of_ours(client, neighbour, tree):
    make_member(tree.ours, "潘山洋")
    client.force_login(neighbour)
    assert found(client, "潘山洋") == ([], [])
    assert found(client, "高家杨") == ([], [])


def test_whoever_sees_no_members_may_not_search(client, member, security_admin, auditor, outsider):
    for user in (member.user, security_admin, auditor, outsider):
        client.force_login(user)
        assert client.get(reverse(URL), {"q": "刘明"}).status_code == 403


def test_nothing_typed_finds_nothing(client, secretary, tree):
    make_member(tree.ours)
    client.force_login(secretary)
    assert found(client, "  ") == ([], [])


def test_twenty_are_shown_and_the_rest_is_in_the_roster(client, secretary, tree):
    client.force_login(secretary)
    for many in (1, 49):
        for _ in range(many):
            make_member(tree.ours, "张三")
            make_organisation("中共清源县山门镇张三村支部委员会", "group", tree.ours)
        with fits_budget(URL):
            shown = client.get(reverse(URL), {"q": "张三"})
    assert len(shown.context["people"]) == 20 and shown.context["more_people"]
    assert "q=%E5%BC%A0%E4%B8%89" in shown.content.decode()
