"""Pages of 走访帮扶: what they show first, what a refused form keeps, who sees nothing, and what they cost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.care.visits.models import Occasion, Pair, Visit
from members.models import Office
from tests.budgets import fits_budget
from tests.factories import make_member, make_user
from tests.visits.makers import make_birthday, make_due, make_ill, make_outing, make_pair, make_round


@pytest.fixture
def as_(client):
    def login(user) -> Client:
        client.force_login(user)
        return client

    return login


def url(name: str, *args, **query) -> str:
    return reverse(f"visits:{name}", args=args, query=query)


def text(response) -> str:
    return response.content.decode()


# ── 应走访 ───────────────────────────────────────────────────────────────────
def test_the_round_that_still_owes_comes_first_with_its_number(as_, secretary, tree):
    elder, done = make_member(tree.ours, "徐淑珍"), make_member(tree.ours, "白灵")
    due = make_due(elder)
    make_due(done, round=due.round)
    make_outing(tree.ours, [done], by=secretary, round=due.round)
    told = text(as_(secretary).get(url("visits")))
    assert "1/2 已走访" in told and "80 岁以上老党员" in told
    shown = text(as_(secretary).get(url("visits", organisation=tree.ours.code, round=due.round.uid, show="open")))
    assert "徐淑珍" in shown and "白灵" not in shown


def test_the_county_drills_from_its_number_to_the_names(as_, department, secretary, tree):
    due = make_due(make_member(tree.ours, "徐淑珍"))
    make_due(make_member(tree.far, "石老五"), round=due.round)
    here = as_(department)
    county = text(here.get(url("visits", round=due.round.uid)))
    assert "山门镇" in county and "差 1 人" in county and f"organisation={tree.township.code}" in county
    branch = text(here.get(url("visits", organisation=tree.ours.code, round=due.round.uid)))
    assert "徐淑珍" in branch and "石老五" not in branch


def test_who_need_not_be_called_on_is_written_down_with_the_reason(as_, secretary, tree):
    due = make_due(make_member(tree.ours, "徐淑珍"))
    here = as_(secretary)
    listed = text(here.get(url("visits", organisation=tree.ours.code, round=due.round.uid)))
    assert url("waive", due.uid) in listed and "徐淑珍不用走访" in text(here.get(url("waive", due.uid)))
    empty = here.post(url("waive", due.uid), {"reason": "  "})
    due.refresh_from_db()
    assert empty.status_code == 422 and "写上为什么不用走访。" in text(empty) and due.waived_on is None
    long = here.post(url("waive", due.uid), {"reason": "婉" * 121})
    assert long.status_code == 422 and "婉" * 121 in text(long)
    done = here.post(url("waive", due.uid), {"reason": "本人婉辞"}, follow=True)
    assert "不用走访：本人婉辞" in text(done)
    again = here.post(url("waive", due.uid), {"reason": "又一次"})
    assert again.status_code == 422 and "已经登记为不用走访" in text(again)


def test_a_members_calls_are_read_from_their_file_and_by_themselves(as_, secretary, member, tree):
    make_outing(tree.ours, [member], by=secretary, companions="镇民政办老张")
    make_outing(tree.ours, [make_member(tree.ours, "白灵")], by=secretary, companions="村医")
    here = as_(secretary)
    link = url("log", member=member.uid)
    assert link in text(here.get(reverse("members:member", args=[member.uid])))
    shown = text(here.get(link))
    assert "镇民政办老张" in shown and "村医" not in shown
    own = as_(member.user)
    assert url("mine") in text(own.get(reverse("members:member", args=[member.uid])))
    assert "镇民政办老张" in text(own.get(url("mine"))) and own.get(link).status_code == 403


def test_calls_on_somebody_elses_member_are_out_of_sight(as_, secretary, tree):
    assert as_(secretary).get(url("log", member=make_member(tree.neighbours).uid)).status_code == 404


def test_without_a_round_the_page_says_what_to_do(as_, secretary):
    assert "平时走访随时可以记" in text(as_(secretary).get(url("visits")))


# ── Recording ───────────────────────────────────────────────────────────────
def test_a_refused_call_keeps_what_was_typed(as_, secretary, tree):
    elder = make_member(tree.ours, "徐淑珍")
    said = {"uid": str(uuid4()), "kind": "call", "day": "2026-13-01", f"found_{elder.uid}": "腿疼，要去县医院", "brought": "米、油"}
    refused = as_(secretary).post(url("record", organisation=tree.ours.code, member=elder.uid), said)
    assert refused.status_code == 422 and "腿疼，要去县医院" in text(refused) and "米、油" in text(refused)
    assert not Visit.objects.exists()


def test_a_need_that_was_noticed_leads_to_the_call_itself(as_, secretary, tree):
    elder = make_member(tree.ours, "徐淑珍")
    goer = make_member(tree.ours, "高强")
    Office.objects.create(member=goer, organisation=tree.ours, position="secretary", start=timezone.localdate() - timedelta(days=400))
    said = {
        "uid": str(uuid4()),
        "kind": "call",
        "day": timezone.localdate().isoformat(),
        "goers": [str(goer.uid)],
        f"needs_{elder.uid}": "on",
    }
    done = as_(secretary).post(url("record", organisation=tree.ours.code, member=elder.uid), said)
    visit = Visit.objects.get()
    shown = text(as_(secretary).get(done["Location"]))
    assert f"{reverse('aid:apply')}?member={elder.uid}" in shown and "提出救助申请" in shown
    assert done["Location"] == url("visit", visit.uid) and visit.needs and visit.outing.goers.get().member == goer


def test_somebody_elses_member_is_not_called_on(as_, secretary, tree):
    other = make_member(tree.neighbours, "袁强明")
    shown = as_(secretary).get(url("record", organisation=tree.ours.code, member=other.uid))
    assert "袁强明" not in text(shown) and "走访了谁" in text(shown)


def test_what_was_found_is_on_no_page_until_it_is_asked_for(as_, secretary, tree):
    elder = make_member(tree.ours, "徐淑珍")
    visit = make_outing(tree.ours, [elder], by=secretary, found={elder.uid: "腿疼，要去县医院"}).visits.get()
    here = as_(secretary)
    for page in (url("visit", visit.uid), url("log"), url("visits")):
        assert "腿疼" not in text(here.get(page))
    assert "腿疼" in text(here.post(url("reveal", visit.uid)))


# ── Pairs ───────────────────────────────────────────────────────────────────
def test_a_helper_finds_their_pairs_and_writes_down_a_contact(as_, member, tree):
    elder = make_member(tree.ours, "徐淑珍")
    pair = make_pair(elder, helper=member, every=1, start=timezone.localdate() - timedelta(days=62))
    here = as_(member.user)
    assert "该联系了" in text(here.get(url("mine")))
    today = timezone.localdate()
    early = here.post(
        url("pair_contact", pair.uid), {"uid": str(uuid4()), "day": (pair.start - timedelta(days=1)).isoformat(), "found": "还好"}
    )
    assert early.status_code == 422 and "还好" in text(early)
    assert here.post(url("pair_contact", pair.uid), {"uid": str(uuid4()), "day": today.isoformat(), "found": "还好"}).status_code == 302
    assert pair.contacts.get().outing.day == today and "该联系了" not in text(here.get(url("mine")))


def test_a_pair_is_made_and_ended_by_name(as_, secretary, tree):
    elder, helper = make_member(tree.ours, "徐淑珍"), make_member(tree.ours, "高强")
    today = timezone.localdate().isoformat()
    here = as_(secretary)
    said = {"member": "徐淑珍", "helper": "高强", "purpose": "代买药", "every_months": "3", "start": today}
    assert here.post(url("pair_new"), said).status_code == 302
    again = here.post(url("pair_new"), said)
    assert again.status_code == 422 and "还没有结束" in text(again) and "代买药" in text(again)
    pair = Pair.objects.get()
    assert (pair.member, pair.helper) == (elder, helper)
    assert here.post(url("pair_end", pair.uid), {"on": today}).status_code == 422
    assert here.post(url("pair_end", pair.uid), {"on": today, "reason": "done"}).status_code == 302


# ── 政治生日 ─────────────────────────────────────────────────────────────────
def test_a_member_reads_their_own_political_birthday(as_, member):
    assert "你的政治生日" in text(as_(member.user).get(url("mine")))


def test_round_years_stand_out_on_the_months_list(as_, secretary, tree):
    today = timezone.localdate()
    make_member(tree.ours, "徐淑珍", birth_on=today.replace(year=1940, day=1), joined_on=today.replace(year=today.year - 50, day=1),
                full_on=today.replace(year=today.year - 50, day=1))  # fmt: skip
    shown = text(as_(secretary).get(url("birthdays", month=today.month, show="round")))
    assert "徐淑珍" in shown and "<b>50</b>" in shown and "逢十" in shown


def test_a_mark_refused_keeps_what_was_typed(as_, secretary, tree):
    person, today = make_member(tree.ours, "徐淑珍"), timezone.localdate()
    here = as_(secretary)
    said = {"held_on": (today + timedelta(days=1)).isoformat(), "way": "meeting"}
    refused = here.post(url("birthday_keep", person.uid), said)
    assert refused.status_code == 422 and said["held_on"] in text(refused) and "还没到" in text(refused)
    assert here.post(url("birthday_void", make_birthday(person).uid), {"why": ""}).status_code == 422


# ── Occasions ───────────────────────────────────────────────────────────────
def test_the_county_adds_an_occasion_and_opens_its_round(as_, department, tree):
    make_member(
        tree.ours,
        "徐淑珍",
        birth_on=timezone.localdate().replace(year=1930, day=1),
        joined_on=timezone.localdate().replace(year=1960, day=1),
    )
    here, today = as_(department), timezone.localdate()
    said = {
        "code": "winter",
        "name": "冬季送温暖",
        "criteria": ["eighty"],
        "owed_by": "branch",
        "days": "30",
        "source": "本县规定",
        "is_open": "on",
    }
    assert here.post(url("occasion_new"), said | {"criteria": []}).status_code == 422
    assert here.post(url("occasion_new"), said).status_code == 302
    held = Occasion.objects.get(code="winter")
    day = {"on": (today + timedelta(days=10)).isoformat(), "source": "本县规定"}
    assert here.post(url("occasion_day", held.uid), day).status_code == 302
    assert "该开始了" in text(here.get(url("occasions")))
    days = {"start": today.isoformat(), "due_on": (today + timedelta(days=10)).isoformat()}
    assert here.post(url("round_open", held.uid), days).status_code == 302
    assert held.rounds.get().dues.get().member.name == "徐淑珍"
    assert "已经开始" in text(here.post(url("round_open", held.uid), days))


# ── Who sees nothing ────────────────────────────────────────────────────────
def test_who_may_not_see_hardship_learns_neither_who_is_on_a_list_nor_that_somebody_is(
    as_, tree, secretary, reader, system_admin, neighbour, member
):
    elder = make_member(tree.ours, "徐淑珍")
    due = make_due(elder, why=["hardship"])
    make_ill(elder)
    pair = make_pair(elder, helper=make_member(tree.ours, "高强"))
    goer = make_member(tree.ours, "高敏")
    visit = make_outing(tree.ours, [elder], by=secretary, goers=[goer], round=due.round).visits.get()
    pages = [url("visits"), url("log"), url("pairs"), url("visit", visit.uid), url("pair", pair.uid), url("record")]
    pages += [url("visits", organisation=tree.ours.code, round=due.round.uid), reverse("members:member", args=[goer.uid])]
    pages += [reverse("members:member", args=[elder.uid]), reverse("dashboard:search", query={"q": "徐淑珍"}), url("mine")]
    pages += ["/api/v1/care/visits/", "/api/v1/care/pairs/", f"/api/v1/care/visits/{visit.uid}/"]
    for user in (reader, system_admin, neighbour, member.user):
        here = as_(user)
        for page in pages:
            told = here.get(page)
            told = text(told) if told.status_code == 200 else ""
            hidden = ["帮扶徐淑珍", str(visit.uid), str(pair.uid), str(due.uid)]
            hidden += [] if user == neighbour else ["生活困难", "重病", str(due.round.uid)]  # who has a list of their own to look at
            assert not [word for word in hidden if word in told], (user, page)
            if page == reverse("members:member", args=[goer.uid]):
                assert "徐淑珍" not in told, "whom somebody called on"
        assert "徐淑珍" not in text(here.get("/api/v1/facts/")), "the fact of who went names nobody"


# ── What they cost ──────────────────────────────────────────────────────────
@pytest.fixture
def full(tree, secretary):
    def fill(number: int):
        one = make_round()
        today = timezone.localdate()
        people = [
            make_member(tree.ours, f"徐{n}", joined_on=today.replace(year=2000, day=1), full_on=today.replace(year=2001, day=1))
            for n in range(number)
        ]
        helper = make_member(tree.ours, "高强", joined_on=today.replace(year=2001, day=1), full_on=today.replace(year=2002, day=1))
        for n, person in enumerate(people):
            make_due(person, round=one)
            make_pair(person, helper=helper)
            make_ill(person)
            if n % 2 == 0:
                make_outing(tree.ours, [person], by=secretary, goers=[helper], round=one)
        make_birthday(people[0])
        return one

    return fill


@pytest.mark.parametrize("number", [1, 12])
def test_the_lists_cost_the_same_however_long_they_are(as_, full, number, secretary, department, tree):
    one = full(number)
    here = as_(secretary)
    for name, address in (
        ("visits:visits branch", url("visits", organisation=tree.ours.code, round=one.uid)),
        ("visits:visits illness", url("visits", organisation=tree.ours.code, on="illness")),
        ("visits:log", url("log", organisation=tree.ours.code)),
        ("visits:pairs", url("pairs", organisation=tree.ours.code)),
        ("visits:birthdays", url("birthdays", organisation=tree.ours.code)),
        ("visits:record choose", url("record", organisation=tree.ours.code)),
        ("api:care-visits", "/api/v1/care/visits/"),
        ("api:care-pairs", "/api/v1/care/pairs/"),
    ):
        with fits_budget(name):
            assert here.get(address).status_code == 200
    here = as_(department)
    with fits_budget("visits:visits county"):
        assert here.get(url("visits", organisation=tree.county.code, round=one.uid)).status_code == 200


def test_a_round_is_recorded_by_the_api_once(as_, secretary, tree):
    elder = make_member(tree.ours, "徐淑珍")
    due = make_due(elder)
    said = {
        "organisation": tree.ours.code,
        "day": timezone.localdate().isoformat(),
        "members": [str(elder.uid)],
        "companions": "镇民政办",
        "round": str(due.round.uid),
    }
    here = as_(secretary)
    for _ in range(2):
        made = here.post("/api/v1/care/visits/", said, content_type="application/json", headers={"Idempotency-Key": "a-round"})
        assert made.status_code == 201 and made.json()[0]["member"]["name"] == "徐淑珍"
    assert Visit.objects.count() == 1
    again = here.post("/api/v1/care/visits/", said, content_type="application/json", headers={"Idempotency-Key": "another"})
    assert again.status_code == 400 and "已经走访过" in text(again)


def test_an_outsider_has_nothing_of_their_own(as_, db):
    assert "没有对应的党员" in text(as_(make_user("外人", username="nobody")).get(url("mine")))
