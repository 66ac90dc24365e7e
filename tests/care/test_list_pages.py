"""The pages of the lists, of conditions and of criteria, as people use them."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from members.care.models import Condition, Criterion, CriterionVersion, ListSnapshot
from members.care.services import conditions as services
from partyportal.core.models import AuditEntry
from tests.care.makers import held
from tests.factories import make_member

START = date(2026, 3, 1)


@pytest.fixture
def poor(tree, secretary):
    person = make_member(tree.ours, "高有福")
    services.record_condition(person, kind="hardship", start=START, proof="低保证 0417", by=secretary, today=timezone.localdate())
    return person


def test_the_overview_counts_what_each_list_holds(client, secretary, poor):
    client.force_login(secretary)
    page = client.get(reverse("care:lists")).content.decode()
    assert "生活困难党员" in page and "高有福" not in page
    listed = client.get(reverse("care:list", args=["hardship"])).content.decode()
    assert "高有福" in listed and "2026年3月起登记为生活困难" in listed


def test_a_neighbour_sees_nobody_of_ours_on_the_list(client, neighbour, poor):
    client.force_login(neighbour)
    assert "高有福" not in client.get(reverse("care:list", args=["hardship"])).content.decode()
    assert client.get(reverse("care:person", args=[poor.uid])).status_code == 404


@pytest.mark.parametrize("who", ["reader", "system_admin"])
def test_whoever_looks_around_without_the_verb_learns_of_nobodys_need(client, request, who, poor):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("care:lists")).status_code == 403
    assert client.get(reverse("care:person", args=[poor.uid])).status_code == 403
    assert client.get(reverse("care:condition", args=[Condition.objects.get().uid])).status_code == 404
    assert "关怀" not in client.get(reverse("members:member", args=[poor.uid])).content.decode().split("<main")[1]


def test_recording_ending_and_what_is_refused(client, secretary, tree):
    person = make_member(tree.ours, "高有福")
    client.force_login(secretary)
    new = reverse("care:condition_new", args=[person.uid])
    assert client.get(new).status_code == 200
    refused = client.post(new, {"kind": "illness", "start": "2999-01-01", "proof": "胃癌"})
    assert refused.status_code == 422 and "这一天还没有到" in refused.content.decode() and "胃癌" in refused.content.decode()
    assert client.post(new, {"kind": "illness", "start": "2026-03-01", "proof": "县医院诊断"}).status_code == 302
    row = Condition.objects.get()
    page = client.get(reverse("care:condition", args=[row.uid])).content.decode()
    assert "县医院诊断" not in page, "opened only by an act"
    opened = client.post(reverse("care:condition_proof", args=[row.uid])).content.decode()
    assert "县医院诊断" in opened and AuditEntry.objects.filter(code="care.condition.revealed", actor=secretary).exists()
    act = reverse("care:condition_act", args=[row.uid, "end"])
    early = client.post(act, {"on": "2026-03-01", "reason": "better"})
    assert early.status_code == 422 and "要晚于开始的日子" in early.content.decode()
    assert client.post(act, {"on": timezone.localdate().isoformat(), "reason": "better"}).status_code == 302
    row.refresh_from_db()
    assert row.end == timezone.localdate() and row.ended_by == secretary


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "x"])
def test_a_list_is_fixed_for_no_day_out_of_the_calendar(client, department, on):
    client.force_login(department)
    shown = client.get(reverse("care:list_fix", args=["fifty-years"]), {"on": on})
    assert shown.status_code == 200 and (shown.context["on"].month, shown.context["on"].day) == (7, 1)


def test_a_member_reads_their_own_and_nobody_elses(client, member, secretary, poor):
    services.record_condition(member, kind="illness", start=START, proof="住院", by=secretary, today=timezone.localdate())
    client.force_login(member.user)
    mine = client.get(reverse("care:mine")).content.decode()
    assert "重病党员" in mine and "登记为重病" in mine and "高有福" not in mine
    own, other = Condition.objects.get(member=member), Condition.objects.get(member=poor)
    assert client.get(reverse("care:condition", args=[own.uid])).status_code == 200
    assert client.post(reverse("care:condition_act", args=[own.uid, "withdraw"])).status_code == 403
    assert client.get(reverse("care:condition", args=[other.uid])).status_code == 404


def test_a_clerk_writes_a_version_line_by_line_and_a_second_one_puts_it_in_force(client, tree, department):
    young = make_member(tree.ours, "七十八岁", birth_on=date(1948, 1, 1))
    make_member(tree.ours, "九十岁", birth_on=date(1936, 1, 1))
    client.force_login(department)
    eighty = Criterion.objects.get(code="eighty")
    assert client.post(reverse("care:criterion_draft", args=["eighty"])).status_code == 302
    draft = eighty.versions.drafts().get()
    page = reverse("care:draft", args=[draft.uid])
    assert "年龄 80 岁以上" in client.get(page).content.decode()
    assert "至少" in client.get(page, {"edit": "0"}).content.decode()
    line = reverse("care:draft_line", args=[draft.uid, "age"])
    bad = client.post(line, {"at": "0", "new": "", "revision": draft.revision, "at_least": "900", "on": "today"})
    assert bad.status_code == 422 and "0 到 130 的整数" in bad.content.decode()
    assert client.post(line, {"at": "0", "new": "", "revision": draft.revision, "at_least": "95", "on": "today"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "会下来的" in shown and "九十岁" in shown and young.name not in shown
    draft.refresh_from_db()
    enact = reverse("care:draft_enact", args=[draft.uid])
    alone = client.post(enact, {"start": timezone.localdate().isoformat(), "revision": draft.revision})
    assert alone.status_code == 422 and "要由起草人以外的人施行" in alone.content.decode()
    stale = client.post(reverse("care:draft_change", args=[draft.uid, "remove"]), {"at": "0", "revision": draft.revision - 1})
    assert stale.status_code == 422 and "刚才有人改过" in stale.content.decode()
    assert CriterionVersion.objects.get(pk=draft.pk).tree == {"all": [{"leaf": "age", "at_least": 95, "on": "today"}]}


def test_an_empty_group_is_told_where_it_stands(client, department):
    client.force_login(department)
    client.post(reverse("care:criterion_draft", args=["eighty"]))
    draft = CriterionVersion.objects.drafts().get(criterion__code="eighty")
    change = reverse("care:draft_change", args=[draft.uid, "any"])
    assert client.post(change, {"at": "", "revision": draft.revision}).status_code == 302
    page = client.get(reverse("care:draft", args=[draft.uid])).content.decode()
    assert page.count("这一组里还没有条件") == 2, "at the group, and instead of the count"


def test_a_list_fixed_for_a_day_does_not_change_with_the_people(client, tree, committee, secretary, poor):
    other = make_member(tree.ours, "杨大山")
    held(other, "hardship", START)
    client.force_login(committee)
    fix = reverse("care:list_fix", args=["hardship"])
    today = timezone.localdate()
    assert "高有福" in client.get(fix, {"on": today.isoformat()}).content.decode()
    said = {"on": today.isoformat(), "purpose": "春节走访", "seen": 2, f"out-{other.uid}": "declined"}
    assert "看过再定" in client.post(fix, said | {"seen": 3}).content.decode()
    assert client.post(fix, said).status_code == 302
    snapshot = ListSnapshot.objects.get()
    services.withdraw_condition(Condition.objects.get(member=poor), by=secretary)
    shown = client.get(reverse("care:snapshot", args=[snapshot.uid])).content.decode()
    assert f">第 {snapshot.version.number} 版<" in shown
    assert "高有福" in shown and "本人不要" in shown and snapshot.people == 1
    assert "高有福" not in client.get(reverse("care:list", args=["hardship"])).content.decode()
    again = client.post(fix, said | {"seen": 1})
    assert again.status_code == 422 and "已经定过名单" in again.content.decode()


def test_export_is_masked_and_audited(client, secretary, poor):
    from openpyxl import load_workbook

    client.force_login(secretary)
    file = client.post(reverse("care:list_export", args=["hardship"]))
    from io import BytesIO

    cells = [cell for row in load_workbook(BytesIO(b"".join(file.streaming_content))).active.iter_rows(values_only=True) for cell in row]
    assert "高有福" in cells and poor.id_masked in cells and poor.id_number not in cells
    assert AuditEntry.objects.filter(code="care.list.exported").count() == 1


def test_criteria_are_read_by_all_who_care_and_written_by_the_department(client, secretary, department):
    client.force_login(secretary)
    table = client.get(reverse("care:criteria")).content.decode()
    assert "到7月1日党龄 50 年以上" in table and "新建名单" not in table
    assert "随系统带来" in client.get(reverse("care:criterion", args=["fifty-years"])).content.decode()
    assert client.post(reverse("care:criterion_draft", args=["eighty"])).status_code == 403
    client.force_login(department)
    new = reverse("care:criterion_new")
    assert client.post(new, {"name": "八十五岁"}).status_code == 422
    said = {"name": "85 岁以上", "benefit": "重阳节走访", "source": "县委组织部通知"}
    assert client.post(new, said).status_code == 302
    draft = CriterionVersion.objects.get(criterion__name="85 岁以上")
    line = reverse("care:draft_line", args=[draft.uid, "age"])
    assert client.post(line, {"at": "", "new": "1", "revision": 1, "at_least": "85", "on": "year_end"}).status_code == 302
    enact = reverse("care:draft_enact", args=[draft.uid])
    assert client.post(enact, {"start": timezone.localdate().isoformat(), "revision": 2}).status_code == 302, "nobody comes off a new list"
    assert client.get(reverse("care:list", args=[draft.criterion.code])).status_code == 200
    stop = reverse("care:criterion_stop", args=[draft.criterion.code])
    assert "由施行人以外的人" in client.post(stop, {"on": "2999-01-01"}).content.decode()
