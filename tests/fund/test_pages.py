"""The pages of the fund as those who keep it see them."""

import re
from datetime import date, timedelta
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from members.care.fund import duties
from members.care.fund.models import Account, BankStatement, Book, Payment, Source, Voucher
from members.care.fund.selectors.statements import months_of, span_of, statement_of
from members.care.fund.services import bank, claims, payments
from partyportal.core.errors import DomainError
from partyportal.core.models import Job
from partyportal.core.sheets import write_xlsx
from tests.budgets import fits_budget
from tests.fund.makers import assert_books_add_up, make_book, make_claim, make_line, paper, pay, receive

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONTH = TODAY.replace(day=1)


@pytest.fixture
def ours(tree, secretary, committee):
    """Our branch's 党建经费: 800.00 yuan, 500.00 of it for 教育培训, since the year began."""
    book = make_book(tree.ours, by=secretary, kind="operating", name="党建经费", today=TODAY, since=TODAY.replace(month=1, day=1))
    receive(book, "800", by=secretary, second=committee, day=TODAY, today=TODAY, kind="dues", reference="山组〔2026〕3号")
    make_line(book, "500", name="教育培训", year=TODAY.year, by=secretary, today=TODAY)
    return book


def expense(book, amount="120.50", *, by):
    said = {"amount": D(amount), "title": "购学习用书", "files": [paper()], "method": "cash", "by": by, "today": TODAY}
    return claims.spend(line=book.lines.first(), organisation=book.organisation, **said)


def text_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def sheet_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query | {"format": "xlsx"})
    assert answer.status_code == 200
    return list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))


def test_an_expense_is_recorded_by_the_secretary_and_paid_by_the_committee(client, ours, secretary, committee):
    client.force_login(secretary)
    said = {"line": ours.lines.get().pk, "amount": "1,20.5x", "title": "购学习用书", "method": "cash", "files": paper()}
    refused = client.post(reverse("fund:spend", args=[ours.uid]), said)
    assert refused.status_code == 422 and "写成数字，单位是元" in refused.content.decode() and "购学习用书" in refused.content.decode()
    short = client.post(reverse("fund:spend", args=[ours.uid]), said | {"amount": "500.01", "files": paper()})
    assert short.status_code == 422 and "预算还剩 500.00 元" in short.content.decode()
    assert client.post(reverse("fund:spend", args=[ours.uid]), said | {"amount": "120.50", "files": paper()}).status_code == 302
    payment = Payment.objects.get()
    assert "等另一个人复核" in text_of(client, "fund:claim", payment.claim.uid)
    client.force_login(committee)
    shown = text_of(client, "fund:waiting")
    assert "1 笔等你复核，一共 120.50 元" in shown
    client.post(reverse("fund:payments_confirm"), {"chosen": [payment.uid]}, follow=True)
    client.force_login(secretary)
    shown = text_of(client, "fund:book", ours.uid)
    assert all(sum_ in shown for sum_ in ("679.50", "120.50", "379.50"))
    assert_books_add_up()


def test_own_payments_are_shown_and_not_offered(client, ours, committee):
    payment = expense(ours, by=committee)
    client.force_login(committee)
    assert "等另一个人" in text_of(client, "fund:waiting") and "复核勾上的" not in text_of(client, "fund:waiting")
    told = client.post(reverse("fund:payments_confirm"), {"chosen": [payment.uid]}, follow=True).content.decode()
    assert "要由另一个人复核" in told and not Voucher.objects.filter(kind="payment").exists()


def test_many_payments_go_in_a_job(client, ours, secretary, committee, django_capture_on_commit_callbacks, monkeypatch):
    waiting = [expense(ours, "1", by=secretary) for _ in range(2)]
    monkeypatch.setattr("members.care.fund.views.claims.AT_ONCE", 1)
    client.force_login(committee)
    client.post(reverse("fund:payments_confirm"), {"chosen": [one.uid for one in waiting]})
    job = Job.objects.get(kind="fund.pay")
    assert (job.created_by, len(job.params["payments"])) == (committee, 2)


def test_a_source_is_recorded_confirmed_and_its_certificate_printed(client, ours, secretary, committee):
    client.force_login(secretary)
    said = {"kind": "donation", "amount": "5,000.01", "day": TODAY, "account": ours.accounts.get(is_bank=True).pk, "donor": ""}
    refused = client.post(reverse("fund:source_new", args=[ours.uid]), said)
    assert refused.status_code == 422 and "写上捐赠的单位或个人" in refused.content.decode()
    client.post(reverse("fund:source_new", args=[ours.uid]), said | {"donor": "清源农商行", "anonymous": "on"})
    source = Source.objects.get(kind="donation")
    assert "你登记的，要由另一个人复核" in text_of(client, "fund:source", source.uid)
    client.force_login(committee)
    client.post(reverse("fund:source_confirm", args=[source.uid]))
    assert f"捐〔{TODAY.year}〕001号" in text_of(client, "fund:certificate", source.uid)
    donors = text_of(client, "fund:donors", ours.uid)
    assert "爱心人士" in donors and "清源农商行" not in donors
    assert [row[1:] for row in sheet_of(client, "fund:donors", ours.uid)][-1] == (
        "爱心人士（不愿公开姓名）",
        5000.01,
        f"捐〔{TODAY.year}〕001号",
    )


def page_uid(client, address: str) -> str:
    """The number a page gives what it will make."""
    return re.search(r'name="uid" value="([0-9a-f-]{36})"', client.get(address).content.decode())[1]


@pytest.mark.parametrize(("name", "rows"), [("source_new", Source), ("spend", Payment)])
def test_one_page_sent_twice_records_its_money_once(client, ours, secretary, name, rows):
    """A double tap, or the page gone back to: the same is the same, and something else is not taken for it."""
    client.force_login(secretary)
    address = reverse(f"fund:{name}", args=[ours.uid])
    said = {"uid": page_uid(client, address), "amount": "88", "day": TODAY, "title": "购学习用书", "method": "cash", "kind": "interest"}
    said |= {"account": Account.objects.get(book=ours, is_bank=True).pk, "line": ours.lines.get().pk, "reference": "7"}
    before = rows.objects.count()
    for _ in range(2):
        assert client.post(address, said | {"files": paper()}).status_code == 302
        assert rows.objects.count() == before + 1
    other = client.post(address, said | {"files": paper(), "amount": "99"})
    assert other.status_code == 422 and "已经登记过一笔（88.00 元）" in other.content.decode() and rows.objects.count() == before + 1
    assert client.post(address, said | {"files": paper(), "uid": page_uid(client, address)}).status_code == 302
    assert rows.objects.count() == before + 2


def test_a_year_is_closed_by_its_page_once_and_the_year_after_is_not(client, tree, department):
    year = TODAY.year - 2
    book = make_book(tree.county, by=department, today=TODAY, since=date(year, 1, 1))
    client.force_login(department)
    address = reverse("fund:close", args=[book.uid])
    assert f'name="year" value="{year}"' in text_of(client, "fund:close", book.uid)
    assert client.post(address, {"year": year}).status_code == 302
    again = client.post(address, {"year": year})
    assert again.status_code == 422 and f"{year} 年已经结过账了" in again.content.decode()
    assert list(book.years.filter(closed_at__isnull=False).values_list("year", flat=True)) == [year]


def test_of_two_who_send_one_payment_back_the_later_is_told(client, ours, secretary):
    client.force_login(secretary)
    payment = expense(ours, by=secretary)
    address = reverse("fund:payment_return", args=[payment.uid])
    assert client.post(address, {"reason": "户名不符"}).status_code == 302
    late = client.post(address, {"reason": "户名不符"})
    assert late.status_code == 422 and "pp-error" in late.content.decode()


def test_the_statement_the_sheet_and_the_running_balance_are_the_vouchers(client, ours, secretary, committee):
    for amount in ("100", "20.50"):
        payments.confirm(expense(ours, amount, by=secretary), by=committee, today=TODAY)
    payments.reverse(Voucher.objects.filter(kind="payment").order_by("pk").last(), by=committee, today=TODAY, reason="退票")
    told = statement_of(ours, *span_of(TODAY.year, None))
    assert (told.opening, told.came_in, told.went_out, told.closing) == (0, D("800"), D("100"), D("700"))
    assert [(row.label, row.amount) for row in told.uses] == [("教育培训", D("100"))]
    assert told.free + told.reserved == told.closing and told.reserved == D("20.50")
    client.force_login(secretary)
    assert "700.00" in text_of(client, "fund:statement", ours.uid, month=str(TODAY.month))
    assert ("期末余额", None, 700) in sheet_of(client, "fund:statement", ours.uid)
    rows = sheet_of(client, "fund:account", ours.accounts.get(is_bank=True).uid)
    assert [row[5] for row in rows[2:]] == [800, 700, 679.5, 700]
    assert len(sheet_of(client, "fund:vouchers", ours.uid)) == 2 + Voucher.objects.count()
    assert sheet_of(client, "fund:books")[1][3:] == (700, 679.5, 20.5, 800, 100)
    assert sheet_of(client, "fund:budget")[1][5:] == (500, 100, 20.5, 379.5)


def test_the_chart_of_the_year_is_the_statement_of_each_month(client, tree, department, second, secretary):
    """Money of January, spent in March and come back in April; the rest of the year nothing moves."""
    book = make_book(tree.county, by=department, today=date(2026, 5, 20))
    receive(book, "5000", by=department, second=second, day=date(2026, 1, 31), today=date(2026, 1, 31))
    paid = pay(
        make_claim(make_line(book), "1200.50", by=second, today=date(2026, 3, 1)), by=department, second=second, today=date(2026, 3, 1)
    )
    payments.reverse(paid, by=second, today=date(2026, 4, 30), reason="银行退票")
    months = months_of(book, 2026, until=5)
    told = [statement_of(book, *span_of(2026, one.month)) for one in months]
    assert [(one.came_in, one.went_out, one.balance) for one in months] == [(row.came_in, row.went_out, row.closing) for row in told]
    assert [one.balance for one in months] == [D("5000"), D("5000"), D("3799.50"), D("5000"), D("5000")]


def test_the_page_of_a_book_shows_its_months_beside_their_numbers(client, ours, secretary):
    client.force_login(secretary)
    shown = text_of(client, "fund:book", ours.uid)
    assert "今年每月收支" in shown and f"{TODAY.month} 月" in shown and "月末余额（元）" in shown
    empty = make_book(ours.organisation, by=secretary, name="另一本", today=TODAY, since=TODAY)
    assert "今年每月收支" not in text_of(client, "fund:book", empty.uid)


def test_a_book_is_opened_for_any_organisation_where_one_records_by_its_name(client, tree, department):
    client.force_login(department)
    said = {"organisation": tree.far.short_name, "kind": "operating", "name": "党建经费"}
    assert client.post(reverse("fund:book_new"), said).status_code == 302
    assert Book.objects.get().organisation == tree.far
    again = client.post(reverse("fund:book_new"), said)
    assert again.status_code == 422 and "同名的账本" in again.content.decode() and tree.far.short_name in again.content.decode()


def test_a_changed_line_says_when_by_whom_and_why(client, ours, secretary):
    make_line(ours, "600", name="教育培训", year=TODAY.year, by=secretary, today=TODAY)
    client.force_login(secretary)
    shown = text_of(client, "fund:lines", ours.uid)
    assert "500.00 改为 600.00 元" in shown and f"{secretary.name}：调整" in shown and f"{TODAY:%Y-%m-%d}" in shown


def test_what_is_told_to_everybody_names_nobody_and_joins_the_few(client, ours, secretary, committee):
    make_line(ours, "200", code="02", name="走访慰问", year=TODAY.year, by=secretary, today=TODAY)
    for _ in range(2):
        payments.confirm(expense(ours, "10", by=secretary), by=committee, today=TODAY)
    client.force_login(secretary)
    shown = text_of(client, "fund:disclosure", ours.uid)
    assert "其他（笔数少，合并公布）" in shown and "教育培训" not in shown.partition("<article")[2] and "购学习用书" not in shown


# ── 银行对账 ────────────────────────────────────────────────────────────────
HEADS = ("交易日期", "摘要", "贷方金额（元）", "借方金额（元）")


def bank_file(*rows) -> bytes:
    return write_xlsx(HEADS, rows, title="农商行对账单").read()


def upload(book, *rows, closing, by):
    said = {"account": book.accounts.get(is_bank=True), "month": MONTH, "closing": D(closing), "by": by, "today": TODAY}
    return bank.upload(bank_file(*rows), **said)


def test_a_month_is_laid_beside_the_banks_and_agreed_to_by_another(client, ours, secretary, committee):
    payments.confirm(expense(ours, "100", by=secretary), by=committee, today=TODAY)
    day = TODAY.isoformat()
    sent = upload(ours, (day, "党费划拨", "800", ""), (day, "短信费", "", "2.00"), closing="798", by=secretary)
    beside = bank.beside(sent)
    assert [line.amount for line in beside.bank_only] == [D("-2")] and [line.amount for line in beside.ours_only] == [D("-100")]
    assert beside.bank_corrected == beside.book_corrected == D("698") and beside.agrees
    client.force_login(secretary)
    assert "短信费" in text_of(client, "fund:bank_statement", sent.uid)
    with pytest.raises(DomainError, match="你传的，要由另一个人复核"):
        bank.confirm(sent, by=secretary)
    bank.confirm(sent, by=committee)
    with pytest.raises(DomainError, match="已经对好复核过"):
        bank.discard(sent, by=secretary)


def test_sides_that_do_not_agree_are_not_confirmed_and_the_list_may_be_sent_again(ours, secretary, committee):
    sent = upload(ours, (TODAY.isoformat(), "党费划拨", "800", ""), closing="799.99", by=secretary)
    with pytest.raises(DomainError, match="还不相等"):
        bank.confirm(sent, by=committee)
    with pytest.raises(DomainError, match="已经传过"):
        upload(ours, (TODAY.isoformat(), "党费划拨", "800", ""), closing="800", by=secretary)
    bank.discard(sent, by=secretary)
    again = upload(ours, (TODAY.isoformat(), "党费划拨", "800", ""), closing="800", by=secretary)
    bank.confirm(again, by=committee)
    assert BankStatement.objects.get().confirmed_by == committee


def test_what_is_entered_later_answers_when_they_are_laid_together_again(ours, secretary, committee):
    sent = upload(ours, (TODAY.isoformat(), "", "800", ""), (TODAY.isoformat(), "利息", "1.23", ""), closing="801.23", by=secretary)
    assert [line.amount for line in bank.beside(sent).bank_only] == [D("1.23")]
    receive(ours, "1.23", by=secretary, second=committee, kind="interest", reference="息", day=TODAY, today=TODAY)
    assert bank.match_again(sent, by=secretary) == 1 and not bank.beside(sent).bank_only


def test_faults_of_the_banks_list_are_told_at_row_and_column(client, ours, secretary):
    client.force_login(secretary)
    file = BytesIO(bank_file(("昨天", "x", "1", ""), (TODAY.isoformat(), "y", "一百", ""), ("1999-01-01", "z", "1", "")))
    file.name = "对账单.xlsx"
    said = {"account": ours.accounts.get(is_bank=True).pk, "month": f"{TODAY:%Y-%m}", "closing": "800", "file": file}
    answer = client.post(reverse("fund:bank", args=[ours.uid]), said)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "有 3 处看不懂" in shown and "只传这个月的" in shown and "写成数字，单位是元" in shown
    assert not BankStatement.objects.exists()


def read_of(heads, *rows):
    told = bank.read(write_xlsx(heads, rows).read(), month=MONTH)
    return [line.amount for line in told.lines], [(fault.row, fault.column) for fault in told.faults]


def test_one_column_of_sums_is_read_with_what_stands_beside_it():
    heads, day = ("交易日期", "交易金额", "借贷标志", "交易流水号"), TODAY.isoformat()
    assert read_of(heads, (day, 5, "贷", ""), (day, "1,000.00", "借", ""), (day, 3, "支出", "")) == ([D(5), D(-1000), D(-3)], [])
    assert read_of(heads, (day, -1000, "借", ""), (day, -3, "支出", ""), (day, 5, "贷", ""))[0] == [D(-1000), D(-3), D(5)]
    taken_back = read_of(heads, (day, 1000, "借", ""), (day, -1000, "借", ""), (day, -5, "贷", ""))
    assert taken_back == ([D(-1000), D(1000), D(-5)], []), "红字: the movement taken back"
    assert read_of(heads, (day, 5, "冲", ""), (day, 5, "C", 2026112212345678.0))[1] == [(2, "借贷标志"), (3, "流水号")]


def test_the_foot_of_the_banks_list_is_no_movement_and_a_sum_without_a_day_is_a_fault():
    heads, day = ("日期", "摘要", "收入（贷方）", "支出（借方）"), TODAY.isoformat()
    assert read_of(heads, ("", "上期余额", "", ""), (day, "利息", 0.1 + 0.2, ""), ("本月合计", "", 0.3, 0)) == ([D("0.30")], [])
    assert read_of(("摘要", *heads[:1], *heads[2:]), ("说明书印刷费", day, "", 8), ("合计", "", "", 8)) == ([D(-8)], []), (
        "no foot: it has a day"
    )
    balances = [("期初余额", "", 100, ""), ("", "上月结转", 100, ""), ("本月发生额合计", "", 5, 8)]
    assert read_of(heads, *balances[:2], (day, "利息", 5, ""), balances[2]) == ([D(5)], [])
    assert read_of(heads, ("", "手续费", "", 2))[1] == [(2, "日期")]


# ── 要办的 ──────────────────────────────────────────────────────────────────
def keys(user, today=TODAY) -> set[str]:
    return {duty.key.rpartition(":")[0] for duty in duties.due(user, today)}


def test_what_waits_is_the_duty_of_another_than_who_made_it(ours, secretary, committee):
    payment = expense(ours, by=secretary)
    assert "fund.confirm" in keys(committee) and "fund.confirm" not in keys(secretary)
    (told,) = [duty for duty in duties.due_for([ours.organisation], TODAY) if duty.key.startswith("fund.confirm")]
    assert told.barred == {secretary.pk}
    payments.confirm(payment, by=committee, today=TODAY)
    assert "fund.confirm" not in keys(committee), "the fact clears it"


def test_a_month_that_moved_is_to_be_reconciled_and_a_year_that_is_over_to_be_closed(ours, secretary, department):
    after = (MONTH + timedelta(days=32)).replace(day=3)
    assert f"fund.reconcile:1002:{MONTH:%Y-%m}" in keys(secretary, after)
    assert not any(key.startswith("fund.reconcile") for key in keys(secretary))
    ours.organisation = Book.objects.get(pk=ours.pk).organisation
    new_year = TODAY.replace(year=TODAY.year + 1, month=1, day=2)
    assert f"fund.close:{TODAY.year}" in {d.key.rpartition(":")[0] for d in duties.due_for([ours.organisation], new_year)}


# ── What it costs, and the API ──────────────────────────────────────────────
def test_lists_cost_the_same_at_one_and_at_many(client, ours, tree, secretary, committee, department):
    client.force_login(department)

    def ask():
        for name, args in (("books", ()), ("budget", ()), ("claims", (ours.uid,)), ("vouchers", (ours.uid,)), ("waiting", ())):
            with fits_budget(f"fund:{name}"):
                text_of(client, f"fund:{name}", *args)
        duties.due(department, TODAY)  # the grants are read once a login
        with fits_budget("fund:duties"):
            duties.due(department, TODAY)

    payments.confirm(expense(ours, "1", by=secretary), by=committee, today=TODAY)
    expense(ours, "1", by=secretary)
    ask()
    for number in range(4):
        other = make_book(tree.neighbours, by=secretary, kind="operating", name=f"党建经费 {number}", today=TODAY, since=TODAY)
        receive(other, "10", by=secretary, second=committee, day=TODAY, today=TODAY)
        make_line(other, "10", year=TODAY.year, today=TODAY)
        expense(other, "1", by=secretary)
        payments.confirm(expense(ours, "1", by=secretary), by=committee, today=TODAY)
    ask()


def test_the_api_reads_the_books_and_the_second_person_confirms(ours, tree, secretary, committee, neighbour):
    payment = expense(ours, by=secretary)
    client = APIClient()
    client.force_login(committee)
    (book,) = client.get("/api/v1/care/fund/books/").json()["results"]
    assert (book["balance"], book["free"], book["reserved"]) == ("800.00", "679.50", "120.50")
    (claim,) = client.get("/api/v1/care/fund/claims/").json()["results"]
    assert claim["state"] == "prepared"
    headers = {"Idempotency-Key": "01922c6e-0000-7000-8000-000000000001"}
    paid = client.post(f"/api/v1/care/fund/claims/{payment.claim.uid}/confirm/", headers=headers)
    assert paid.status_code == 200 and paid.json()["state"] == "paid", paid.content
    kinds = [row["kind"] for row in client.get("/api/v1/care/fund/vouchers/").json()["results"]]
    assert kinds == ["payment", "reserve", "receipt"]
    client.force_login(neighbour)
    for name in ("books", "sources", "claims", "vouchers"):
        assert client.get(f"/api/v1/care/fund/{name}/").json()["results"] == []


def test_a_claim_is_prepared_sent_back_and_released_on_its_page(client, tree, department, committee):
    book = make_book(tree.county, by=department, today=TODAY, since=TODAY)
    receive(book, "100", by=department, second=committee, day=TODAY, today=TODAY)
    claim = make_claim(make_line(book, year=TODAY.year, today=TODAY), "60", by=committee, today=TODAY)
    client.force_login(department)
    cash = book.accounts.get(is_bank=True).pk
    client.post(reverse("fund:claim_prepare", args=[claim.uid]), {"account": cash, "method": "transfer", "reference": ""})
    payment = Payment.objects.get()
    assert client.post(reverse("fund:payment_return", args=[payment.uid]), {"reason": ""}).status_code == 422
    client.post(reverse("fund:payment_return", args=[payment.uid]), {"reason": "户名不符"})
    assert "户名不符" in text_of(client, "fund:claim", claim.uid)
    client.post(reverse("fund:claim_release", args=[claim.uid]), {"reason": "本人放弃"})
    assert client.get(reverse("fund:claim", args=[claim.uid])).context["chip"] == ("已撤销", "kind")
    assert_books_add_up()
