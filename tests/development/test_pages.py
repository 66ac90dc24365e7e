"""The pages: what each shows, to whom, and what a refusal leaves standing."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from openpyxl import load_workbook

from members.development.models import Case, StepRecord
from members.development.services.cases import open_for_member
from members.services.membership import move
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.development.makers import make_branch_people, make_case, walk
from tests.factories import id_number, make_grant, make_member, make_organisation, make_user


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def people(tree):
    return make_branch_people(tree.ours)


def text_of(response) -> str:
    return response.content.decode()


def at(name, case, *more):
    return reverse(f"development:{name}", args=[case.uid, *more])


# ── The pipeline ────────────────────────────────────────────────────────────
def test_the_pipeline_counts_by_stage_and_puts_the_overdue_first(client, tree, secretary, today):
    late = make_case(tree.ours, secretary, applied_on=today - timedelta(days=60), today=today, name="迟到的")
    make_case(tree.ours, secretary, applied_on=today, today=today, name="刚来的")
    make_case(tree.neighbours, secretary, applied_on=today, today=today, name="邻村的")
    client.force_login(secretary)
    response = client.get(reverse("development:cases"))
    said = text_of(response)
    assert said.index("迟到的") < said.index("刚来的") and "邻村的" not in said
    assert (response.context["counts"].overdue, response.context["counts"].stages[0][2]) == (1, 2)
    only = text_of(client.get(reverse("development:cases"), {"due": "overdue"}))
    assert "迟到的" in only and "刚来的" not in only
    assert "没有符合这些条件的人" in text_of(client.get(reverse("development:cases"), {"q": "没有这人"}))
    assert "迟到的" in text_of(client.get(reverse("development:cases"), {"q": late.id_number}))


def test_an_empty_pipeline_says_what_to_do(client, secretary):
    client.force_login(secretary)
    said = text_of(client.get(reverse("development:cases")))
    assert "收到书面申请就登记" in said and reverse("development:new") in said


def test_the_export_is_masked_audited_and_what_the_page_shows(client, tree, committee, today):
    case = make_case(tree.ours, committee, applied_on=today, today=today)
    client.force_login(committee)
    response = client.get(reverse("development:cases"), {"format": "xlsx"})
    rows = list(load_workbook(BytesIO(b"".join(response.streaming_content))).active.values)
    assert rows[1][:4] == (case.name, "男", rows[1][2], case.id_masked)
    assert AuditEntry.objects.get(code="development.cases.exported").data == {"cases": 1}


@pytest.mark.parametrize("size", [1, 50])
def test_the_pipeline_costs_the_same(client, tree, committee, size, today):
    for _ in range(size):
        make_case(tree.ours, committee, applied_on=today, today=today)
    client.force_login(committee)
    with fits_budget("development:cases"):
        client.get(reverse("development:cases"))


def test_a_file_costs_what_it_costs(client, tree, committee, people):
    case = walk(make_case(tree.ours, committee), people, by=committee, to="oath")
    client.force_login(committee)
    with fits_budget("development:case"):
        client.get(at("case", case))


# ── One file ────────────────────────────────────────────────────────────────
def test_a_file_says_what_is_next_by_when_and_what_is_missing(client, tree, secretary, people):
    case = walk(make_case(tree.ours, secretary), people, by=secretary, to="talk")
    client.force_login(secretary)
    said = text_of(client.get(at("case", case)))
    assert "确定入党积极分子" in said and "党员推荐（群团推优）材料还没有" in said
    assert "成熟一个发展一个，没有期限" in said
    assert case.id_number not in said and case.mobile_phone not in said
    assert at("step", case, "activist") in said


def test_what_waits_for_the_committee_is_no_button_of_the_secretary(client, tree, secretary, committee, people):
    case = walk(make_case(tree.ours, secretary), people, by=secretary, to="activist")
    for user, may in ((secretary, False), (committee, True)):
        client.force_login(user)
        said = text_of(client.get(at("case", case)))
        assert (at("step", case, "activist_filed") in said) is may
        assert "山门镇党委" in said
    client.force_login(secretary)
    assert client.get(at("step", case, "activist_filed")).status_code == 403


def test_the_publicity_is_told_with_the_day_on_which_it_is_full(client, tree, secretary, committee, people, today):
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="candidate")
    Case.objects.filter(pk=case.pk).update(procedure="2026")
    StepRecord.objects.create(case=case, step="candidate_agreed", day=date(2024, 9, 30), organisation=tree.township, recorded_by=committee)
    client.force_login(secretary)
    said = strip_tags(text_of(client.get(at("case", case))))  # each number stands in a span of its own
    assert "2024-09-30 起公示，到 2024-10-11 满" in said
    refused = client.post(
        at("publicity", case), {"where": "公开栏", "start": "2024-09-30", "end": "2024-10-10", "objections": "", "place": "home"}
    )
    assert refused.status_code == 422 and "只有 4 个工作日" in text_of(refused) and 'value="公开栏"' in text_of(refused)
    done = client.post(at("publicity", case), {"where": "公开栏", "start": "2024-09-30", "end": "2024-10-11"})
    assert done.status_code == 302


# ── Acts ────────────────────────────────────────────────────────────────────
def new_data(**changes) -> dict:
    number = id_number(date(1998, 3, 1), "2")
    return {
        "name": "林小禾",
        "id_number": number,
        "applied_on": "2026-03-02",
        "organisation": "高家杨村党支部",
        "ethnicity": "01",
        "mobile_phone": "15400001234",
    } | changes


def test_an_application_is_registered_and_a_refused_one_keeps_what_was_typed(client, tree, secretary):
    client.force_login(secretary)
    number = id_number(date(1998, 3, 1), "2")
    refused = client.post(reverse("development:new"), new_data(id_number=number[:17] + ("1" if number[17] != "1" else "2")))
    assert refused.status_code == 422 and "校验位" in text_of(refused) and 'value="林小禾"' in text_of(refused)
    refused = client.post(reverse("development:new"), new_data(applied_on="2016-02-29"))
    assert refused.status_code == 422 and "不满 18 岁" in text_of(refused)
    done = client.post(reverse("development:new"), new_data(), follow=True)
    case = Case.objects.get()
    assert (case.sex, case.birth_on, case.organisation, case.procedure) == ("2", date(1998, 3, 1), tree.ours, "2014")
    assert "一个月内派人谈话" in text_of(done)


def test_a_step_is_recorded_on_its_page(client, tree, secretary, people):
    case = make_case(tree.ours, secretary)
    client.force_login(secretary)
    url = at("step", case, "talk")
    said = {"act": "record", "step": "talk", "day": "2023-04-05", "by_whom": "吕山东"}
    late = client.post(url, said)
    assert late.status_code == 422 and "晚了 4 天" in text_of(late) and 'value="吕山东"' in text_of(late)
    done = client.post(url, said | {"note": "在外地"}, follow=True)
    assert "下一步：确定入党积极分子" in text_of(done)
    again = client.post(url, said | {"note": "在外地"})
    assert again.status_code == 422 and "已经办过" in text_of(again)
    ahead = client.post(
        at("step", case, "assembly"),
        {
            "act": "record",
            "step": "assembly",
            "day": "2024-01-01",
            "present": 7,
            "written": 0,
            "in_favour": 7,
            "against": 0,
            "abstained": 0,
        },
    )
    assert ahead.status_code == 422 and "先办第 3 步" in text_of(ahead)


def test_the_ballot_page_tells_the_voters_of_the_day_typed(client, tree, secretary, committee, people):
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="volunteer_form")
    newer = make_member(tree.ours, "新转入", start=date(2025, 1, 1))
    client.force_login(secretary)
    url = at("step", case, "assembly")
    assert client.get(url).context["entitled"] == 8
    again = client.post(url, {"act": "reread", "step": "assembly", "day": "2024-10-28"})
    assert again.context["entitled"] == 7 and "有表决权 <b>7</b> 人" in text_of(again) and 'value="2024-10-28"' in text_of(again)
    assert newer.name not in text_of(again)
    votes = {"present": 3, "written": 0, "in_favour": 3, "against": 0, "abstained": 0}
    few = client.post(url, {"act": "record", "step": "assembly", "day": "2024-10-28", **votes})
    assert few.status_code == 422 and "至少 4 人" in text_of(few)
    out = {f"exclude-{people[0].uid}": "ill", f"exclude-{people[1].uid}": "abroad"}
    done = client.post(url, {"act": "record", "step": "assembly", "day": "2024-10-28", **votes, **out}, follow=True)
    assert "已记“支部大会讨论接收”" in text_of(done)
    assert "应到会 5 人，到会 3 人，赞成 3 票" in text_of(done)


def test_a_general_branch_that_approves_is_told_who_may_and_nothing_changes(client, tree, secretary, committee):
    general = make_organisation("中共清源县山门镇卫生院总支部委员会", "general_branch", tree.township)
    branch = make_organisation("中共清源县山门镇卫生院第一支部委员会", "branch", general)
    people = make_branch_people(branch)
    case = walk(make_case(branch, secretary), people, by=committee, to="party_talk", approver=tree.township)
    person = make_user("总支书记", username="general")
    make_grant(person, general, "committee")
    client.force_login(person)
    url = at("step", case, "approval")
    assert url not in text_of(client.get(at("case", case))), "no button for what they may not do"
    before = StepRecord.objects.count()
    said = {"act": "record", "step": "approval", "day": "2024-12-10", "organisation": general.code, "outcome": "passed"}
    refused = client.post(url, said)
    assert refused.status_code == 422
    assert "不能审批预备党员，只能审议（第二十二条），由山门镇党委办" in text_of(refused)
    forged = client.post(url, said | {"organisation": tree.township.code})
    assert forged.status_code == 422, "nobody acts for a committee above them"
    case.refresh_from_db()
    assert (StepRecord.objects.count(), case.member) == (before, None)


def test_small_acts_by_their_pages(client, tree, secretary, people):
    case = walk(make_case(tree.ours, secretary), people, by=secretary, to="contacts")
    client.force_login(secretary)

    def post(name, **said):
        return client.post(at(name, case), said)

    assert post("materials", held_on="2023-07-01").status_code == 422
    assert post("materials", kinds=["activist_form"], held_on="2023-07-01", place="档案柜").status_code == 302
    assert post("inspection", day="2023-05-01", by_whom="支委会", conclusion="好").status_code == 422
    assert post("inspection", day="2023-12-01", by_whom="支委会", conclusion="好").status_code == 302
    assert post("contacts", people=[], day="2024-01-01", reason="外出").status_code == 422
    assert post("contacts", people=[people[3].uid], day="2024-01-01", reason="外出").status_code == 302
    assert post("postpone", until="2027-01-01").status_code == 422
    assert post("move", to="石柳村党支部", on="2024-02-01", note="").status_code == 422
    assert post("void", reason="").status_code == 422
    assert post("void", reason="日期错了").status_code == 302
    assert post("stop", reason="withdrew", on="2024-03-01", note="").status_code == 302
    case.refresh_from_db()
    assert case.state == "stopped" and "本人撤回申请" in text_of(client.get(at("case", case)))


def test_a_branch_does_not_take_back_what_a_committee_decided(client, tree, secretary, committee, people):
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="activist_filed")
    client.force_login(secretary)
    assert at("void", case) not in text_of(client.get(at("case", case)))
    assert client.post(at("void", case), {"reason": "错了"}).status_code == 403
    client.force_login(committee)
    assert client.post(at("void", case), {"reason": "错了"}).status_code == 302


def test_an_edit_of_an_older_version_keeps_what_was_typed(client, tree, secretary):
    case = make_case(tree.ours, secretary)
    client.force_login(secretary)
    said = {"version": case.version, "name": "林禾", "ethnicity": "01", "post": "教师"}
    Case.objects.filter(pk=case.pk).update(version=case.version + 1)
    stale = client.post(at("edit", case), said)
    assert stale.status_code == 422 and "刚才被别人改过" in text_of(stale) and 'value="教师"' in text_of(stale)
    said["version"] = case.version + 1
    assert client.post(at("edit", case), said).status_code == 302
    case.refresh_from_db()
    assert (case.name, case.post, case.pinyin[:3]) == ("林禾", "教师", "lin")


def test_a_probationary_member_leads_to_a_file_made_once(client, tree, secretary, today):
    person = make_member(
        tree.ours, "胡超强", category="probationary", joined_on=today - timedelta(days=340), full_on=None, start=today - timedelta(days=340)
    )
    client.force_login(secretary)
    url = reverse("development:member", args=[person.uid])
    assert "建档，办转正" in text_of(client.get(url)) and not Case.objects.exists()
    assert client.post(url).status_code == 302
    case = Case.objects.get()
    assert client.get(url).url == at("case", case)
    said = text_of(client.get(at("case", case)))
    assert "建档以前办的" in said and "继续教育考察" in said


def test_the_rules_page_shows_both_versions_with_their_articles(client, secretary):
    client.force_login(secretary)
    said = text_of(client.get(reverse("development:rules")))
    assert "上级党委同意后公示，不少于五个工作日" in said and "2014 年细则：支委会讨论同意后，报上级党委备案" in said
    assert said.count("第") >= 25 and "2026年5月11日" in said


def test_out_of_sight_is_not_found_and_without_the_verb_refused(client, tree, secretary, neighbour, reader, member):
    case = make_case(tree.ours, secretary)
    for user, status in ((neighbour, 404), (reader, 403), (member.user, 404)):
        client.force_login(user)
        assert client.get(at("case", case)).status_code == status
        assert client.post(at("stop", case), {"reason": "withdrew", "on": "2024-01-01"}).status_code == status
    assert Case.objects.get().is_open


def test_a_case_follows_its_member_to_another_branch(client, tree, secretary, neighbour, today):
    joined = today - timedelta(days=340)
    person = make_member(tree.ours, "胡超强", category="probationary", joined_on=joined, full_on=None, start=joined)
    case = open_for_member(person, by=secretary, today=today)
    move(person, to=tree.neighbours, on=today, by=secretary)
    client.force_login(neighbour)
    assert client.get(at("case", case)).status_code == 200
    client.force_login(secretary)
    assert client.get(at("case", case)).status_code == 404
