"""A talk counts for both; a campaign goes from its plan to what came of it."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from education.planning import services
from education.planning.duties import due_for
from education.planning.models import Campaign, CampaignTemplate, Talk
from education.planning.selectors.talks import lacking, standings
from education.planning.starters import STARTERS
from members.models import Fact, Office
from partyportal.core.errors import DomainError
from tests.budgets import fits_budget
from tests.factories import make_member

TODAY = date(2026, 11, 22)
START = date(2026, 11, 1)


@pytest.fixture
def people(tree):
    """吕, secretary and 郑, of the committee; 高 and 袁."""
    found = [make_member(tree.ours, name) for name in ("吕山东", "郑月", "高明", "袁林")]
    for person, position in zip(found, ("secretary", "discipline"), strict=False):
        Office.objects.create(member=person, organisation=tree.ours, position=position, start=date(2026, 1, 1))
    return found


def talk(tree, by, first, second, **fields):
    said = {"organisation": tree.ours, "first": first, "second": second, "held_on": TODAY, "outcome": "说开了", "today": TODAY} | fields
    return services.record_talk(by=by, **said)


def test_article_19_whom_a_talk_counts_for_and_what_is_still_missing(tree, secretary, people):
    lu, zheng, gao, _ = people
    assert talk(tree, secretary, lu, zheng).direction == "committee"
    assert talk(tree, secretary, gao, lu).direction == "across"
    missing = {one.line.name: one.missing for one in standings(tree.ours, 2026, today=TODAY, needed=1)}
    assert missing == {"吕山东": (), "郑月": ("支委和党员",), "高明": ("党员之间",), "袁林": ("支委和党员", "党员之间")}
    assert Fact.objects.standing().filter(kind="talk.held").count() == 4


@pytest.mark.parametrize(("day", "told"), [(date(2026, 9, 30), False), (date(2026, 10, 1), True), (date(2026, 12, 31), True)])
def test_article_19_in_the_last_quarter_a_branch_is_told_how_many_lack_a_talk(tree, secretary, people, day, told):
    talks = lambda: [duty for duty in due_for([tree.ours, tree.neighbours], day) if duty.key.startswith("planning.talks")]  # noqa: E731
    found = talks()
    assert [(duty.title, duty.due_on) for duty in found] == ([("安排 4 人谈心谈话", date(2026, 12, 31))] if told else [])
    for first, second in ((0, 1), (0, 2), (1, 3), (2, 3)):
        talk(tree, secretary, people[first], people[second], held_on=date(2026, 9, 1))
    assert talks() == [], "the fact clears it"


def test_how_many_lack_a_talk_is_what_each_branchs_page_says(tree, secretary, people):
    """The count over all branches against the page's own, with somebody out of touch, somebody alone, and a branch without 支委会."""
    make_member(tree.ours, "失联", is_lost=True, lost_on=date(2026, 1, 1))
    alone = make_member(tree.neighbours, "独自")
    talk(tree, secretary, people[0], people[2])
    for _ in range(2):
        places = [tree.ours, tree.neighbours]
        counted = lacking([one.pk for one in places], 2026, today=TODAY, needed=1)
        assert {one.pk: counted[one.pk] for one in places} == {
            one.pk: sum(bool(line.missing) for line in standings(one, 2026, today=TODAY, needed=1)) for one in places
        }
        make_member(tree.neighbours, f"来伴{alone.pk}")
        Talk.objects.update(organisation=tree.neighbours)  # a talk had elsewhere before a move counts for nobody's page here


def test_the_same_talk_is_recorded_once_and_voided_with_a_reason(tree, secretary, people):
    held = talk(tree, secretary, people[2], people[3])
    for fields, words in (
        ({"first": people[3], "second": people[2]}, "已经记过"),
        ({"first": people[0], "second": people[0]}, "两个人"),
        ({"first": people[0], "second": people[1], "held_on": TODAY + timedelta(days=1)}, "还没到"),
        ({"first": people[0], "second": people[1], "outcome": " "}, "写一句"),
        ({"first": people[0], "second": make_member(tree.neighbours)}, "不在本支部"),
    ):
        with pytest.raises(DomainError, match=words):
            talk(tree, secretary, **fields)
    with pytest.raises(DomainError, match="为什么作废"):
        services.void_talk(held, why="", by=secretary)
    services.void_talk(held, why="记错了人" * 40, by=secretary)
    assert (Talk.objects.count(), Talk.objects.standing().count()) == (1, 0)
    assert not Fact.objects.standing().exists()


def test_pages_of_talks(client, tree, secretary, committee, people, member):
    client.force_login(secretary)
    assert client.get(reverse("planning:talks")).context["lacking"] == 5
    new = f"{reverse('planning:talk_new')}?organisation={tree.ours.code}"
    data = {"first": people[0].uid, "second": people[1].uid, "held_on": timezone.localdate(), "outcome": ""}
    assert client.post(new, data).status_code == 422
    assert client.post(new, data | {"outcome": "谈了分工"}).status_code == 302
    client.force_login(committee)
    assert client.get(reverse("planning:talks")).context["total"] == 1
    client.force_login(member.user)
    assert list(client.get(reverse("planning:talks")).context["page"]) == []


# ── Campaigns ───────────────────────────────────────────────────────────────
def plan(tree, by, **fields):
    said = {"organisation": tree.ours, "theme": "volunteer", "name": "邻里守望", "goal": "结对 12 户", "starts_on": START}
    said |= {"ends_on": date(2027, 1, 31), "steps": [(date(2026, 11, 10), "摸底"), (date(2026, 11, 27), "上门")]}
    return services.plan_campaign(by=by, **(said | fields))


def test_overdue_and_near_steps_are_duties_until_done(tree, secretary):
    campaign = plan(tree, secretary)
    assert [(duty.title, duty.days_left(TODAY)) for duty in due_for([tree.ours], TODAY)] == [("摸底", -12), ("上门", 5)]
    step = campaign.steps.first()
    services.do_step(step, done_on=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经记过"):
        services.do_step(step, done_on=TODAY, by=secretary, today=TODAY)
    assert [duty.title for duty in due_for([tree.ours], TODAY)] == ["上门"]


def test_it_closes_with_what_came_of_it_and_can_be_opened_again(tree, secretary):
    campaign = plan(tree, secretary)
    with pytest.raises(DomainError, match="还没有记成效"):
        services.close_campaign(campaign, words="做完了", by=secretary)
    photo = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * 20)
    services.record_result(campaign, day=TODAY, words="走访 12 户", people=30, by=secretary, today=TODAY, files=[photo])
    services.close_campaign(campaign, words="目标做到了", by=secretary)
    with pytest.raises(DomainError, match="已经结束"):
        services.do_step(campaign.steps.first(), done_on=TODAY, by=secretary, today=TODAY)
    services.reopen_campaign(campaign, words="还有一户", by=secretary)
    assert list(campaign.acts.values_list("act", flat=True)) == ["plan", "close", "reopen"]


@pytest.mark.parametrize(
    "fields,words",
    [
        ({"steps": []}, "至少写一步"),
        ({"steps": [(date(2027, 2, 1), "总结")]}, "开始和结束之间"),
        ({"ends_on": date(2026, 10, 31)}, "不能早于开始"),
        ({}, "同名的活动"),
    ],
)
def test_a_campaign_without_steps_or_out_of_its_days_is_refused(tree, secretary, fields, words):
    if not fields:
        plan(tree, secretary)
    with pytest.raises(DomainError, match=words):
        plan(tree, secretary, **fields)


def test_a_pattern_is_offered_downwards_and_not_beside(tree, secretary, committee):
    theme, name, purpose, steps = STARTERS[2]
    pattern = services.offer_template(organisation=tree.township, theme=theme, name=name, purpose=purpose, steps=steps, by=committee)
    assert list(CampaignTemplate.objects.offered_to(tree.ours)) == [pattern]
    assert not CampaignTemplate.objects.offered_to(tree.far).exists()
    with pytest.raises(DomainError, match="不再提供"):
        plan(tree, secretary, organisation=tree.far, template=pattern)
    services.end_template(pattern, by=committee)
    assert not CampaignTemplate.objects.offered_to(tree.ours).exists()


def test_pages_from_pattern_to_close(client, tree, secretary, committee):
    today = timezone.localdate()
    client.force_login(committee)
    assert client.post(reverse("planning:templates"), {"act": "starters"}).status_code == 302
    assert client.post(reverse("planning:templates"), {"act": "offer", "name": "x", "theme": "wall", "purpose": "y"}).status_code == 422
    client.force_login(secretary)
    new = f"{reverse('planning:campaign_new')}?organisation={tree.ours.code}"
    pattern = CampaignTemplate.objects.get(theme="volunteer")
    assert "照这个办" in client.get(new).content.decode()
    form = client.get(f"{new}&template={pattern.uid}").context["form"]
    assert form["what_0"].initial == "摸清要帮的户，结对到人"
    data = {
        "theme": "volunteer",
        "name": "邻里守望",
        "goal": "结对",
        "starts_on": today,
        "ends_on": today,
        "when_0": today,
        "what_0": "摸底",
    }
    assert client.post(f"{new}&template={pattern.uid}", data | {"what_1": "没有日子"}).status_code == 422
    assert client.post(f"{new}&template={pattern.uid}", data).status_code == 302
    campaign = Campaign.objects.get()
    act = reverse("planning:campaign_act", args=[campaign.uid])
    assert client.post(act, {"act": "result", "day": today, "words": ""}).status_code == 422
    assert client.post(act, {"act": "close", "words": "好"}).status_code == 422
    assert client.post(act, {"act": "result", "day": today, "words": "走访", "people": 3}).status_code == 302
    assert client.post(act, {"act": "close", "words": "做到了"}).status_code == 302
    assert "做到了" in client.get(reverse("planning:campaign", args=[campaign.uid])).content.decode()
    client.force_login(committee)
    assert client.get(f"{reverse('planning:campaigns')}?state=closed").context["page"].paginator.count == 1
    assert client.get(f"{reverse('planning:campaigns')}?format=xlsx")["Content-Type"].endswith("sheet")


def test_somebody_of_the_branch_is_put_in_charge_of_a_step(client, tree, secretary, people):
    campaign = services.plan_campaign(
        organisation=tree.ours, theme="wall", name="村史上墙", goal="做成一面墙", starts_on=START, ends_on=TODAY, steps=[(TODAY, "画墙")], by=secretary
    )  # fmt: skip
    step = campaign.steps.get()
    assert "还没有定人" in due_for([tree.ours], TODAY)[0].reason
    for who, words in ((make_member(tree.neighbours, "外村人"), "不在本支部"), (None, "没有改动")):
        with pytest.raises(DomainError, match=words):
            services.put_in_charge(step, charge=who, by=secretary)
    client.force_login(secretary)
    url = reverse("planning:campaign", args=[campaign.uid])
    act = reverse("planning:campaign_act", args=[campaign.uid])
    assert client.post(act, {"act": "charge", "step": step.uid, "charge": people[2].uid}).status_code == 302
    assert client.post(act, {"act": "charge", "step": "x", "charge": ""}).status_code == 404
    told = client.get(url).content.decode()
    assert "selected>高明" in told and "画墙：高明" in told
    assert "高明负责" in due_for([tree.ours], TODAY)[0].reason
    services.do_step(step, done_on=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经做完"):
        services.put_in_charge(step, charge=None, by=secretary)


def test_the_pages_of_planning_cost_the_same_with_many_rows(client, tree, secretary, committee, people):
    today = timezone.localdate()
    client.force_login(secretary)
    plan_url, talks_url, campaigns_url = (reverse(f"planning:{name}") for name in ("plan", "talks", "campaigns"))
    ask = {"organisation": tree.ours.code}
    services.add_entry(
        organisation=tree.ours, year=today.year, kind="lecture", group=None, planned_on=today, topic="", place="", by=secretary, today=today
    )  # fmt: skip
    plan = lambda name, n: services.plan_campaign(  # noqa: E731
        organisation=tree.ours, theme="wall", name=f"{name}{n}", goal="x", starts_on=today, ends_on=today, steps=[(today, f"步{k}") for k in range(n)], by=secretary
    )  # fmt: skip
    urls = {
        "planning:plan": plan_url,
        "planning:campaigns": campaigns_url,
        "planning:campaign": reverse("planning:campaign", args=[plan("一", 1).uid]),
    }
    for name, url in urls.items():
        with fits_budget(name):
            assert client.get(url, ask).status_code == 200
    services.make_plan(organisation=tree.ours, year=today.year, by=secretary, today=today)
    urls["planning:campaign"] = reverse("planning:campaign", args=[plan("二", 12).uid])
    for n in range(20):
        plan("三", n + 1)
        make_member(tree.ours, f"高{n}")
    for name, url in urls.items():
        with fits_budget(name):
            told = client.get(url, ask).content.decode()
        assert name != "planning:plan" or "pp-yeargrid" in told
    client.force_login(committee)
    with fits_budget("planning:plan committee"):
        client.get(plan_url, {"organisation": tree.township.code})
    with fits_budget("planning:talks"):
        client.get(talks_url, ask)
