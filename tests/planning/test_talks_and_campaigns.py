"""A talk counts for both; a campaign goes from its plan to what came of it."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from education.planning import services
from education.planning.duties import due_for
from education.planning.models import Campaign, CampaignTemplate, Talk
from education.planning.selectors.talks import standings
from education.planning.starters import STARTERS
from members.models import Fact, Office
from partyportal.core.errors import DomainError
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
    services.void_talk(held, why="记错了人", by=secretary)
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
