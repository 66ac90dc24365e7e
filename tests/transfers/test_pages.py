"""Pages of transfers as people use them."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.urls import reverse
from openpyxl import load_workbook

from members.models import Member
from members.transfers import services
from members.transfers.models import Transfer
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import id_number, make_member
from tests.transfers.makers import OCTOBER, TODAY, applied, arrived, placed, received, travelling

LIST, APPLY = reverse("transfers:transfers"), reverse("transfers:apply")
DAY = timedelta(days=1)


def page_of(transfer) -> str:
    return reverse("transfers:transfer", args=[transfer.uid])


def act_url(transfer, act) -> str:
    return reverse("transfers:act", args=[transfer.uid, act])


def text(answer) -> str:
    return answer.content.decode()


# ── Applying ────────────────────────────────────────────────────────────────
def test_a_secretary_finds_the_member_and_applies(client, tree, secretary, person):
    client.force_login(secretary)
    assert f"{APPLY}?member={person.uid}" in text(client.get(APPLY, {"q": "psy"}))
    answer = client.post(
        f"{APPLY}?member={person.uid}",
        {"where": "county", "to_branch": "石柳村党支部", "reason": "work", "dues_until": "2026-10", "note": "调到白驼镇"},
    )
    transfer = Transfer.objects.get()
    assert answer.url == page_of(transfer)
    assert (transfer.to_branch, transfer.state, transfer.dues_until) == (tree.far, "agreed", OCTOBER)


def test_what_is_refused_keeps_what_was_typed(client, tree, secretary, person):
    client.force_login(secretary)
    said = {"where": "county", "to_branch": "没有的村", "reason": "work", "dues_until": "2026-10", "note": "调到县城"}
    answer = client.post(f"{APPLY}?member={person.uid}", said)
    assert answer.status_code == 422 and 'value="没有的村"' in text(answer) and "调到县城" in text(answer)
    assert "没有找到“没有的村”" in text(answer) and not Transfer.objects.exists()
    answer = client.post(f"{APPLY}?member={person.uid}", said | {"where": "outside"})
    assert answer.status_code == 422 and "写对方党委的全称" in text(answer)
    answer = client.post(f"{APPLY}?member={person.uid}", said | {"to_branch": tree.ours.code})
    assert answer.status_code == 422 and "已经在这个支部" in text(answer)


def test_a_member_applies_for_themself_and_for_nobody_else(client, tree, member, person, secretary):
    client.force_login(member.user)
    assert client.get(f"{APPLY}?member={person.uid}").status_code == 404
    answer = client.post(APPLY, {"where": "outside", "elsewhere": "中共西安市委组织部", "reach": "beyond", "reason": "residence"})
    transfer = Transfer.objects.get()
    assert (answer.url, transfer.state, transfer.member, transfer.dues_until) == (page_of(transfer), "applied", member, None)
    assert client.post(act_url(transfer, "agree"), {"dues_until": "2026-10"}).status_code == 403
    client.force_login(secretary)
    assert "去同意" in text(client.get("/"))
    client.post(act_url(transfer, "agree"), {"dues_until": "2026-10"})
    transfer.refresh_from_db()
    assert (transfer.state, transfer.dues_until) == ("agreed", OCTOBER)


def test_branches_are_offered_while_one_types(client, tree, secretary, outsider):
    client.force_login(secretary)
    answer = client.get(reverse("transfers:branches"), {"to_branch": "石柳"}, headers={"HX-Request": "true"})
    assert text(answer).count("<option") == 1 and tree.far.name in text(answer)
    client.force_login(outsider)
    assert client.get(reverse("transfers:branches"), {"to_branch": "石柳"}).status_code == 403


# ── One transfer ────────────────────────────────────────────────────────────
def test_the_page_says_whose_turn_it_is_and_offers_the_act_to_them_alone(client, tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    offered = {}
    for name in ("secretary", "committee", "far_secretary", "far_committee"):
        client.force_login(getattr(cast, name))
        answer = client.get(page_of(transfer))
        assert "等白驼镇党委审核接收" in text(answer) and "还有 10 天" in text(answer)
        offered[name] = [one["act"] for one in answer.context["acts"]]
    assert offered == {
        "secretary": ["withdraw"],
        "committee": ["withdraw"],
        "far_secretary": [],
        "far_committee": ["receive", "refuse"],
    }


def test_the_side_it_comes_to_sees_it_once_the_letter_is_out(client, tree, cast, person):
    transfer = applied(person, tree.far, by=cast.secretary)
    client.force_login(cast.far_committee)
    assert client.get(page_of(transfer)).status_code == 404
    assert client.post(act_url(transfer, "receive")).status_code == 404
    services.approve(transfer, by=cast.committee, today=TODAY)
    assert client.get(page_of(transfer)).status_code == 200
    client.force_login(cast.neighbour)
    assert client.get(page_of(transfer)).status_code == 404


def test_a_secretary_may_not_decide(client, tree, cast, person):
    transfer = applied(person, tree.far, by=cast.secretary)
    client.force_login(cast.secretary)
    assert client.post(act_url(transfer, "approve"), {"days": 10}).status_code == 403


def test_a_refused_act_comes_back_on_its_page_with_what_was_typed(client, tree, cast, person):
    transfer = applied(person, tree.far, by=cast.secretary)
    client.force_login(cast.committee)
    answer = client.post(act_url(transfer, "approve"), {"days": "91", "note": "已核对"})
    assert answer.status_code == 422 and 'value="91"' in text(answer) and "最长不超过三个月" in text(answer) and "已核对" in text(answer)
    answer = client.post(act_url(transfer, "refuse"), {"refusal": "dues", "note": ""})
    assert answer.status_code == 422 and "写清楚为什么退回" in text(answer)
    transfer.refresh_from_db()
    assert transfer.state == "agreed"


def test_who_comes_second_sees_who_was_first_and_nothing_changes(client, tree, cast, person):
    transfer = received(person, tree.far, cast)
    client.force_login(cast.far_committee)
    answer = client.post(act_url(transfer, "receive"), {"version": transfer.version})
    assert answer.status_code == 422 and "罗莉艳在 11月22日已办“接收党委审核”" in text(answer)
    stale = client.post(act_url(transfer, "place"), {"version": 1})
    assert stale.status_code == 422 and "刚才有人办过" in text(stale)
    transfer.refresh_from_db()
    assert transfer.state == "received"


def test_an_expired_letter_asks_the_old_branch_to_certify(client, tree, cast, person, monkeypatch):
    transfer = travelling(person, tree.far, cast, today=TODAY - 11 * DAY, days=10)
    client.force_login(cast.far_committee)
    answer = client.get(page_of(transfer))
    assert "介绍信过期" in text(answer) and answer.context["acts"] == []
    refused = client.post(act_url(transfer, "receive"), {})
    assert refused.status_code == 422 and "已经过期，不能接收" in text(refused)
    client.force_login(cast.secretary)
    assert [one["act"] for one in client.get(page_of(transfer)).context["acts"]] == ["prove", "withdraw"]
    client.post(act_url(transfer, "prove"), {"note": "本人住院"})
    transfer.refresh_from_db()
    assert transfer.state == "agreed"


def test_a_returned_transfer_is_mended_on_its_page(client, tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    services.refuse(transfer, refusal="wrong_place", note="人在袁家店村", by=cast.far_committee, today=TODAY)
    client.force_login(cast.secretary)
    assert "不归这里管，转错了地方：人在袁家店村" in text(client.get(page_of(transfer)))
    client.post(act_url(transfer, "resubmit"), {"where": "county", "to_branch": tree.neighbours.code, "dues_until": "2026-10"})
    transfer.refresh_from_db()
    assert (transfer.state, transfer.kind) == ("agreed", "internal")


# ── From outside ────────────────────────────────────────────────────────────
def arrival(**fields) -> dict:
    return {
        "elsewhere": "中共宝鸡市陈仓区委组织部",
        "letter_number": "陈仓组转〔2026〕88 号",
        "issued_on": "2026-11-10",
        "valid_until": "2026-12-10",
        "dues_until": "2026-10",
        "reason": "work",
        "to_branch": "石柳村党支部",
        "name": "尹建青",
        "id_number": id_number(date(1985, 3, 4), "1"),
        "ethnicity": "01",
        "education": "20",
        "category": "full",
        "joined_on": "2008-06-01",
        "full_on": "2009-06-01",
        "post": "教师",
        "mobile_phone": "15400001234",
    } | fields


def test_a_letter_from_outside_is_recorded_and_its_bearer_placed(client, tree, cast):
    client.force_login(cast.far_committee)
    answer = client.post(reverse("transfers:arrive"), arrival())
    transfer = Transfer.objects.get()
    assert answer.url == page_of(transfer) and "6299" in text(client.get(page_of(transfer)))
    client.force_login(cast.far_secretary)
    client.post(act_url(transfer, "place"), {})
    member = Member.objects.get(name="尹建青")
    assert (member.branch, member.sex, member.birth_on, member.post) == (tree.far, "1", date(1985, 3, 4), "教师")
    file = text(client.get(reverse("members:member", args=[member.uid])))
    assert "从县外转入石柳村党支部" in file and "陈仓组转〔2026〕88 号" in file


def test_faults_of_a_letter_from_outside_are_told_at_their_fields(client, tree, cast):
    client.force_login(cast.far_committee)
    for wrong, words in (
        ({"valid_until": "2026-11-21"}, "已经过期，不能接收"),
        ({"id_number": "110101199001011234"}, "校验"),
        ({"to_branch": tree.ours.code}, "没有找到"),
        ({"full_on": ""}, "转为正式党员日期"),
        ({"dues_until": "去年"}, "月份写成 2026-10"),
    ):
        answer = client.post(reverse("transfers:arrive"), arrival(**wrong))
        assert answer.status_code == 422 and words in text(answer), wrong
        assert "尹建青" in text(answer) and not Transfer.objects.exists()


# ── The letter ──────────────────────────────────────────────────────────────
def test_the_letter_has_three_parts_and_no_whole_number_until_it_is_asked_for(client, tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    url = reverse("transfers:letter", args=[transfer.uid])
    client.force_login(cast.committee)
    sheet = text(client.get(url))
    for words in (
        "第一联　存根",
        "第二联　正联",
        "第三联　回执",
        "清源组转〔2026〕1 号",
        "2026 年 10 月",
        "2026年12月2日",
        "存根保存到 2036年12月31日",
    ):
        assert words in sheet, words
    letter = transfer.letters.get()
    assert sheet.count(letter.shown_code) == 3 and person.id_masked in sheet and person.id_number not in sheet
    assert person.id_number in text(client.post(url))
    assert AuditEntry.objects.filter(code="members.id_number.revealed", subject=person.uid).count() == 1


def test_an_earlier_letter_of_the_transfer_can_still_be_read(client, tree, cast, person):
    transfer = travelling(person, tree.far, cast, today=TODAY - 20 * DAY, days=10)
    services.prove(transfer, note="住院", by=cast.secretary, today=TODAY)
    services.approve(transfer, by=cast.committee, today=TODAY)
    client.force_login(cast.secretary)
    url = reverse("transfers:letter", args=[transfer.uid])
    assert "清源组转〔2026〕2 号" in text(client.get(url))
    assert "已作废" in text(client.get(url, {"number": 1}))
    assert client.get(url, {"number": 3}).status_code == 404


@pytest.fixture
def uncounted():
    cache.clear()
    yield
    cache.clear()


def test_anybody_may_ask_whether_a_letter_is_true_and_learns_no_whole_name(client, tree, cast, person, uncounted):
    transfer = travelling(person, tree.far, cast)
    letter, url = transfer.letters.get(), reverse("transfers:verify")

    def answer(code):
        said = client.get(url, {"code": code})
        assert person.name not in text(said) and person.id_masked not in text(said) and "高家杨" not in text(said)
        return said.context["verdict"].answer

    assert answer(letter.shown_code) == answer(f" {letter.code.lower()} ") == "真"
    assert "潘**" in text(client.get(url, {"code": letter.code}))
    assert answer("AAAAAAAA") == answer("x' OR 1=1 --") == "不真"
    services.receive(transfer, by=cast.far_committee, today=TODAY)
    assert answer(letter.code) == "已用"
    late = travelling(make_member(tree.ours, "戴鹏"), tree.far, cast, today=TODAY - 11 * DAY, days=10).letters.get()
    assert answer(late.code) == "已过期"
    assert client.get(url, {"code": late.code}).context["verdict"].words.endswith("重开一封。")
    withdrawn = travelling(make_member(tree.ours, "郝琴"), tree.far, cast)
    services.withdraw(withdrawn, by=cast.secretary, today=TODAY)
    assert answer(withdrawn.letters.get().code) == "已作废"


def test_who_guesses_codes_is_slowed_down(client, db, uncounted):
    url = reverse("transfers:verify")
    answers = [client.get(url, {"code": f"AAAA{n:04d}"}).status_code for n in range(32)]
    assert answers[:30] == [200] * 30 and 429 in answers[30:]
    assert client.get(url).status_code == 200


# ── The list ────────────────────────────────────────────────────────────────
def test_the_list_opens_at_what_waits_and_is_narrowed_by_its_address(client, tree, cast, person):
    far = travelling(person, tree.far, cast)
    inside = applied(make_member(tree.ours, "戴鹏"), tree.neighbours, by=cast.secretary)
    done = services.archive(placed(make_member(tree.ours, "郝琴"), tree.far, cast), by=cast.committee, today=TODAY)
    coming = arrived(tree.far, by=cast.far_committee)

    def told(user, **query):
        client.force_login(user)
        answer = client.get(LIST, query)
        return [line.transfer.pk for line in answer.context["lines"]]

    assert told(cast.committee) == [inside.pk]
    assert told(cast.far_committee) == [far.pk]
    assert told(cast.far_secretary) == [coming.pk]
    assert set(told(cast.secretary, tab="out")) == {far.pk, inside.pk}
    assert told(cast.secretary, tab="in") == []
    assert set(told(cast.far_secretary, tab="in")) == {far.pk, coming.pk}
    assert told(cast.far_secretary, tab="in", q="尹") == [coming.pk]
    assert told(cast.secretary, tab="out", q="psy") == [far.pk]
    assert told(cast.secretary, tab="out", kind="internal") == [inside.pk]
    assert told(cast.secretary, tab="out", stands="travelling") == [far.pk]
    assert told(cast.secretary, tab="out", stands="expired") == []
    assert told(cast.secretary, tab="out", year="2025", kind="nonsense") == []
    assert told(cast.secretary, tab="done") == [done.pk]
    assert told(cast.neighbour, tab="out") == []


def test_the_list_is_taken_out_as_a_sheet(client, tree, cast, person, tmp_path):
    travelling(person, tree.far, cast)
    client.force_login(cast.secretary)
    answer = client.get(LIST, {"tab": "out", "format": "xlsx"})
    (tmp_path / "out.xlsx").write_bytes(b"".join(answer.streaming_content))
    rows = list(load_workbook(tmp_path / "out.xlsx").active.values)
    assert rows[1][1:10] == (
        *("潘山洋", "县内转接", "高家杨村党支部", "石柳村党支部", "工作调动", "2026-10", "在途", "等白驼镇党委审核接收"),
        "清源组转〔2026〕1 号",
    )
    assert AuditEntry.objects.get(code="transfers.transfers.exported").data == {"rows": 1}


@pytest.mark.parametrize("many", [1, 50])
def test_pages_cost_the_same_for_1_and_for_50(client, tree, cast, many):
    transfers = [travelling(make_member(tree.ours), tree.far, cast) for _ in range(many)]
    client.force_login(cast.far_committee)
    client.get(LIST)
    with fits_budget("transfers:transfers"):
        assert len(client.get(LIST).context["lines"]) == many
    with fits_budget("transfers:transfer"):
        client.get(page_of(transfers[0]))
    with fits_budget("transfers:transfers export"):
        assert client.get(LIST, {"format": "xlsx"}).status_code == 200


# ── What is due ─────────────────────────────────────────────────────────────
def titles(client, user, where="/") -> str:
    client.force_login(user)
    return text(client.get(where))


def test_each_step_is_a_duty_of_whoever_must_act_next(client, tree, cast, person):
    transfer = applied(person, tree.far, by=cast.secretary)
    assert "审批潘山洋的组织关系转出" in titles(client, cast.committee)
    services.approve(transfer, by=cast.committee, today=TODAY)
    assert "潘山洋" not in titles(client, cast.committee)
    assert "接收潘山洋的组织关系" in titles(client, cast.far_committee)
    services.receive(transfer, by=cast.far_committee, today=TODAY)
    assert "把潘山洋编入支部" in titles(client, cast.far_secretary)
    services.place(transfer, by=cast.far_secretary, today=TODAY)
    assert "把潘山洋的回执归档" in titles(client, cast.committee)
    services.archive(transfer, by=cast.committee, today=TODAY)
    assert "潘山洋" not in titles(client, cast.committee)


@pytest.mark.parametrize(("left", "warned"), [(6, False), (5, True), (0, True)])
def test_both_sides_are_warned_before_a_letter_runs_out(client, tree, cast, person, left, warned):
    travelling(person, tree.far, cast, today=TODAY - (10 - left) * DAY, days=10)
    for user in (cast.secretary, cast.committee):
        assert ("催潘山洋报到，介绍信快过期" in titles(client, user)) is warned
    assert "接收潘山洋的组织关系" in titles(client, cast.far_committee)


def test_the_day_after_its_last_the_old_branch_must_certify(client, tree, cast, person):
    travelling(person, tree.far, cast, today=TODAY - 11 * DAY, days=10)
    assert "为潘山洋证明，重开介绍信" in titles(client, cast.secretary)
    assert "潘山洋" not in titles(client, cast.far_committee)


def test_the_members_file_tells_of_the_transfer(client, tree, cast, person, department):
    placed(person, tree.far, cast)
    file = titles(client, department, reverse("members:member", args=[person.uid]))
    assert "转入石柳村党支部" in file and "介绍信 清源组转〔2026〕1 号" in file and f"member={person.uid}" in file


def test_the_list_is_taken_out_by_who_may_and_only_where(client, tree, cast, reader):
    transfer = travelling(make_member(tree.ours), tree.far, cast)
    address = reverse("transfers:transfers") + "?tab=out&format=xlsx"
    client.force_login(reader)
    assert client.get(address).status_code == 403
    client.force_login(cast.secretary)
    sheet = load_workbook(BytesIO(b"".join(client.get(address).streaming_content))).active
    assert sheet.max_row == 2 and transfer.from_branch == tree.ours


def test_a_letter_that_is_used_opens_no_number(client, tree, cast):
    transfer = placed(make_member(tree.ours), tree.far, cast)
    client.force_login(cast.secretary)
    address = reverse("transfers:letter", args=[transfer.uid])
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 403
