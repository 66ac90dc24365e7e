"""Bases and payments from a spreadsheet: faults at row and column, nothing written before, all or nothing after."""

from datetime import timedelta
from decimal import Decimal as D
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from members.dues.models import Base, Collection, DuesSheet, Payment
from members.dues.services import sheets
from members.dues.sheets.reading import read_sheet
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.sheets import write_xlsx
from partyportal.core.workbook import UnusableFile
from tests.dues.makers import assess, pay_one
from tests.factories import make_member

TODAY = timezone.localdate()
NOW = TODAY.replace(day=1)
BASES = ("姓名", "身份号码后四位", "党员类别", "交纳基数（元）", "每月交", "从哪个月起")
PAYMENTS = ("姓名", "身份号码后四位", "交到哪个月", "金额", "收款日")


def made(headings, rows, title=None) -> bytes:
    with write_xlsx(headings, rows, title=title) as file:
        return file.read()


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]


def told_of(branch, what, headings, *rows):
    return read_sheet(made(headings, rows, title="党费表"), what=what, branch=branch, today=TODAY)


def faults(told):
    return [(fault.row, fault.column, fault.message) for fault in told.faults]


def test_bases_are_read_with_what_each_month_will_cost(tree, people):
    told = told_of(
        tree.ours, "bases", BASES,
        ("程勇庆", "", "在职月薪", 4333.5, "", f"{TODAY.year}-03"), ("戴鹏", "", "农民", "", "0.5", ""), ("龚莉娜", "", "", "", "", ""),
        ("合计", "", "", 4333.5, "", ""),
    )  # fmt: skip
    assert [(line.row, line.member, line.monthly, line.month.month) for line in told.lines] == [
        (3, people[0], D("43.34"), 3),
        (4, people[1], D("0.50"), 1),
    ]
    assert (told.passed, told.faults) == (1, [])


def test_every_fault_stands_at_its_row_and_column(tree, people):
    told = told_of(
        tree.ours, "bases", BASES,
        ("没有人", "", "农民", "", "0.5", ""), ("程勇庆", "", "工人", "", "", ""), ("程勇庆", "", "在职", "很多", "", ""),
        ("戴鹏", "", "农民", "", "1.01", ""), ("戴鹏", "", "在职", "", "", ""), ("龚莉娜", "0000", "农民", "", "0.5", ""),
        ("龚莉娜", "", "农民", "", "0.5", ""), ("龚莉娜", "", "农民", "", "0.5", ""), ("程勇庆", "", "在职", "30.005", "", "十三月"),
    )  # fmt: skip
    found = [(row, column) for row, column, _ in faults(told)]
    assert found == [
        (3, "姓名"), (4, "党员类别"), (5, "交纳基数"), (6, "每月交"), (7, "交纳基数"), (8, "身份号码后四位"), (10, "姓名"),
        (11, "从哪个月起"), (11, "交纳基数"),
    ]  # fmt: skip
    assert faults(told)[-3][2] == "第 9 行已经有这个人，留一行。"
    assert [line.row for line in told.lines] == [9]
    assert told.refused == 8


def test_namesakes_are_told_apart_by_the_last_four(tree, people):
    twin = make_member(tree.ours, "程勇庆")
    told = told_of(tree.ours, "bases", BASES, ("程勇庆", "", "农民", "", "0.5", ""), ("程勇庆", twin.id_masked[-4:], "农民", "", "1", ""))
    assert faults(told) == [(3, "身份号码后四位", "支部里有同名的人，填上身份号码后四位。")]
    assert [line.member for line in told.lines] == [twin]


def test_a_person_of_another_branch_is_nobody_here(tree, people):
    make_member(tree.neighbours, "袁强明")
    told = told_of(tree.ours, "bases", BASES, ("袁强明", "", "农民", "", "0.5", ""))
    assert told.lines == [] and faults(told)[0][1] == "姓名"


def test_payments_are_checked_against_what_is_owed(tree, people, secretary):
    assess(*people[:2], start=NOW, today=TODAY)
    ahead = (TODAY + timedelta(days=1)).isoformat()
    told = told_of(
        tree.ours, "payments", PAYMENTS,
        ("程勇庆", "", "", "45", ""), ("戴鹏", "", "", 39.99, ""), ("龚莉娜", "", "", "10", ""), ("戴鹏", "", "", "40", ahead),
    )  # fmt: skip
    assert [(line.member, line.due, line.voluntary) for line in told.lines] == [(people[0], D("40.00"), D("5.00"))]
    assert [(row, column) for row, column, _ in faults(told)] == [(4, "金额"), (5, "交到哪个月"), (6, "收款日")]
    assert faults(told)[0][2] == "到这个月应交 40.00 元，收到的不够。"


def test_no_sum_of_money_is_passed_over_in_silence(tree, people):
    assess(*people, start=NOW, today=TODAY)
    told = told_of(
        tree.ours, "payments", PAYMENTS,
        ("", "", "", 40, ""), ("程勇庆", "", "", 0.1 + 0.2 + 39.7, ""), ("戴鹏", "", "", "-", ""), ("合 计：", "", "", 80, ""), ("制表人：袁强明", "", "", 1, ""),
    )  # fmt: skip
    assert [(row, column) for row, column, _ in faults(told)] == [(3, "姓名")]
    assert [line.amount for line in told.lines] == [D("40.00")] and told.passed == 1


def test_a_name_is_found_however_its_dot_is_typed(tree):
    member = make_member(tree.ours, "买买提·吐尔逊")
    assert [line.member for line in told_of(tree.ours, "bases", BASES, ("买买提 • 吐尔逊", "", "农民", "", "0.5", "")).lines] == [member]


def test_a_tail_that_lost_its_zeros_is_found(tree, people):
    Member.objects.filter(pk=people[0].pk).update(id_masked=people[0].id_masked[:-4] + "0123")
    told = told_of(tree.ours, "bases", BASES, ("程勇庆", 123.0, "农民", "", "0.5", ""), ("戴鹏", "9X9", "农民", "", "0.5", ""))
    assert [line.member for line in told.lines] == [people[0]] and faults(told)[0][1] == "身份号码后四位"


def test_two_columns_of_one_heading_are_refused(tree, people):
    with pytest.raises(UnusableFile, match="两列“金额”"):
        told_of(tree.ours, "payments", (*PAYMENTS, "实交（元）"), ("程勇庆", "", "", "40", "", "50"))


def test_a_sum_that_nothing_has_worked_out_is_no_blank(tree, people):
    book = openpyxl.Workbook()
    for row in (PAYMENTS, ("程勇庆", None, None, "=20+20")):
        book.active.append(row)
    book.save(file := BytesIO())
    with pytest.raises(UnusableFile, match="公式还没有算出结果"):
        read_sheet(file.getvalue(), what="payments", branch=tree.ours, today=TODAY)


def test_what_is_no_such_sheet_is_refused_in_one_sentence(tree, secretary):
    for data in (b"", b"\x00\x01\x02", made(("甲", "乙"), [("1", "2")])):
        with pytest.raises(UnusableFile):
            sheets.upload(data, "x.xlsx", what="bases", organisation=tree.ours, by=secretary, today=TODAY)
    assert not DuesSheet.objects.exists()


def upload(branch, by, what, headings, *rows):
    return sheets.upload(made(headings, rows), "党费.xlsx", what=what, organisation=branch, by=by, today=TODAY)


def test_a_sheet_of_bases_is_sealed_then_written_then_gone(tree, secretary, people):
    sheet = upload(tree.ours, secretary, "bases", BASES, ("程勇庆", "", "在职", 8765.43, "", ""), ("戴鹏", "", "农民", "", "9", ""))
    assert not Base.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM dues_duessheet")
        sealed = bytes(cursor.fetchone()[0])
    assert b"8765" not in sealed and sealed[:2] != b"PK"
    sheets.commit(sheet, method="cash", by=secretary, today=TODAY)
    sheets.commit(sheet, method="cash", by=secretary, today=TODAY)
    assert [(base.member, base.monthly) for base in Base.objects.all()] == [(people[0], D("131.48"))]
    sheet.refresh_from_db()
    assert (sheet.state, sheet.sealed, sheet.rows) == ("committed", None, 1)
    with pytest.raises(DomainError, match="已经写入"):
        sheets.discard(sheet, by=secretary)


def test_a_sheet_of_payments_is_one_collection_a_day_for_a_second_person(tree, secretary, people):
    assess(*people, start=NOW, today=TODAY)
    first = NOW.isoformat()
    sheet = upload(
        tree.ours, secretary, "payments", PAYMENTS,
        ("程勇庆", "", "", "40", first), ("戴鹏", "", "", "40", TODAY.isoformat()), ("龚莉娜", "", "", "", ""),
    )  # fmt: skip
    sheets.commit(sheet, method="withheld", by=secretary, today=TODAY)
    days = 1 if TODAY == NOW else 2
    assert Collection.objects.count() == days
    assert {(c.method, c.state) for c in Collection.objects.all()} == {("withheld", "recorded")}
    assert Payment.objects.count() == 2


def test_what_was_paid_since_the_preview_is_not_paid_again(tree, secretary, deputy, people):
    assess(*people, start=NOW, today=TODAY)
    sheet = upload(tree.ours, secretary, "payments", PAYMENTS, ("程勇庆", "", "", "40", ""), ("戴鹏", "", "", "40", ""))
    pay_one(people[0], "40", by=deputy, until=NOW, day=TODAY, today=TODAY)
    sheets.commit(sheet, method="cash", by=secretary, today=TODAY)
    assert sorted(Payment.objects.values_list("member__name", flat=True)) == ["戴鹏", "程勇庆"]


def test_a_commit_that_dies_writes_no_line(tree, secretary, people, monkeypatch):
    assess(*people, start=NOW, today=TODAY)
    sheet = upload(tree.ours, secretary, "payments", PAYMENTS, ("程勇庆", "", "", "40", NOW.isoformat()), ("戴鹏", "", "", "40", ""))
    monkeypatch.setattr(DuesSheet, "save", lambda *args, **kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        sheets.commit(sheet, method="cash", by=secretary, today=TODAY)
    assert not Payment.objects.exists() and DuesSheet.objects.get().state == "ready"


def test_what_nobody_decided_on_for_a_day_is_thrown_away(tree, secretary, people):
    upload(tree.ours, secretary, "bases", BASES, ("程勇庆", "", "农民", "", "0.5", ""))
    assert sheets.sweep(now=timezone.now() + timedelta(hours=23)) == 0
    assert sheets.sweep(now=timezone.now() + timedelta(hours=25)) == 1
    assert DuesSheet.objects.get().sealed is None


@pytest.mark.parametrize("what", ["bases", "payments"])
def test_the_template_reads_back_and_holds_no_income(tree, secretary, people, what):
    assess(*people, start=NOW, today=TODAY)
    with sheets.template(tree.ours, what=what, today=TODAY) as file:
        data = file.read()
    told = read_sheet(data, what=what, branch=tree.ours, today=TODAY)
    if what == "payments":
        assert [(line.member, line.amount) for line in told.lines] == [(person, D("40")) for person in people]
    else:
        assert [fault.column for fault in told.faults] == ["交纳基数"] * 3, "kinds are filled in, incomes are for a person to write"


def test_upload_look_through_and_write_on_pages(client, tree, secretary, people):
    client.force_login(secretary)
    url = f"{reverse('dues:import')}?what=bases&organisation={tree.ours.code}"
    data = made(BASES, [("程勇庆", "", "农民", "", "0.5", ""), ("戴鹏", "", "农民", "", "5", "")])
    assert client.post(url, {"file": SimpleUploadedFile("x.xlsx", b"nothing")}).status_code == 422
    response = client.post(url, {"file": SimpleUploadedFile("党费.xlsx", data)})
    page = client.get(response["Location"]).content.decode()
    assert "每月党费是 0.20 到 1.00 元" in page and "1 行可以写入" in page
    sheet = DuesSheet.objects.get()
    assert client.post(reverse("dues:sheet_commit", args=[sheet.uid])).status_code == 302
    assert Base.objects.count() == 1
    assert "不再保留" in client.get(reverse("dues:sheet", args=[sheet.uid])).content.decode()
    again = upload(tree.ours, secretary, "bases", BASES, ("戴鹏", "", "农民", "", "5", ""))
    assert client.post(reverse("dues:sheet_commit", args=[again.uid])).status_code == 409
    assert client.post(reverse("dues:sheet_discard", args=[again.uid])).status_code == 302
    assert client.post(reverse("dues:sheet_commit", args=[again.uid])).status_code == 409


def test_a_large_branch_is_read_in_as_many_statements_as_a_small_one(tree, django_assert_num_queries):
    people = [make_member(tree.ours, f"杨{at}") for at in range(60)]
    assess(*people, start=NOW, today=TODAY)
    rows = [(person.name, "", "", "40", "") for person in people]
    for some in (rows[:1], rows):
        with django_assert_num_queries(3):
            assert len(told_of(tree.ours, "payments", PAYMENTS, *some).lines) == len(some)
