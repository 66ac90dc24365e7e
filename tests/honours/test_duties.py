"""Each step asks the one who must act next, and the fact clears it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.access import grants_of
from points.honours import duties, services
from points.honours.selectors.yellow import unspoken
from tests.factories import make_member
from tests.honours.makers import (
    CLOSES,
    DECIDED,
    NOMINATED,
    OPENS,
    PUBLIC_FROM,
    PUBLIC_UNTIL,
    REVIEWED,
    approved,
    decided,
    issued,
    nominated,
    public,
)
from tests.points.makers import deed, make_scheme, settled

DAY = timedelta(days=1)


def titles(user, today) -> list[str]:
    user.__dict__.pop("_held_grants", None)
    assert grants_of(user)
    return [duty.title for duty in duties.due(user, today)]


def test_the_window_asks_branches_while_places_are_left(tree, cast, call):
    assert titles(cast.secretary, OPENS - DAY) == []
    (asked,) = duties.due(cast.secretary, OPENS)
    assert (asked.due_on, asked.organisation_code, asked.act) == (CLOSES, tree.ours.code, "去推荐") and "还可以推荐 2 个" in asked.reason
    assert titles(cast.committee, OPENS) == ["组织推荐全县优秀共产党员"]
    for branch in (tree.ours, tree.neighbours):
        nominated(call, make_member(branch), by=cast.department)
    assert titles(cast.secretary, NOMINATED) == []
    assert titles(cast.committee, NOMINATED) == ["审核全县优秀共产党员的 2 份推荐"]
    assert titles(cast.neighbour, CLOSES + DAY) == []


@pytest.mark.parametrize("shared", [False, True])
def test_a_county_call_that_shares_nothing_out_does_not_ask_every_branch(tree, cast, shared):
    issued(tree.county, by=cast.department, shares=[(tree.township, 1)] if shared else [])
    assert bool(titles(cast.secretary, OPENS)) is shared


def test_a_call_of_ones_own_committee_asks_its_branches(tree, cast):
    issued(tree.township, by=cast.committee, title="山门镇优秀共产党员")
    assert titles(cast.secretary, OPENS) == titles(cast.neighbour, OPENS) == ["推荐山门镇优秀共产党员"]


def test_a_review_is_due_days_after_the_first_nomination(tree, cast, call, person):
    nominated(call, person, by=cast.secretary)
    nominated(call, make_member(tree.ours), by=cast.secretary, today=NOMINATED + DAY)
    (asked,) = [duty for duty in duties.due(cast.committee, CLOSES) if duty.act == "去审核"]
    assert asked.due_on == NOMINATED + timedelta(days=5)


def test_the_organiser_is_led_from_step_to_step(tree, cast, call, person, second_department):
    row = approved(call, person, by=cast.secretary, reviewer=cast.committee)
    assert titles(cast.department, REVIEWED) == ["全县优秀共产党员：公示拟表彰对象"]
    public(call, by=cast.department)
    assert titles(cast.department, PUBLIC_FROM) == []
    objection = services.note_objection(row, content="账目没有公开", received_on=PUBLIC_FROM, today=PUBLIC_FROM, by=cast.department)
    assert titles(cast.department, PUBLIC_UNTIL + DAY) == ["全县优秀共产党员：核实 1 件异议"]
    services.close_objection(objection, upheld=False, finding="已公开", by=second_department, today=PUBLIC_UNTIL)
    assert titles(cast.department, PUBLIC_UNTIL) == []
    (asked,) = duties.due(cast.department, PUBLIC_UNTIL + DAY)
    assert (asked.title, asked.due_on) == ("全县优秀共产党员：登记表彰决定", PUBLIC_UNTIL + timedelta(days=10))
    decided(call, by=cast.department)
    assert titles(cast.department, DECIDED) == []


def test_a_call_nobody_answered_asks_for_longer_or_for_an_end(tree, cast, call):
    (asked,) = duties.due(cast.department, CLOSES + DAY)
    assert asked.title == "全县优秀共产党员：延长推荐，或者取消" and "一份推荐也没有" in asked.reason


def test_duties_cost_the_same_for_one_branch_and_for_many(tree, cast, call, django_assert_num_queries):
    issued(tree.county, by=cast.department, title="全县优秀党务工作者", shares=[(tree.ours, 1)])
    for branches in ([tree.ours], [tree.ours, tree.neighbours, tree.far]):
        with django_assert_num_queries(4):
            assert duties.due_for(branches, NOMINATED)


# ── 黄榜 ─────────────────────────────────────────────────────────────────────
@pytest.fixture
def yellow(tree, person):
    """A version by quarter: 10 points and more are 合格, below is the yellow list; 潘山洋 has 2 points, 刘明 has 20."""
    good = make_member(tree.ours, "刘明")
    make_scheme(
        tree.county,
        {"value": Decimal(2)},
        thresholds=[
            {"name": "合格", "at_least": 10, "period": "quarter"},
            {"name": "三类", "at_least": 0, "period": "quarter", "on_list": "yellow"},
        ],
    )
    settled(deed(person, date(2026, 4, 10)), *(deed(good, date(2026, 4, day)) for day in range(1, 11)))
    return good


def talks_due(user, today):
    user.__dict__.pop("_held_grants", None)
    return [duty for duty in duties.due(user, today) if duty.key.startswith("honours.talk")]


def test_a_quarters_yellow_list_asks_for_a_talk_until_one_is_recorded(tree, cast, person, yellow, client):
    (before,) = talks_due(cast.secretary, date(2026, 6, 30))  # of the running quarter nobody is judged yet; in the first both had 0
    assert before.title == "谈话提醒：2026 年第一季度黄榜 2 名党员"
    (asked,) = talks_due(cast.secretary, date(2026, 7, 1))
    assert (asked.title, asked.due_on) == ("谈话提醒：2026 年第二季度黄榜 1 名党员", date(2026, 7, 30))
    assert talks_due(cast.committee, date(2026, 7, 1)) == []  # the branch speaks to its own member
    said = {"member": person, "year": 2026, "result": "yellow", "outcome": "黄榜", "by": cast.secretary}
    services.record_use(**said, purpose="talk", day=date(2026, 6, 30), today=date(2026, 7, 1))  # before the list closed: another one's
    assert talks_due(cast.secretary, date(2026, 7, 1))
    use = services.record_use(**said, purpose="talk", day=date(2026, 7, 1), today=date(2026, 7, 1))
    assert talks_due(cast.secretary, date(2026, 7, 1)) == []
    services.void_use(use, reason="登错了人", by=cast.secretary, today=date(2026, 7, 2))
    assert len(talks_due(cast.secretary, date(2026, 7, 2))) == 1


def test_the_page_of_talks_leads_to_the_entry(tree, cast, person, yellow, client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 7, 1))
    client.force_login(cast.secretary)
    shown = client.get(reverse("honours:talks")).content.decode()
    assert "潘山洋" in shown and "刘明" not in shown and f"?member={person.uid}&amp;year=2026&amp;result=yellow" in shown
    form = client.get(reverse("honours:use_new"), {"member": person.uid, "year": 2026, "result": "yellow", "purpose": "talk"})
    assert form.context["form"].initial["purpose"] == "talk"
    client.force_login(cast.neighbour)
    assert "潘山洋" not in client.get(reverse("honours:talks")).content.decode()


def test_a_county_without_a_yellow_list_is_asked_once_and_no_more(tree, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert unspoken([tree.ours, tree.far], date(2026, 7, 1)) == []


def test_the_yellow_list_costs_the_same_for_one_branch_and_for_many(tree, person, yellow, django_assert_num_queries):
    for branches in ([tree.ours], [tree.ours, tree.neighbours, tree.far]):
        with django_assert_num_queries(5):
            assert "潘山洋" in {one.member.name for one in unspoken(branches, date(2026, 7, 1))}
