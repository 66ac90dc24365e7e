"""What each kind of user is offered, and that an offer is never more than the verbs allow."""

import pytest
from django.urls import reverse

from partyportal.core.navigation import KINDS, Navigation, kind_of


@pytest.mark.parametrize(
    ("verbs", "kind"),
    [
        ({"duty.see", "education.record"}, "branch"),
        ({"duty.see", "points.scheme", "organisation.edit"}, "department"),
        ({"account.manage", "organisation.edit"}, "administrator"),
        ({"audit.read"}, "administrator"),
        ({"cockpit.see"}, "reader"),
        (set(), "member"),
    ],
)
def test_the_kind_of_user_is_told_from_the_verbs(verbs, kind):
    assert kind_of(frozenset(verbs)) == kind


def _asked(rf, user, path="/"):
    request = rf.get(path)
    request.user = user
    return Navigation(request)


def test_a_place_without_a_page_is_not_offered(rf, secretary):
    """The table names pages that are not built yet; they appear with their URL name."""
    shown = _asked(rf, secretary)
    assert {link.label for link in shown.sections} <= {place.label for place in KINDS["branch"][0]}
    assert all(link.url for link in shown.sections)


def test_a_member_without_posts_is_offered_no_search_and_no_section_of_others(rf, outsider):
    shown = _asked(rf, outsider)
    assert shown.kind == "member" and shown.search_url == ""
    assert not {"党员", "导入", "账号授权"} & {link.label for link in shown.sections}


def test_the_section_of_the_page_is_current(rf, secretary):
    jobs = reverse("core:jobs")
    current = [link.label for link in _asked(rf, secretary, jobs + "x/").own if link.current]
    assert current == ["任务"]


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("openness:catalogue", "党务公开"),
        ("planning:templates", "主题活动"),
        ("education:requirements", "三会一课"),
        ("education:meetings", "会议记录"),
        ("planning:plan", "年度计划"),
    ],
)
def test_a_page_stands_in_its_own_place_of_the_room_wherever_its_address_begins(rf, secretary, page, place):
    assert [link.label for link in _asked(rf, secretary, reverse(page)).room if link.current] == [place]


def test_an_anonymous_page_has_the_wordmark_and_large_text_alone(client, db):
    page = client.get(reverse("core:login")).content.decode()
    assert "pp-wordmark" in page and "大字" in page
    assert "pp-sections" not in page and "pp-tabs" not in page and "退出" not in page


def test_large_text_works_before_logging_in(client, db):
    client.post(reverse("core:large_text"), {"large": "1", "next": reverse("core:login")})
    assert 'class="pp-large"' in client.get(reverse("core:login")).content.decode()


def test_a_session_that_ran_out_under_a_fragment_reloads_the_page(client, db):
    response = client.get(reverse("core:jobs"), follow=True, headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"


def test_a_member_reaches_all_that_is_the_members_own_from_one_page(client, member):
    """The masthead is hidden on a phone and four tabs hold little: what is not here cannot be found at all."""
    client.force_login(member.user)
    page = client.get(reverse("core:more")).content.decode()
    for name in ("members:mine", "education:leaves", "dues:mine", "aid:mine", "motions:motions", "study:courses", "publicity:mine"):
        assert f'href="{reverse(name)}"' in page, name
    assert "接口令牌" not in page and "<h1>我的<" in page


def test_more_is_the_whole_of_what_a_post_may_open(rf, secretary):
    shown = {group.title: [link.label for link in group.links] for group in _asked(rf, secretary).everything}
    assert list(shown) == ["栏目", "党员", "组织生活", "积分", "关怀帮扶", "我的"]
    assert "请假" in shown["组织生活"] and "流动" in shown["党员"] and "导入" not in shown["党员"]
    labels = [label for labels in shown.values() for label in labels]
    assert len(labels) == len(set(labels)), "each place once"


def test_ones_own_file_is_found_without_knowing_its_number(client, member, secretary):
    client.force_login(member.user)
    assert client.get(reverse("members:mine")).headers["Location"] == reverse("members:member", args=[member.uid])
    client.force_login(secretary)  # a login of nobody on the roster
    assert "没有对应的党员" in client.get(reverse("members:mine")).content.decode()


def test_where_no_tab_leads_the_last_is_where_one_is(rf, outsider):
    """A page reached from 我的 must not look like a page of nowhere."""
    at = [tab.label for tab in _asked(rf, outsider, reverse("aid:mine")).tabs if tab.current]
    assert at == ["我的"]
    assert [tab.label for tab in _asked(rf, outsider, reverse("dues:mine")).tabs if tab.current] == ["党费"]
