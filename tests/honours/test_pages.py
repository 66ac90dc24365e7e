"""Pages of 评比表彰 as people use them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from members.models import Member
from partyportal.core.models import AuditEntry
from points.honours import services
from points.honours.models import Call, Honour, Nomination, Use
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.honours.makers import (
    CLOSES,
    DECIDED,
    ISSUED,
    NOMINATED,
    OPENS,
    PUBLIC_FROM,
    PUBLIC_UNTIL,
    REVIEWED,
    VOTE,
    approved,
    decided,
    honoured,
    issued,
    nominated,
    public,
)

LIST, NEW, REGISTER, USES = (reverse(f"honours:{name}") for name in ("calls", "new", "register", "uses"))


@pytest.fixture
def on(monkeypatch):
    """The pages' today."""

    def stand(day):
        monkeypatch.setattr(timezone, "localdate", lambda *args: day)

    stand(NOMINATED)
    return stand


def text(answer) -> str:
    return answer.content.decode()


def page_of(row, name="") -> str:
    return reverse(f"honours:{name or row._meta.model_name}", args=[row.uid])


SAID = {
    "kind": "outstanding_member",
    "title": "全县优秀共产党员",
    "document_number": "清组通〔2026〕18号",
    "issued_on": ISSUED,
    "year": 2026,
    "quota": 5,
    "opens_on": OPENS,
    "closes_on": CLOSES,
    "words": "先锋模范，群众公认",
    "needs_full": "on",
    "needs_unpunished": "on",
}
FORM = {"deeds": "带领八户群众种花椒", "meeting": "assembly", **{key: VOTE[key] for key in ("met_on", "entitled", "present", "in_favour")}}


# ── A whole call over the pages ─────────────────────────────────────────────
def test_from_the_notice_to_the_wall_over_the_pages(client, tree, cast, person, on, deputy):
    on(ISSUED)
    client.force_login(cast.department)
    assert "山门镇党委" in text(client.get(NEW))
    answer = client.post(NEW, SAID | {f"share-{tree.township.code}": 2, f"share-{tree.other_township.code}": 0})
    call = Call.objects.get()
    assert answer.url == page_of(call) and call.shares.get().places == 2 and call.free == 3

    on(NOMINATED)
    client.force_login(cast.secretary)
    home = text(client.get("/"))
    assert "推荐全县优秀共产党员" in home and "还可以推荐" in home
    form = reverse("honours:nominate", args=[call.uid])
    assert "潘山洋" in text(client.get(form))
    row_page = client.post(form, FORM | {"member": person.uid}).url
    row = Nomination.objects.get()
    assert row_page == page_of(row) and "等上一级（山门镇党委）另一个人审核" in text(client.get(row_page))
    assert "推荐全县优秀共产党员" not in text(client.get("/"))  # put forward: the duty is done

    client.force_login(cast.committee)
    assert "审核全县优秀共产党员的 1 份推荐" in text(client.get("/"))
    assert [offer.act for offer, _ in client.get(row_page).context["offers"]] == ["approve", "refuse", "withdraw"]
    client.post(reverse("honours:nomination_act", args=[row.uid, "approve"]), {"note": "同意"})

    on(PUBLIC_FROM)
    client.force_login(cast.department)
    assert [offer.act for offer, _ in client.get(page_of(call)).context["offers"]] == ["publicise", "extend", "cancel"]
    client.post(reverse("honours:act", args=[call.uid, "publicise"]), {"start": PUBLIC_FROM, "workdays": 5, "public_at": "公开栏；组织股"})
    client.force_login(cast.neighbour)
    notice = text(client.get(reverse("honours:notice", args=[call.uid])))
    assert "潘山洋" in notice and "共 5 个工作日" in notice and person.id_masked not in notice
    assert client.get(row_page).status_code == 404  # the notice is everybody's, the nomination is not

    on(DECIDED)
    client.force_login(cast.department)
    assert "全县优秀共产党员：登记表彰决定" in text(client.get(LIST))
    client.post(reverse("honours:act", args=[call.uid, "decide"]), {"day": DECIDED, "decision_number": "清委〔2026〕12号"})
    honour = Honour.objects.get()
    assert (honour.member, honour.document_number) == (person, "清委〔2026〕12号")
    client.force_login(deputy)
    wall = text(client.get(reverse("honours:wall", args=[tree.ours.code])))
    assert "潘山洋" in wall and "2026 年" in wall
    assert "全县优秀共产党员" in text(client.get(reverse("honours:member", args=[person.uid])))
    assert reverse("honours:member", args=[person.uid]) in text(client.get(reverse("members:member", args=[person.uid])))


# ── Refused forms ───────────────────────────────────────────────────────────
def test_what_is_refused_keeps_what_was_typed(client, tree, cast, person, on):
    on(ISSUED)
    client.force_login(cast.department)
    answer = client.post(NEW, SAID | {f"share-{tree.township.code}": 6})
    assert answer.status_code == 422 and "多于总名额 5 个" in text(answer) and 'value="清组通〔2026〕18号"' in text(answer)
    assert not Call.objects.exists()
    on(NOMINATED)
    call = issued(tree.county, by=cast.department)
    client.force_login(cast.secretary)
    answer = client.post(reverse("honours:nominate", args=[call.uid]), FORM | {"member": person.uid, "in_favour": 10})
    assert answer.status_code == 422 and "赞成要超过半数，至少 11 人" in text(answer) and "种花椒" in text(answer)
    assert not Nomination.objects.exists()


def test_a_refused_act_comes_back_on_its_page(client, tree, cast, call, person, on):
    row = approved(call, person, by=cast.secretary, reviewer=cast.committee)
    on(PUBLIC_FROM)
    client.force_login(cast.department)
    act = reverse("honours:act", args=[call.uid, "publicise"])
    answer = client.post(act, {"start": PUBLIC_FROM, "workdays": 3, "public_at": "镇政府公开栏"})
    assert answer.status_code == 422 and "不少于 5 个工作日" in text(answer) and "镇政府公开栏" in text(answer)
    answer = client.post(reverse("honours:nomination_act", args=[row.uid, "drop"]), {"note": ""})
    assert answer.status_code == 422 and "写明原因" in text(answer)
    # Somebody was quicker: the same page says so, and offers what can be done now.
    public(call, by=cast.department)
    answer = client.post(act, {"start": PUBLIC_FROM, "workdays": 5, "public_at": "公开栏"})
    assert answer.status_code == 422 and "正在公示，到 6月9日为止，现在不能公示" in text(answer)


def test_an_act_no_verb_carries_is_refused(client, tree, cast, call, person, on):
    row = nominated(call, person, by=cast.secretary)
    client.force_login(cast.secretary)
    assert client.post(reverse("honours:nomination_act", args=[row.uid, "approve"])).status_code == 403
    assert client.post(reverse("honours:act", args=[call.uid, "cancel"]), {"note": "不评了"}).status_code == 403
    assert client.post(reverse("honours:act", args=[call.uid, "nonsense"])).status_code == 404
    client.force_login(cast.committee)
    assert client.post(reverse("honours:act", args=[call.uid, "cancel"]), {"note": "不评了"}).status_code == 403
    assert client.get(NEW).status_code == 200 and client.get(f"{NEW}?organisation={tree.county.code}").status_code == 404


def test_the_conditions_are_shown_to_who_reviews_and_the_points_are_no_gate_unless_set(client, tree, cast, person, on):
    from points.models import Standing

    Standing.objects.create(member=person, year=2025, quarter=1, category="life", points="55.50", as_of="2026-01-01T00:00Z")
    call = issued(tree.county, by=cast.department, points_year=2025)
    row = nominated(call, person, by=cast.secretary)
    client.force_login(cast.committee)
    shown = text(client.get(page_of(row)))
    assert "2025 年积分" in shown and "55.50 分" in shown and "没有在影响期的" in shown
    client.force_login(cast.reader)
    assert "55.50" not in text(client.get(page_of(row)))


# ── Objections ──────────────────────────────────────────────────────────────
def test_an_objection_is_read_and_closed_by_the_organiser_alone(client, tree, cast, call, person, second_department, on):
    row = approved(call, person, by=cast.secretary, reviewer=cast.committee)
    public(call, by=cast.department)
    on(PUBLIC_UNTIL)
    client.force_login(cast.department)
    said = {"received_on": PUBLIC_UNTIL, "is_named": "on", "content": "承包地账目没有公开"}
    client.post(reverse("honours:nomination_act", args=[row.uid, "object"]), said)
    objection = row.objections.get()
    close = reverse("honours:objection", args=[objection.uid])
    answer = client.post(close, {"upheld": "no", "finding": "账目已公开"})
    assert answer.status_code == 422 and "要由另一个人核实" in text(answer) and "账目已公开" in text(answer)
    for user in (cast.secretary, cast.committee, cast.reader):
        client.force_login(user)
        assert "承包地账目" not in text(client.get(page_of(row)))
    client.force_login(second_department)
    assert "承包地账目" in text(client.get(page_of(row))) and "核实 1 件异议" in text(client.get(LIST))
    assert client.post(close, {"upheld": "yes", "finding": "三年没有公开"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "dropped"


# ── Honours ─────────────────────────────────────────────────────────────────
def test_an_honour_is_withdrawn_on_its_page_and_stays_readable(client, tree, cast, call, person, on):
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    on(DECIDED + timedelta(days=30))
    client.force_login(cast.department)
    answer = client.post(page_of(honour), {"day": DECIDED - timedelta(days=1), "document_number": "清委〔2026〕30号", "reason": "造假"})
    assert answer.status_code == 422 and "不早于表彰" in text(answer) and "清委〔2026〕30号" in text(answer)
    client.post(page_of(honour), {"day": DECIDED + timedelta(days=30), "document_number": "清委〔2026〕30号", "reason": "造假"})
    assert "已撤销" in text(client.get(page_of(honour))) and "潘山洋" not in text(client.get(REGISTER))
    assert "潘山洋" in text(client.get(f"{REGISTER}?stands=withdrawn"))
    assert "潘山洋" not in text(client.get(reverse("honours:wall", args=[tree.ours.code])))
    assert "撤销" in text(client.get(reverse("honours:member", args=[person.uid])))


def test_the_register_is_narrowed_and_taken_out_with_names_alone(client, tree, cast, call, person, on):
    honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    client.force_login(cast.committee)
    for query, found in (("?q=psy", True), ("?q=石", False), ("?year=2026&kind=outstanding_member", True), ("?level=committee", False)):
        assert ("潘山洋" in text(client.get(REGISTER + query))) is found, query
    sheet = load_workbook(BytesIO(b"".join(client.get(f"{REGISTER}?format=xlsx").streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][4] == "潘山洋" and len(rows) == 2 and person.id_number not in str(rows)
    assert AuditEntry.objects.get(code="honours.register.exported").data == {"rows": 1}
    listed = text(client.get(LIST))
    assert "历年表彰" in listed and "2026 年" in listed


def test_nominations_are_handed_upward_as_a_sheet(client, tree, cast, call, person, on):
    nominated(call, person, by=cast.secretary)
    client.force_login(cast.committee)
    sheet = load_workbook(BytesIO(b"".join(client.get(f"{page_of(call)}?format=xlsx").streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "推荐汇总表" in rows[0][0] and rows[2][2] == "潘山洋" and rows[2][7:10] == [20, 15, 14]


def test_a_member_without_a_post_reads_calls_and_their_own_honours(client, tree, cast, call, member, on):
    honour = honoured(call, member, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    client.force_login(member.user)
    assert "全县优秀共产党员" in text(client.get(f"{LIST}?tab=over"))
    assert client.get(page_of(call)).status_code == 200 and client.get(page_of(honour)).status_code == 200
    assert client.get(reverse("honours:wall", args=[tree.ours.code])).status_code == 200
    assert client.get(reverse("honours:wall", args=[tree.neighbours.code])).status_code == 404
    assert client.get(REGISTER).status_code == 403


def test_a_departed_member_no_longer_reads_the_countys_calls(client, tree, call, member, on):
    client.force_login(member.user)
    assert client.get(page_of(call)).status_code == 200
    Member.objects.filter(pk=member.pk).update(left_on=NOMINATED)
    assert client.get(page_of(call)).status_code == 404


# ── 结果运用 ─────────────────────────────────────────────────────────────────
def test_a_use_is_entered_found_taken_out_and_voided(client, tree, cast, person, on):
    client.force_login(cast.secretary)
    new = reverse("honours:use_new")
    assert f"?member={person.uid}" in text(client.get(new, {"q": "psy"}))
    said = {"year": 2025, "result": "yellow", "outcome": "黄榜", "purpose": "promotion", "day": NOMINATED, "note": "书记谈话"}
    answer = client.post(f"{new}?member={person.uid}", said)
    assert answer.status_code == 422 and "提拔使用要写文号" in text(answer) and 'value="书记谈话"' in text(answer)
    assert client.post(f"{new}?member={person.uid}", said | {"purpose": "talk"}).url == USES
    use = Use.objects.get()
    assert "潘山洋" in text(client.get(f"{USES}?result=yellow&purpose=talk&year=2025"))
    assert "潘山洋" not in text(client.get(f"{USES}?result=red"))
    sheet = load_workbook(BytesIO(b"".join(client.get(f"{USES}?format=xlsx").streaming_content))).active
    assert sheet["B2"].value == "潘山洋" and sheet["G2"].value == "谈话提醒"
    void = reverse("honours:use_void", args=[use.uid])
    assert client.post(void, {"reason": ""}).status_code == 422
    assert client.post(void, {"reason": "登错了人"}).url == USES
    assert "潘山洋" not in text(client.get(USES)) and "登错了人" in text(client.get(f"{USES}?voided=1"))
    client.force_login(cast.neighbour)
    assert "潘山洋" not in text(client.get(f"{USES}?voided=1"))
    assert client.get(f"{new}?member={person.uid}").status_code == 404


def test_an_organisations_result_is_used_too(client, tree, cast, on):
    client.force_login(cast.committee)
    said = {
        "year": 2025,
        "result": "star",
        "outcome": "二星",
        "purpose": "rectify",
        "day": NOMINATED,
        "document_number": "山党发〔2026〕5号",
    }
    client.post(f"{reverse('honours:use_new')}?organisation={tree.ours.code}", said)
    assert (Use.objects.get().member, Use.objects.get().organisation) == (None, tree.ours)


# ── Budgets ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("rows", [1, 50])
def test_pages_cost_the_same_at_one_and_at_fifty(client, tree, cast, on, rows):
    client.force_login(cast.department)
    calls = [issued(tree.county, by=cast.department, title=f"第{n}次评选", quota=60, points_year=2025) for n in range(rows)]
    people = [make_member(tree.ours, f"候选人{n}") for n in range(rows)]
    made = [nominated(calls[0], person, by=cast.secretary) for person in people]
    for url, name in ((LIST, "calls"), (page_of(calls[0]), "call")):
        with fits_budget(f"honours:{name}"):
            assert client.get(url).status_code == 200
    for row in made:
        services.approve(row, by=cast.committee, today=REVIEWED)
    public(calls[0], by=cast.department)
    decided(calls[0], by=cast.department)
    for person in people:
        services.record_use(
            member=person, year=2025, result="yellow", outcome="黄榜", purpose="talk", day=NOMINATED, by=cast.secretary, today=NOMINATED
        )
    pages = {
        "notice": reverse("honours:notice", args=[calls[0].uid]),
        "register": REGISTER,
        "wall": reverse("honours:wall", args=[tree.township.code]),
        "uses": USES,
    }
    for name, url in pages.items():
        with fits_budget(f"honours:{name}"):
            assert client.get(url).status_code == 200
