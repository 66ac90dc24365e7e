"""承诺, 践诺, 评诺, 先锋岗: by whom, when, and on what it rests."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from education.models import Meeting
from education.openness import duties, rules
from education.openness.models import Pledge, VanguardPost, Verdict
from education.openness.services import pledges as services
from members.services.facts import record
from partyportal.core.errors import DomainError
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.points.makers import deed

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = TODAY.year


@pytest.fixture
def written(member):
    return services.pledge(member, year=YEAR, text="每月到敬老院帮一天工", by=member.user, today=TODAY)


@pytest.fixture
def confirmed(written, secretary):
    return services.confirm(written, by=secretary, today=TODAY)


@pytest.fixture
def meeting(tree, secretary):
    return Meeting.objects.create(
        organisation=tree.ours, kind="assembly", held_on=TODAY, topic="评诺", state="confirmed", recorded_by=secretary,
        confirmed_by=secretary, confirmed_at=timezone.now(),
    )  # fmt: skip


def test_a_year_is_pledged_from_december_of_the_year_before_to_its_end():
    days = {date(2025, 11, 30): False, date(2025, 12, 1): True, date(2026, 12, 31): True, date(2027, 1, 1): False}
    assert {day: rules.may_pledge(2026, day) for day in days} == days


def test_a_year_is_judged_after_the_confirmation_and_until_the_end_of_march():
    said = {"months": 3}
    assert rules.judged_until(2026, months=3) == date(2027, 3, 31)
    assert not rules.may_judge(2026, date(2026, 5, 2), date(2026, 5, 1), **said)
    assert rules.may_judge(2026, date(2026, 5, 2), date(2026, 5, 2), **said)
    assert rules.may_judge(2026, date(2026, 5, 2), date(2027, 3, 31), **said)
    assert not rules.may_judge(2026, date(2026, 5, 2), date(2027, 4, 1), **said)
    assert not rules.may_judge(2026, date(2025, 12, 20), date(2025, 12, 31), **said)


def test_nobody_confirms_the_own_pledge_nor_one_they_wrote(written, member, secretary, deputy, neighbour):
    with pytest.raises(DomainError, match="书记或上级"):
        services.confirm(written, by=neighbour, today=TODAY)
    assert [one.title for one in duties.due(secretary, TODAY)] == ["确认 1 条承诺"]
    assert services.confirm(written, by=secretary, today=TODAY).confirmed_by == secretary
    with pytest.raises(DomainError, match="刚才有人办过"):
        services.confirm(written, by=deputy, today=TODAY)
    other = services.pledge(member, year=YEAR, text="看护一段河堤", by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="代写的"):
        services.confirm(other, by=secretary, today=TODAY)
    assert services.confirm(other, by=deputy, today=TODAY).state == "confirmed"


def test_three_a_year_each_once_and_only_ones_own(tree, written, member, neighbour):
    with pytest.raises(DomainError, match="已经有同样"):
        services.pledge(member, year=YEAR, text=" 每月到敬老院帮一天工", by=member.user, today=TODAY)
    for text in ("二", "三"):
        services.pledge(member, year=YEAR, text=text, by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="最多 3 条"):
        services.pledge(member, year=YEAR, text="四", by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="本人写"):
        services.pledge(make_member(tree.ours, "白灵"), year=YEAR, text="别人的", by=neighbour, today=TODAY)


def test_what_was_sent_back_is_rewritten_and_what_was_confirmed_keeps_its_words(written, member, secretary):
    services.send_back(written, note="写明哪个敬老院", by=secretary, today=TODAY)
    services.rewrite(written, text="每月到山门敬老院帮一天工", by=member.user, today=TODAY)
    services.confirm(written, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="不能改"):
        services.rewrite(written, text="别的", by=member.user, today=TODAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Pledge.objects.filter(pk=written.pk).update(text="别的")


def test_a_deed_rests_on_a_fact_of_the_same_member_or_on_evidence(tree, confirmed, member, secretary):
    said = {"day": TODAY, "what": "帮了一天工", "by": member.user, "today": TODAY}
    with pytest.raises(DomainError, match="写上依据"):
        services.record_deed(confirmed, **said)
    other = make_member(tree.ours, "白灵")
    record([deed(member, TODAY), deed(other, TODAY)], by=secretary)
    with pytest.raises(DomainError, match="自己的记实"):
        services.record_deed(confirmed, fact=other.facts.get(), **said)
    with pytest.raises(DomainError, match="不能晚于今天"):
        services.record_deed(confirmed, evidence="值班表", **(said | {"day": TODAY + timedelta(days=1)}))
    with pytest.raises(DomainError, match="日期写"):
        services.record_deed(confirmed, evidence="值班表", **(said | {"day": date(YEAR - 1, 12, 31)}))
    made = services.record_deed(confirmed, fact=member.facts.get(), **said)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM openness_deed WHERE id = %s", [made.pk])


def test_a_meeting_judges_once_and_says_why_it_was_not_kept(tree, confirmed, meeting, secretary, neighbour):
    ours = {"meeting": meeting, "by": secretary, "today": TODAY}
    with pytest.raises(DomainError, match="写一句为什么"):
        services.judge(tree.ours, verdicts={confirmed.pk: ("partly", "")}, **ours)
    with pytest.raises(DomainError, match="本支部确认了的会议"):
        services.judge(tree.township, verdicts={confirmed.pk: ("kept", "")}, **(ours | {"by": make_township(tree)}))
    assert services.judge(tree.ours, verdicts={confirmed.pk: ("partly", "缺三次")}, **ours) == 1
    with pytest.raises(DomainError, match="已经评过"):
        services.judge(tree.ours, verdicts={confirmed.pk: ("kept", "")}, **ours)
    with pytest.raises(DomainError, match="不能撤销"):
        services.drop(confirmed, note="不做了", by=secretary, today=TODAY)
    assert Verdict.objects.get().outcome == "partly"


def make_township(tree):
    from tests.factories import make_grant, make_user

    user = make_user("乡镇的", username="township")
    make_grant(user, tree.township, "committee")
    return user


def test_a_post_is_given_and_ended_and_its_row_stays(member, secretary):
    post = services.give_post(member, kind="vanguard", title="便民窗口", start=TODAY - timedelta(days=30), by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经有这个岗"):
        services.give_post(member, kind="vanguard", title="便民窗口", start=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="晚于起日"):
        services.end_post(post, on=post.start, note="换人", by=secretary, today=TODAY)
    services.end_post(post, on=TODAY, note="换人", by=secretary, today=TODAY)
    assert VanguardPost.objects.get().end_reason == "换人" and not VanguardPost.objects.on(TODAY).exists()


def test_from_the_own_words_to_the_board(client, tree, member, secretary, meeting, neighbour):
    client.force_login(member.user)
    new = reverse("openness:pledge_new")
    assert client.post(new, {"year": YEAR, "text": ""}).status_code == 422
    one = client.post(new, {"year": YEAR, "text": "每月帮一天工"}).url
    held = Pledge.objects.get()
    assert "等支部确认" in client.get(one).content.decode()
    assert client.post(reverse("openness:pledge_act", args=[held.uid, "confirm"])).status_code == 403
    client.force_login(secretary)
    client.post(reverse("openness:pledge_act", args=[held.uid, "confirm"]))
    client.force_login(member.user)
    did = reverse("openness:pledge_act", args=[held.uid, "record-deed"])
    refused = client.post(did, {"day": TODAY.isoformat(), "what": "帮了一天工"})
    assert refused.status_code == 422 and "帮了一天工" in refused.content.decode()
    assert client.post(did, {"day": TODAY.isoformat(), "what": "帮了一天工", "evidence": "院里记着"}).status_code == 302
    client.force_login(secretary)
    judging = f"{reverse('openness:judging')}?organisation={tree.ours.code}&year={YEAR}"
    told = {"meeting": str(meeting.uid), f"outcome-{held.uid}": "partly", f"word-{held.uid}": ""}
    assert client.post(judging, told).status_code == 422
    assert client.post(judging, told | {f"word-{held.uid}": "差两个月"}).status_code == 302
    client.force_login(member.user)
    shown = client.get(reverse("openness:identity", args=[member.uid])).content.decode()
    assert "帮了一天工" in shown and "差两个月" in shown
    assert "部分做到" in client.get(reverse("openness:board"), {"organisation": tree.ours.code}).content.decode()
    client.force_login(neighbour)
    for name, args, query in (("identity", [member.uid], {}), ("board", [], {"organisation": tree.ours.code}), ("pledge", [held.uid], {})):
        assert client.get(reverse(f"openness:{name}", args=args), query).status_code == 404


@pytest.mark.parametrize("many", [1, 50])
def test_pages_of_pledges_cost_the_same_at_one_and_at_fifty(client, tree, member, secretary, meeting, many):
    people = [member, *(make_member(tree.ours, f"党员{n}") for n in range(many - 1))]
    Pledge.objects.bulk_create(
        Pledge(
            member=one, organisation=tree.ours, year=YEAR, text="帮工", state="confirmed", written_on=TODAY, written_by=secretary,
            confirmed_on=TODAY, confirmed_by=secretary,
        )
        for one in people
    )  # fmt: skip
    client.force_login(secretary)
    here = {"organisation": tree.ours.code, "year": YEAR}
    for name, query in (("pledges", {}), ("board", here), ("judging", here)):
        with fits_budget(f"openness:{name}"):
            assert client.get(reverse(f"openness:{name}"), query).status_code == 200
