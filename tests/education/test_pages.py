"""Pages of organisation life as people use them."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from education.models import Meeting
from members.models import Fact, GroupMembership, MemberClass
from partyportal.core.models import AuditEntry
from points.models import Item
from points.services import publish_default
from tests.budgets import fits_budget
from tests.education.test_services import DAY, SILENT, TODAY, record, revise
from tests.factories import make_member, make_organisation

RECORD = "/education/record/?organisation=001003001&kind=theme_day&month=2026-11"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜", "郝琴")]


def filled(**fields):
    return {"uid": str(uuid4()), "held_on": "2026-11-20", "topic": "冬季防火", "study_hours": "2", "act": "confirm"} | fields


def page_of(meeting):
    return reverse("education:meeting", args=[meeting.uid])


# Recording


def test_a_meeting_is_recorded_and_confirmed_in_one_act(client, secretary, people):
    client.force_login(secretary)
    uids = [str(person.uid) for person in people]
    exceptions = {f"roll-{uids[1]}": "leave", f"roll-{uids[1]}-leave": "ill", f"roll-{uids[2]}": "absent"}
    answer = client.post(RECORD, filled(**exceptions), follow=True)
    meeting = Meeting.objects.get()
    assert answer.redirect_chain == [(page_of(meeting), 302)]
    assert (meeting.state, meeting.held_on, meeting.study_hours) == ("confirmed", DAY, Decimal(2))
    assert Fact.objects.standing().filter(kind="meeting.theme_day").count() == 2
    assert Fact.objects.standing().get(kind="meeting.absent").member == people[2]
    assert "已确认 11月20日主题党日" in answer.content.decode()


def test_the_form_proposes_the_last_meeting_and_a_full_roll(client, tree, secretary, people):
    record(tree.ours, secretary, held_on=date(2026, 10, 20), place="村党员活动室", host_id=people[0].pk)
    client.force_login(secretary)
    form = client.get(RECORD).context["form"]
    assert (form.initial["held_on"], form.shown_place(), form.shown_people()) == (date(2026, 11, 20), "村党员活动室", "程勇庆 / —")
    assert [entry.state for entry in form.expected] == ["present"] * 4


def test_the_form_says_what_being_there_is_worth(client, tree, secretary, people):
    client.force_login(secretary)
    assert "4 人各记一次主题党日，按积分办法记分" in client.get(RECORD).content.decode()
    publish_default(tree.county, start=date(2026, 1, 1), by=None)
    value = Item.objects.get(fact_kind="meeting.theme_day").value
    assert f"4 人各记一次主题党日，{value.normalize():f} 分" in client.get(RECORD).content.decode()


def test_the_usual_day_still_ahead_becomes_today(client, tree, secretary, people):
    record(tree.ours, secretary, held_on=date(2026, 10, 28))
    client.force_login(secretary)
    assert client.get(RECORD).context["form"].initial["held_on"] == TODAY


def test_a_form_sent_twice_makes_one_meeting(client, secretary, people):
    client.force_login(secretary)
    fields = filled()
    client.post(RECORD, fields)
    answer = client.post(RECORD, fields)
    assert answer.url == page_of(Meeting.objects.get())


def test_another_day_reads_the_roll_anew_and_keeps_what_was_said(client, tree, secretary, people):
    newcomer = make_member(tree.ours, "周春", start=date(2026, 11, 15))
    client.force_login(secretary)
    said = filled(act="reread", held_on="2026-11-10", topic="换届", minutes="学习换届纪律", **{f"roll-{people[3].uid}": "leave"})
    answer = client.post(RECORD, said)
    form = answer.context["form"]
    assert newcomer.pk not in {entry.line.member_id for entry in form.entries}
    assert {e.line.name: e.state for e in form.entries}["郝琴"] == "leave"
    assert answer.status_code == 200
    assert "学习换届纪律" in answer.content.decode()
    fragment = client.post(RECORD, said, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "11月10日 星期二" in fragment


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"held_on": "2026-11-23"}, "held_on", "还没到"),
        ({"held_on": "1999-12-31"}, "held_on", "才成立"),
        ({"held_on": "13月"}, "held_on", "2026-11-20"),
        ({"starts_at": "11:00", "ends_at": "09:00"}, "ends_at", "晚于开始"),
        ({"topic": ""}, "topic", "写上主题"),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(client, secretary, people, fields, field, said):
    client.force_login(secretary)
    answer = client.post(RECORD, filled(minutes="学习森林防火条例", **{f"roll-{people[0].uid}": "absent"}, **fields))
    assert said in "".join(answer.context["form"].errors[field])
    assert "学习森林防火条例" in answer.content.decode()
    assert answer.context["tally"].absent == 1
    assert not Meeting.objects.exists()


def test_leave_wants_its_reason_at_the_row(client, secretary, people):
    client.force_login(secretary)
    answer = client.post(RECORD, filled(**{f"roll-{people[0].uid}": "leave"}))
    assert "程勇庆还没有写原因" in str(answer.context["form"].errors)
    assert "选一个请假的原因" in answer.content.decode()


def test_nobody_present_is_refused_but_may_stay_a_draft(client, secretary, people):
    client.force_login(secretary)
    nobody = {f"roll-{person.uid}": "absent" for person in people}
    assert "一个人也没有到" in client.post(RECORD, filled(**nobody)).content.decode()
    client.post(RECORD, filled(act="draft", **nobody))
    assert Meeting.objects.get().state == "draft"


def test_a_second_record_of_the_day_is_refused_with_a_link_to_the_first(client, tree, secretary, people):
    first = record(tree.ours, secretary)
    client.force_login(secretary)
    answer = client.post(RECORD, filled())
    assert "已经有记录" in answer.content.decode()
    assert page_of(first) in answer.content.decode()


def test_who_is_not_expected_is_listed_apart_and_may_come(client, tree, secretary, people):
    away = make_member(tree.ours, "潘山洋", is_mobile=True, destination="陕西省西安市")
    client.force_login(secretary)
    form = client.get(RECORD).context["form"]
    assert [(e.line.name, e.note_words) for e in form.others] == [("潘山洋", "流动党员，陕西省西安市")]
    client.post(RECORD, filled(**{f"roll-{away.uid}": "present"}))
    assert Fact.objects.standing().filter(member=away, kind="meeting.theme_day").exists()


def test_a_stranger_put_into_the_form_is_not_heard(client, tree, secretary, people):
    stranger = make_member(tree.far)
    client.force_login(secretary)
    client.post(RECORD, filled(**{f"roll-{stranger.uid}": "present"}, host=str(stranger.uid)))
    assert not Meeting.objects.exists()
    client.post(RECORD, filled(**{f"roll-{stranger.uid}": "present"}))
    assert not Meeting.objects.get().attendances.filter(member=stranger).exists()


def test_a_group_meeting_asks_for_its_group(client, tree, secretary, people):
    group = make_organisation("第一党小组", "group", tree.ours, code="g1")
    GroupMembership.objects.create(member=people[0], organisation=group, start=date(2026, 1, 1))
    client.force_login(secretary)
    url = RECORD.replace("theme_day", "group")
    assert "选一个党小组" in client.post(url, filled()).content.decode()
    client.post(url + "&group=g1", filled(group="g1"))
    assert Meeting.objects.get().group == group


def test_without_kind_or_branch_they_are_chosen(client, tree, secretary, committee, people):
    client.force_login(secretary)
    assert "党员大会" in client.get("/education/record/").content.decode()
    client.force_login(committee)
    assert "袁家店村党支部" in client.get("/education/record/").content.decode()


# Correcting


def test_a_stale_form_shows_both_and_loses_nothing(client, tree, secretary, deputy, people):
    meeting = record(tree.ours, secretary)
    revise(meeting, deputy, topic="换届准备", roll={people[0].pk: SILENT})
    client.force_login(secretary)
    url = reverse("education:meeting_edit", args=[meeting.uid])
    answer = client.post(url, filled(version="1", topic="冬季防火和换届", study_hours="2.0"))
    assert answer.context["stale"] == [("主题", "换届准备", "冬季防火和换届"), ("程勇庆", "缺席", "到")]
    assert answer.context["form"].data["version"] == 2
    client.post(url, filled(version="2", topic="冬季防火和换届"))
    meeting.refresh_from_db()
    assert (meeting.topic, meeting.state, meeting.version) == ("冬季防火和换届", "confirmed", 3)


def test_the_edit_form_shows_what_is_stored(client, tree, secretary, people):
    meeting = record(tree.ours, secretary, roll={people[1].pk: SILENT}, place="活动室")
    client.force_login(secretary)
    form = client.get(reverse("education:meeting_edit", args=[meeting.uid])).context["form"]
    assert [entry.state for entry in form.expected] == ["present", "absent", "present", "present"]


def test_the_committee_returns_and_the_branch_confirms_again(client, tree, secretary, committee, people):
    meeting = record(tree.ours, secretary, confirm=True)
    client.force_login(committee)
    assert "写上退回原因" in client.post(reverse("education:meeting_return", args=[meeting.uid]), {"reason": ""}).content.decode()
    client.post(reverse("education:meeting_return", args=[meeting.uid]), {"reason": "缺会议纪要"})
    assert not Fact.objects.standing().exists()
    client.force_login(secretary)
    assert "缺会议纪要" in client.get(page_of(meeting)).content.decode()
    client.post(reverse("education:meeting_confirm", args=[meeting.uid]), {"version": "2"})
    assert Fact.objects.standing().count() == 8


# Who sees and who may


def test_a_neighbouring_secretary_never_finds_our_meeting(client, tree, secretary, neighbour, people):
    meeting = record(tree.ours, secretary)
    client.force_login(neighbour)
    for name in ("meeting", "meeting_edit"):
        assert client.get(reverse(f"education:{name}", args=[meeting.uid])).status_code == 404
    for name in ("meeting_confirm", "meeting_return", "meeting_void"):
        assert client.post(reverse(f"education:{name}", args=[meeting.uid])).status_code == 404
    assert client.get(RECORD).status_code == 404
    assert "冬季防火" not in client.get("/education/").content.decode()


def test_a_reader_sees_and_may_not(client, tree, secretary, reader, people):
    meeting = record(tree.ours, secretary, confirm=True)
    client.force_login(reader)
    assert client.get(page_of(meeting)).status_code == 200
    assert client.get(RECORD).status_code == 403
    assert client.get(reverse("education:meeting_edit", args=[meeting.uid])).status_code == 403
    for name in ("meeting_confirm", "meeting_return", "meeting_void"):
        assert client.post(reverse(f"education:{name}", args=[meeting.uid])).status_code == 403


def test_a_secretary_does_not_return_meetings(client, tree, secretary, people):
    meeting = record(tree.ours, secretary, confirm=True)
    client.force_login(secretary)
    assert client.post(reverse("education:meeting_return", args=[meeting.uid]), {"reason": "缺"}).status_code == 403


def test_a_member_sees_the_meetings_they_stood_on_the_roll_of_without_reasons(client, tree, secretary, member):
    ill = make_member(tree.ours, "程勇庆")
    meeting = record(tree.ours, secretary, roll={ill.pk: SILENT}, confirm=True)
    draft = record(tree.ours, secretary, kind="lecture", topic="学习党章")
    client.force_login(member.user)
    text = client.get(page_of(meeting)).content.decode()
    assert "程勇庆" in text
    assert "没有说明" not in text
    assert client.get(page_of(draft)).status_code == 404
    listed = client.get("/education/").content.decode()
    assert "冬季防火" in listed
    assert "学习党章" not in listed
    assert client.get("/education/compliance/").status_code == 403
    assert client.get(RECORD).status_code == 404


def test_an_outsider_sees_nothing(client, tree, secretary, outsider, people):
    meeting = record(tree.ours, secretary, confirm=True)
    client.force_login(outsider)
    assert client.get(page_of(meeting)).status_code == 404
    assert "没有这样的会议" in client.get("/education/").content.decode()
    assert "没有对应的党员" in client.get("/education/hours/").content.decode()


# Lists and sums


def test_the_list_is_narrowed_by_the_address(client, tree, secretary, committee, people):
    record(tree.ours, secretary, confirm=True)
    record(tree.ours, secretary, kind="lecture", topic="学习党章")
    record(tree.ours, secretary, held_on=date(2026, 10, 20), topic="森林防火")
    client.force_login(committee)
    assert [row.topic for row in client.get("/education/").context["rows"]] == ["学习党章", "冬季防火", "森林防火"]
    assert "学习党章" not in client.get("/education/?kind=theme_day").content.decode()
    assert "冬季防火" not in client.get("/education/?state=draft").content.decode()
    assert "冬季防火" not in client.get("/education/?year=2025").content.decode()
    assert "学习党章" in client.get("/education/?q=党章&organisation=001003001").content.decode()
    assert client.get("/education/?organisation=001004001").status_code == 404


def test_the_export_has_the_list_and_leaves_an_audit_row(client, tree, secretary, people, tmp_path):
    record(tree.ours, secretary, roll={people[0].pk: SILENT}, confirm=True, topic="=1+1")
    client.force_login(secretary)
    answer = client.get("/education/?format=xlsx")
    file = tmp_path / "meetings.xlsx"
    file.write_bytes(b"".join(answer.streaming_content))
    rows = list(load_workbook(file).active.values)
    assert rows[1][2:9] == ("主题党日", tree.ours.name, None, "=1+1", None, 4, 3)
    assert AuditEntry.objects.filter(code="education.meetings.exported", data={"rows": 1}).exists()


def test_the_cell_page_sums_to_its_cell(client, tree, secretary, committee, people):
    record(tree.ours, secretary, confirm=True)
    client.force_login(committee)
    table = client.get("/education/compliance/").context["table"]
    cell = table.rows[0].cells[10]
    context = client.get(cell.url).context
    assert (context["done"], context["due"], context["missing"]) == (cell.done, cell.due, 0) == (1, 1, 0)
    assert len(client.get("/education/compliance/?month=2026-09&show=missing").context["page"].object_list) == 4


def test_my_hours_open_into_the_meetings(client, tree, secretary, neighbour, member):
    meeting = record(tree.ours, secretary, confirm=True)
    client.force_login(member.user)
    answer = client.get("/education/hours/")
    assert (answer.context["hours"].total, answer.context["hours"].left) == (2, 30)
    assert page_of(meeting) in answer.content.decode()
    client.force_login(secretary)
    assert "刘明的学时" in client.get(f"/education/hours/?member={member.uid}").content.decode()
    client.force_login(neighbour)
    assert client.get(f"/education/hours/?member={member.uid}").status_code == 404
    assert client.get("/education/hours/?member=x").status_code == 404


def test_hours_are_not_demanded_of_the_old_and_ill(client, tree, secretary, member):
    MemberClass.objects.filter(member=member).update(name="exempt")
    client.force_login(member.user)
    assert "不作硬性要求" in client.get("/education/hours/").content.decode()


# Budgets


@pytest.mark.parametrize("size", [1, 50])
def test_every_page_costs_the_same_for_one_and_for_fifty(client, tree, committee, secretary, size):
    for n in range(size):
        make_member(tree.ours, f"党员{n}")
    publish_default(tree.county, start=date(2026, 1, 1), by=None)
    meeting = record(tree.ours, secretary, confirm=True)
    for n in range(size - 1):
        record(tree.ours, secretary, held_on=date(2026, 1 + n % 10, 1 + n % 28), confirm=True)
    client.force_login(committee)
    client.get(page_of(meeting))
    for name, url in {
        "education:meetings": "/education/",
        "education:meeting": page_of(meeting),
        "education:record": RECORD,
        "education:meeting_edit": reverse("education:meeting_edit", args=[meeting.uid]),
        "education:compliance": "/education/compliance/",
        "education:compliance_month": "/education/compliance/?month=2026-09",
    }.items():
        with fits_budget(name):
            assert client.get(url).status_code == 200
    with fits_budget("education:record_post"):
        assert client.post(RECORD.replace("theme_day", "lecture"), filled()).status_code == 302


@pytest.mark.parametrize("size", [1, 50])
def test_my_hours_cost_the_same(client, tree, secretary, member, size):
    for n in range(size):
        record(tree.ours, secretary, held_on=date(2026, 1 + n % 10, 1 + n % 28), confirm=True)
    client.force_login(member.user)
    client.get("/education/hours/")
    with fits_budget("education:hours"):
        client.get("/education/hours/")


@pytest.mark.parametrize(
    "asked",
    ["education:record", "education:exclusion_new", "education:sign_in", "points:award_new", "outreach:area_new", "dues:exemption_new"],
)
def test_whoever_works_for_more_branches_than_a_page_holds_finds_each_by_its_name(client, tree, department, monkeypatch, asked):
    monkeypatch.setattr("branches.views.where.SHOWN", 1)
    client.force_login(department)
    first = client.get(reverse(asked)).content.decode()
    assert "只列了前 1 个" in first and first.count("?organisation=") == 1
    for branch in (tree.ours, tree.far):
        found = client.get(reverse(asked), {"q": branch.short_name}).content.decode()
        assert f"?organisation={branch.code}" in found and "只列了" not in found
    assert "没有找到" in client.get(reverse(asked), {"q": "没有这个支部"}).content.decode()


def test_the_choice_of_an_organisation_keeps_what_was_asked_for(client, department, monkeypatch):
    monkeypatch.setattr("branches.views.where.SHOWN", 1)
    client.force_login(department)
    told = client.get(reverse("openness:piece_new"), {"sort": "exemplar", "q": "001"}).content.decode()
    assert "?sort=exemplar&amp;organisation=" in told and '<input type="hidden" name="sort" value="exemplar">' in told
