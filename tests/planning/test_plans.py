"""The year's plan: made in one click from what is required, changed without overwriting, reminding before the day, cleared by the record."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from education.models import Requirement
from education.planning import rules, services
from education.planning.duties import due_for
from education.planning.models import PlanEntry, YearPlan
from members.outreach.models import Area
from partyportal.core.errors import DomainError
from tests.at_once import at_once
from tests.education.test_compliance import hold
from tests.factories import make_organisation

TODAY = date(2026, 11, 22)


def make(tree, by, **fields):
    return services.make_plan(**({"organisation": tree.ours, "year": 2027, "by": by, "today": TODAY} | fields))


def days(kind, **conditions):
    return [e.planned_on for e in PlanEntry.objects.standing().filter(kind=kind, **conditions)]


def add(tree, by, day=date(2026, 11, 25), **fields):
    said = {"organisation": tree.ours, "year": day.year, "planned_on": day, "kind": "theme_day", "by": by, "today": TODAY} | fields
    return services.add_entry(**said)


# ── Rules ───────────────────────────────────────────────────────────────────
def test_article_16_a_relatively_fixed_day_of_each_month():
    assert rules.planned_day(date(2027, 2, 1), usual=31, founded_on=date(2000, 1, 1)) == date(2027, 2, 28)
    assert rules.planned_day(date(2027, 3, 1), usual=20, founded_on=date(2027, 3, 25)) == date(2027, 3, 25)


@pytest.mark.parametrize(
    "day,answered", [(date(2026, 9, 30), False), (date(2026, 10, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)]
)
def test_a_meeting_of_the_period_answers_whatever_its_day(day, answered):
    left = rules.unanswered([("x", "assembly", date(2026, 12, 25))], [("x", day)], {"x": "quarter"})
    assert left == (set() if answered else {0})


def test_the_second_entry_waits_for_the_second_meeting():
    entries = [("x", "theme_day", date(2026, 11, 5)), ("x", "theme_day", date(2026, 11, 25))]
    assert rules.unanswered(entries, [("x", date(2026, 11, 26))], {"x": "month"}) == {1}


def test_article_19_three_directions():
    assert [rules.direction(*who) for who in ((True, True), (True, False), (False, False))] == ["committee", "across", "members"]


# ── The plan ────────────────────────────────────────────────────────────────
def test_one_click_plans_what_is_required_on_last_years_days(tree, secretary):
    hold(tree.ours, "theme_day", date(2026, 10, 12), secretary)
    make(tree, secretary)
    assert days("theme_day") == [date(2027, month, 12) for month in range(1, 13)]
    assert [day.month for day in days("assembly")] == [3, 6, 9, 12]
    assert days("life_meeting") == [date(2027, 12, 15)]
    make(tree, secretary)  # again: nothing twice
    assert PlanEntry.objects.count() == 12 + 4 + 2


def test_of_the_running_year_only_what_is_still_to_come(tree, secretary):
    hold(tree.ours, "assembly", date(2026, 10, 12), secretary)
    make(tree, secretary, year=2026)
    assert days("theme_day") == [TODAY, date(2026, 12, 20)]
    assert days("assembly") == []


def test_a_group_meets_at_its_centre_home(tree, secretary):
    group = make_organisation("第一党小组", "group", tree.ours, code="g1")
    Area.objects.create(kind="centre", organisation=tree.ours, name="老槐树王家", start=date(2026, 1, 1))
    make(tree, secretary)
    assert set(PlanEntry.objects.filter(group=group).values_list("kind", "place")) == {("group", "中心户：老槐树王家")}


def test_a_change_keeps_what_stood_and_says_why(tree, secretary):
    first = add(tree, secretary)
    second = services.change_entry(first, planned_on=date(2026, 11, 28), topic="清扫村道", why="下雨", by=secretary, today=TODAY)
    first.refresh_from_db()
    assert (first.planned_on, first.why, second.replaces) == (date(2026, 11, 25), "下雨", first)
    with pytest.raises(DomainError, match="刚才有人改过"):
        services.drop_entry(first, why="不开了", by=secretary)
    with pytest.raises(DomainError, match="为什么去掉"):
        services.drop_entry(second, why=" ", by=secretary)
    services.drop_entry(second, why="并到下月", by=secretary)
    assert not PlanEntry.objects.standing().exists()


@pytest.mark.parametrize(
    "fields,words",
    [
        ({"planned_on": date(2026, 11, 21)}, "已经过了"),
        ({"planned_on": date(2027, 1, 1), "year": 2026}, "在这一年里"),
        ({"kind": "group"}, "要选党小组"),
        ({}, "已经计划了"),
    ],
)
def test_a_wrong_day_or_kind_is_refused(tree, secretary, fields, words):
    if not fields:
        add(tree, secretary)
    with pytest.raises(DomainError, match=words):
        add(tree, secretary, **fields)


@pytest.mark.django_db(transaction=True)
def test_two_who_make_a_plan_at_once_make_one(tree, secretary, deputy):
    told = at_once(*(lambda by=by: make(tree, by) for by in (secretary, deputy)))
    assert not [one for one in told if isinstance(one, Exception)]
    assert YearPlan.objects.count() == 1
    assert len(days("theme_day")) == 12


# ── Duties ──────────────────────────────────────────────────────────────────
def test_a_planned_day_is_told_before_it_and_cleared_by_the_record(tree, secretary):
    add(tree, secretary, topic="冬季防火", place="活动室")
    (duty,) = due_for([tree.ours], TODAY)
    assert (duty.title, duty.days_left(TODAY), duty.act) == ("11月25日主题党日", 3, "记录会议")
    assert duty.reason == "年度计划里的：冬季防火，活动室"
    assert "topic=%E5%86%AC%E5%AD%A3%E9%98%B2%E7%81%AB" in duty.url and "day=2026-11-25" in duty.url
    hold(tree.ours, "theme_day", date(2026, 11, 23), secretary)
    assert due_for([tree.ours], TODAY) == []


@pytest.mark.parametrize("today,told", [(date(2026, 11, 17), 0), (date(2026, 11, 18), 1), (date(2026, 11, 30), 1), (date(2026, 12, 1), 0)])
def test_seven_days_before_until_the_period_ends(tree, secretary, today, told):
    add(tree, secretary, today=date(2026, 11, 1))
    assert len(due_for([tree.ours], today)) == told


def test_past_its_day_it_waits_until_the_period_ends_without_blame(tree, secretary):
    add(tree, secretary, day=date(2026, 11, 10), today=date(2026, 11, 1))
    (duty,) = due_for([tree.ours], TODAY)
    assert (duty.title, duty.due_on) == ("记录 11月10日主题党日", date(2026, 11, 30))


@pytest.mark.parametrize("size", [1, 40])
def test_many_branches_cost_what_one_costs(tree, department, size, django_assert_num_queries):
    branches = [make_organisation(f"中共清源县山门镇第{n}支部委员会", "branch", tree.township) for n in range(size)]
    for branch in branches:
        services.add_entry(organisation=branch, year=2026, planned_on=date(2026, 11, 25), kind="theme_day", by=department, today=TODAY)
    with django_assert_num_queries(8):
        assert len(due_for(branches, TODAY)) == size


# ── Pages ───────────────────────────────────────────────────────────────────
def test_the_plan_is_made_seen_and_prefills_the_record(client, tree, secretary, committee):
    today = timezone.localdate()
    client.force_login(secretary)
    assert "排出全年计划" in client.get(reverse("planning:plan")).content.decode()
    assert client.post(reverse("planning:plan_make"), {"organisation": tree.ours.code, "year": today.year + 1}).status_code == 302
    page = client.get(f"{reverse('planning:plan')}?year={today.year + 1}")
    assert len(page.context["months"]) == 12
    entry = PlanEntry.objects.first()
    url = reverse("planning:entry", args=[entry.uid])
    assert client.post(url, {"act": "drop", "planned_on": entry.planned_on}).status_code == 422
    assert client.post(url, {"act": "change", "planned_on": entry.planned_on, "topic": "学党章"}).status_code == 302
    record = client.get(f"{reverse('education:record')}?organisation={tree.ours.code}&kind=theme_day&topic=学党章&place=活动室&day={today}")
    assert record.context["form"].initial["topic"] == "学党章"
    assert client.get(f"{reverse('planning:plan')}?format=xlsx&year={today.year + 1}")["Content-Type"].endswith("sheet")
    assert (
        client.post(reverse("planning:entry_new") + f"?organisation={tree.ours.code}", {"kind": "group", "planned_on": today}).status_code
        == 422
    )
    client.force_login(committee)
    overview = client.get(f"{reverse('planning:plan')}?year={today.year + 1}")
    assert (overview.context["total"], overview.context["made"]) == (2, 1)
    assert [b.code for b in client.get(f"{reverse('planning:plan')}?year={today.year + 1}&state=without").context["page"]] == [
        tree.neighbours.code
    ]


def test_a_requirement_changed_is_planned_as_it_will_be(tree, secretary):
    Requirement.objects.create(kind="lecture", organisation_kind="branch", period="quarter", start=date(2027, 4, 1), source="本县")
    make(tree, secretary)
    assert [day.month for day in days("lecture")] == [6, 9, 12]
