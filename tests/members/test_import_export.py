"""Small sheets in the back office: masked going out, by the rules and the services coming in."""

import json
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import tablib
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import Member
from members.resources import UID, MemberResource
from members.rules.roster import HEADING
from partyportal.core.models import AuditEntry
from partyportal.core.sheets import write_xlsx
from tests.factories import id_number, make_member
from tests.members.test_import_roster import row


def sheet(*rows: dict) -> tablib.Dataset:
    headings = [UID, *HEADING.values()]
    names = {heading: name for name, heading in HEADING.items()} | {UID: "uid"}
    return tablib.Dataset(*[[one.get(names[heading], "") for heading in headings] for one in rows], headers=headings)


def brought_in(user, *rows: dict, dry_run=False):
    return MemberResource(user=user).import_data(sheet(*rows), dry_run=dry_run)


def errors(result) -> list[dict]:
    return [invalid.field_specific_errors for invalid in result.invalid_rows]


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "程勇庆", mobile_phone="15412345678", address="高家杨村3号", post="农民")


def test_an_export_masks_and_its_own_import_changes_nothing(committee, person):
    out = MemberResource(user=committee).export()
    told = out.csv
    assert person.name in told and person.id_masked in told and "154****5678" in told
    assert person.id_number not in told and "15412345678" not in told and "高家杨村3号" not in told
    result = MemberResource(user=committee).import_data(out, dry_run=False)
    assert not result.has_errors() and not result.has_validation_errors()
    assert result.totals["skip"] == 1
    assert Member.objects.get().version == 1


def test_a_change_goes_through_the_service_and_leaves_its_audit_row(committee, person):
    result = brought_in(committee, {"uid": str(person.uid), "post": "教师", "education": "本科"})
    assert result.totals["update"] == 1, errors(result)
    held = Member.objects.get()
    assert (held.post, held.education, held.mobile_phone, held.version) == ("教师", "20", "15412345678", 2)
    entry = AuditEntry.objects.get(code="members.member.edited")
    assert (entry.actor, entry.data["fields"]) == (committee, ["education", "post"])


def test_a_dry_run_writes_nothing_and_audits_nothing(committee, person):
    acts = AuditEntry.objects.count()
    assert brought_in(committee, {"uid": str(person.uid), "post": "教师"}, row(name="新人"), dry_run=True).totals["update"] == 1
    assert (Member.objects.count(), Member.objects.get().post, AuditEntry.objects.count()) == (1, "农民", acts)


def test_the_row_rules_and_the_limits_hold_here_too(committee, tree, person):
    far = make_member(tree.far, "石海燕")
    result = brought_in(
        committee,
        {"uid": str(person.uid), "mobile_phone": "123"},
        {"uid": str(person.uid), "branch": tree.neighbours.code},
        {"uid": str(person.uid), "id_number": id_number()},
        {"uid": str(far.uid), "post": "教师"},
        {"uid": "不是编号"},
        row(branch=tree.far.code),
        row(id_number=far.id_number),
    )
    told = [next(iter(one)) for one in errors(result)]
    assert told[:2] == ["手机号码", "所在党支部"]
    assert "公民身份号码" in errors(result)[2]
    assert told[3:5] == [UID, UID]
    assert told[5:] == ["所在党支部", "公民身份号码"]
    assert Member.objects.filter(post="教师").count() == 0


def test_a_row_without_uid_registers(committee, tree):
    result = brought_in(committee, row(name="𠮷新", post="教师"))
    assert result.totals["new"] == 1, errors(result)
    held = Member.objects.get()
    assert (held.name, held.branch, held.affiliations.get().reason) == ("𠮷新", tree.ours, "opening")
    assert AuditEntry.objects.filter(code="members.member.registered", actor=committee).exists()


def test_the_back_office_lists_masked_and_its_log_keeps_no_names(client, system_admin, tree, person):
    client.force_login(system_admin)
    listed = client.get(reverse("admin:members_member_changelist")).content.decode()
    one = client.get(reverse("admin:members_member_change", args=[person.pk])).content.decode()
    for page in (listed, one):
        assert person.id_masked in page
        assert person.id_number not in page and "15412345678" not in page
    assert client.post(reverse("admin:members_member_change", args=[person.pk]), {"name": "改名"}).status_code == 403
    assert client.get(reverse("admin:members_member_add")).status_code == 403
    response = client.post(
        reverse("admin:members_member_export"), {"format": "0", "resource": "", **{f"memberresource_{f}": "on" for f in ("uid", "name")}}
    )
    assert response.status_code == 200
    assert AuditEntry.objects.filter(code="members.roster.exported").count() == 1
    assert "程勇庆" not in json.dumps([e.data for e in AuditEntry.objects.all()], ensure_ascii=False)


def test_who_may_not_manage_stays_outside(client, secretary, reader, auditor, person):
    for user in (secretary, reader, auditor):
        client.force_login(user)
        assert client.get(reverse("admin:members_member_changelist")).status_code in (302, 403)


def test_a_sheet_is_previewed_and_confirmed_in_the_back_office(client, system_admin, person):
    client.force_login(system_admin)
    file = SimpleUploadedFile("small.csv", sheet({"uid": str(person.uid), "post": "教师"}).csv.encode("utf-8-sig"))
    preview = client.post(reverse("admin:members_member_import"), {"format": "0", "resource": "", "import_file": file})
    assert preview.status_code == 200
    assert not preview.context["result"].has_errors()
    assert Member.objects.get().post == "农民"
    confirm = preview.context["confirm_form"].initial
    done = client.post(reverse("admin:members_member_process_import"), {**confirm, "resource": ""})
    assert done.status_code == 302
    assert Member.objects.get().post == "教师"
    assert not LogEntry.objects.exists()


def sent_in(client, content: bytes, name="表.xlsx"):
    said = {"format": "0", "resource": "", "import_file": SimpleUploadedFile(name, content)}
    return client.post(reverse("admin:members_member_import"), said)


def test_the_back_office_reads_every_kind_of_sheet_under_its_usual_headings(client, system_admin, person):
    client.force_login(system_admin)
    with write_xlsx([UID, "姓 名", "岗位"], [[str(person.uid), "", "教师"], ["", "", ""]], title="小改") as file:
        preview = sent_in(client, file.read())
    assert not preview.context["form"].errors and preview.context["result"].totals["update"] == 1


@pytest.mark.ignore_template_errors  # of the package's own page
@pytest.mark.parametrize(
    ("headings", "sentence"),
    [([UID, "姓名", "备注"], "“备注”不是这张表的列"), ([UID, "岗位", "职业"], "表头里有两列“工作岗位”"), (["姓名"], "没有找到表头")],
)
def test_a_column_nobody_reads_is_refused_at_the_file(client, system_admin, person, headings, sentence):
    client.force_login(system_admin)
    with write_xlsx(headings, [[str(person.uid), *["x"] * (len(headings) - 1)]]) as file:
        answer = sent_in(client, file.read())
    assert sentence in answer.context["form"].errors["import_file"][0]


@pytest.mark.ignore_template_errors
def test_a_file_that_is_no_sheet_is_refused_at_the_file(client, system_admin):
    client.force_login(system_admin)
    assert sent_in(client, b"PK\x03\x04 and then nothing").context["form"].errors["import_file"] == [
        "文件已损坏或不是表格，用 Excel 打开后另存为 .xlsx 再传。"
    ]


def test_what_waits_to_be_confirmed_is_sealed_and_taken_once(client, system_admin, person):
    client.force_login(system_admin)
    preview = sent_in(client, sheet({"uid": str(person.uid), "post": "教师"}).csv.encode())
    confirm = {**preview.context["confirm_form"].initial, "resource": ""}
    kept = Path(confirm["import_file_name"])
    assert str(person.uid).encode() not in kept.read_bytes()
    for _ in range(2):
        done = client.post(reverse("admin:members_member_process_import"), confirm, follow=True)
    assert "已经导入过" in done.content.decode() and not kept.exists()
    assert Member.objects.get().version == 2


def test_what_the_back_office_gives_out_is_text_whatever_it_begins_with(client, system_admin, person):
    Member.objects.filter(pk=person.pk).update(post="=HYPERLINK(1)")
    client.force_login(system_admin)
    said = {"format": "0", "resource": "", **{f"memberresource_{f}": "on" for f in ("uid", "post")}}
    page = openpyxl.load_workbook(BytesIO(client.post(reverse("admin:members_member_export"), said).content)).active
    assert [(cell.value, cell.data_type) for cell in page["B"]] == [("工作岗位", "s"), ("=HYPERLINK(1)", "s")]
