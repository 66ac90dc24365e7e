"""The fund's services: each step by whom, in which order, and what is refused in which words; nothing changes with a refusal."""

from datetime import date
from decimal import Decimal as D

import pytest

from members.care.fund.models import BookYear, Claim, LineChange, Payment, Source, Voucher, YearEnd
from members.care.fund.selectors.claims import state_of
from members.care.fund.services import books, claims, payments, sources
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.fund.makers import TODAY, assert_books_add_up, balances, make_book, make_claim, make_line, paper, pay, receive


def refused(words: str, act, *args, **fields) -> None:
    """The act is refused in these words and leaves no voucher."""
    before = Voucher.objects.count()
    with pytest.raises(DomainError, match=words):
        act(*args, **fields)
    assert Voucher.objects.count() == before
    assert_books_add_up()


def where(claim) -> str:
    return state_of([claim])[claim.pk]


def test_approval_sets_money_aside_and_the_second_person_pays_it(book, line, department, second):
    claim = make_claim(line, "1200", by=department)
    assert balances(book) == {"cash": D("5000"), "free": D("3800"), "reserved": D("1200")}
    payment = payments.prepare(claim, by=department, today=TODAY, method="transfer", reference="20261120001")
    assert where(claim) == "prepared"
    voucher = payments.confirm(payment, by=second, today=TODAY)
    assert (str(voucher), voucher.kind, where(claim)) == ("2026-0003", "payment", "paid")
    assert balances(book) == {"cash": D("3800"), "free": D("3800"), "reserved": D("0")}
    assert_books_add_up()
    codes = list(AuditEntry.objects.filter(code__startswith="fund.").order_by("id").values_list("code", flat=True))
    assert codes[-3:] == ["fund.voucher.reserve", "fund.payment.prepared", "fund.voucher.payment"]


def test_neither_the_line_nor_the_free_balance_is_overdrawn(book, line, department):
    small = make_line(book, "300", code="02", name="慰问")
    refused("慰问的预算还剩 300.00 元，不够 300.01 元", make_claim, small, "300.01", by=department)
    make_claim(small, "300", by=department)
    refused("可用的只有 4,700.00 元，不够 4,700.01 元", make_claim, line, "4700.01", by=department)
    make_claim(line, "4700", by=department)
    assert_books_add_up()
    refused("可用的只有 0.00 元", make_claim, line, "0.01", by=department)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_a_claim_is_of_whole_fen_above_zero(line, department, amount):
    refused("金额要大于 0，写到分", make_claim, line, amount, by=department)


def test_a_claim_is_of_this_years_line_and_has_a_title(book, line, department):
    refused("是 2026 年的预算，用 2027 年的", make_claim, line, by=department, today=date(2027, 1, 1))
    refused("写上事由", make_claim, line, by=department, title=" ")


def test_who_prepares_does_not_confirm(line, department):
    payment = payments.prepare(make_claim(line, by=department), by=department, today=TODAY, method="cash")
    refused("由另一个人复核", payments.confirm, payment, by=department, today=TODAY)


def test_a_claim_is_paid_once(line, department, second):
    claim = make_claim(line, by=department)
    payment = payments.prepare(claim, by=department, today=TODAY, method="cash")
    refused("已经制了付款单", payments.prepare, claim, by=second, today=TODAY, method="cash")
    payments.confirm(payment, by=second, today=TODAY)
    refused("已经付过了", payments.confirm, payment, by=second, today=TODAY)
    refused("已经付过了", payments.prepare, claim, by=department, today=TODAY, method="cash")
    refused("要先冲正", claims.release, claim, by=department, today=TODAY, reason="误批")


def test_a_payment_sent_back_may_be_prepared_again(line, department, second):
    claim = make_claim(line, by=department)
    payment = payments.prepare(claim, by=department, today=TODAY, method="cash")
    refused("先退回付款单", claims.release, claim, by=department, today=TODAY, reason="误批")
    refused("为什么退回", payments.send_back, payment, by=second, today=TODAY, reason="")
    payments.send_back(payment, by=second, today=TODAY, reason="户名不符")
    assert where(claim) == "reserved"
    refused("已经退回", payments.confirm, payment, by=second, today=TODAY)
    refused("已经有人办过", payments.send_back, payment, by=second, today=TODAY, reason="再退")
    pay(claim, by=department, second=second)
    assert_books_add_up()


def test_released_money_is_free_again(book, line, department):
    claim = make_claim(line, "5000", by=department)
    refused("为什么不付了", claims.release, claim, by=department, today=TODAY, reason="")
    claims.release(claim, by=department, today=TODAY, reason="本人放弃")
    line.refresh_from_db()
    assert (where(claim), line.used, balances(book)["free"]) == ("released", 0, D("5000"))
    refused("已经撤销", claims.release, claim, by=department, today=TODAY, reason="又")
    refused("已经撤销，不能付", payments.prepare, claim, by=department, today=TODAY, method="cash")
    assert_books_add_up()


def test_a_payment_that_came_back_is_reversed_once_by_another_and_may_be_paid_again(book, line, department, second):
    claim = make_claim(line, "1000", by=department)
    voucher = pay(claim, by=department, second=second)
    refused("由另一个人来办", payments.reverse, voucher, by=department, today=TODAY, reason="退票")
    refused("为什么冲正", payments.reverse, voucher, by=second, today=TODAY, reason=" ")
    mirror = payments.reverse(voucher, by=second, today=TODAY, reason="退票")
    assert (mirror.reverses, where(claim), balances(book)["reserved"]) == (voucher, "reversed", D("1000"))
    refused("已经冲正过", payments.reverse, voucher, by=second, today=TODAY, reason="再冲")
    refused("只有收入和支付能冲正", payments.reverse, mirror, by=department, today=TODAY, reason="冲正的冲正")
    pay(claim, by=department, second=second)
    assert_books_add_up()
    assert [v.kind for v in claim.vouchers.order_by("turn")] == ["reserve", "payment", "reversal", "payment"]


def test_a_source_counts_once_a_second_person_has_confirmed_it(tree, department, second):
    book = make_book(tree.county, by=department)
    asked = {"book": book, "kind": "fiscal", "amount": D("100"), "day": TODAY, "by": department, "today": TODAY}
    refused("文号或银行流水号", sources.record, **asked)
    source = sources.record(**asked, reference="清财〔2026〕9号")
    assert balances(book)["cash"] == 0
    refused("由另一个人复核", sources.confirm, source, by=department, today=TODAY)
    sources.confirm(source, by=second, today=TODAY)
    assert balances(book) == {"cash": D("100"), "free": D("100"), "reserved": D("0")}
    refused("已经入账", sources.confirm, source, by=second, today=TODAY)
    refused("已经入账", sources.send_back, source, by=second, reason="重复")
    refused("日期还没到", sources.record, **asked | {"day": date(2026, 11, 21), "reference": "1"})
    refused("从 2026 年记起", sources.record, **asked | {"day": date(2025, 12, 31), "reference": "1"})


def test_what_has_been_spent_cannot_be_taken_back_from_under_it(book, line, department, second):
    make_claim(line, "4000", by=department)
    receipt = Voucher.objects.get(kind="receipt")
    refused("可用资金只有 1,000.00 元，不够 5,000.00 元", payments.reverse, receipt, by=second, today=TODAY, reason="重复入账")


@pytest.mark.parametrize(("amount", "number"), [("4999.99", None), ("5000", None), ("5000.01", 1)])
def test_s17_a_donation_above_5000_gets_a_certificate(tree, department, second, amount, number):
    book = make_book(tree.county, by=department)
    given = receive(book, amount, by=department, second=second, kind="donation", donor="清源县供销社", reference="")
    given.refresh_from_db()
    assert given.certificate == number


def test_certificates_run_from_one_in_each_year(tree, department, second):
    book = make_book(tree.county, by=department)
    for day, number in ((date(2026, 1, 5), 1), (date(2026, 2, 5), 2), (date(2027, 1, 5), 1)):
        given = receive(
            book, "6000", by=department, second=second, kind="donation", donor="李先生", reference="", day=day, today=date(2027, 1, 6)
        )
        given.refresh_from_db()
        assert given.certificate == number
    refused("捐赠的单位或个人", sources.record, book=book, kind="donation", amount=D("1"), day=TODAY, by=department, today=TODAY)


# ── 结账 ────────────────────────────────────────────────────────────────────
NEXT = date(2027, 1, 1)


def test_a_year_is_closed_from_its_next_day_on_and_what_it_held_is_carried(book, line, department, second):
    pay(make_claim(line, "700", by=department), by=department, second=second)
    open_claim = make_claim(line, "300", by=department)
    refused("2026 年还没有过完", books.close_year, book, 2026, by=department, today=date(2026, 12, 31))
    year = books.close_year(book, 2026, by=department, today=NEXT)
    ends = {end.account.kind: end.balance for end in YearEnd.objects.filter(book_year=year).select_related("account")}
    assert ends == {"cash": D("4300"), "free": D("4000"), "reserved": D("300")}
    refused("已经结过账", books.close_year, book, 2026, by=department, today=NEXT)
    refused("2026 年已经结账，不能再记", receive, book, "1", by=department, second=second, day=date(2026, 12, 31), today=NEXT)
    refused("预算不能再改", make_line, book, "20000")
    voucher = pay(open_claim, by=department, second=second, today=NEXT)
    assert str(voucher) == "2027-0001"
    assert_books_add_up()


def test_a_year_with_somebody_waiting_is_not_closed(book, line, department, second):
    payment = payments.prepare(make_claim(line, by=department), by=department, today=TODAY, method="cash")
    source = sources.record(book=book, kind="interest", amount=D("1"), day=TODAY, by=department, today=TODAY, reference="息")
    refused("付款 1 笔、收入 1 笔等复核", books.close_year, book, 2026, by=department, today=NEXT)
    payments.send_back(payment, by=second, today=TODAY, reason="来年付")
    sources.send_back(source, by=second, reason="重复")
    books.close_year(book, 2026, by=department, today=NEXT)
    refused("没有 2028 年", books.close_year, book, 2028, by=department, today=date(2029, 1, 1))
    assert BookYear.objects.get(book=book, year=2027).closed_at is None


# ── 党建经费 ────────────────────────────────────────────────────────────────
def test_an_expense_has_its_document_and_waits_for_the_second_person(tree, secretary, committee):
    book = make_book(tree.ours, by=secretary, kind="operating", name="党建经费")
    receive(book, "800", by=secretary, second=committee, kind="dues", reference="山组〔2026〕3号")
    line = make_line(book, "500", code="01", name="教育培训", by=secretary)
    asked = {"line": line, "organisation": tree.ours, "amount": D("120.50"), "title": "购学习用书", "method": "cash", "by": secretary}
    refused("传发票或单据", claims.spend, files=[], today=TODAY, **asked)
    refused("要有发票或单据", make_claim, line, by=secretary)
    payment = claims.spend(files=[paper()], today=TODAY, **asked)
    line.refresh_from_db()
    assert (line.left, payment.state, Claim.objects.get().document is not None) == (D("379.50"), "prepared", True)
    refused("由另一个人复核", payments.confirm, payment, by=secretary, today=TODAY)
    payments.confirm(payment, by=committee, today=TODAY)
    assert balances(book)["cash"] == D("679.50")
    assert_books_add_up()


def test_a_line_changes_with_a_reason_and_not_below_what_is_used(book, line, department):
    make_claim(line, "1000", by=department)
    refused("已经用了 1,000.00 元", make_line, book, "999.99")
    with pytest.raises(DomainError, match="为什么调整"):
        books.set_line(book, year=2026, code="01", name="困难救助", amount=D("2000"), by=department, today=TODAY)
    make_line(book, "1000", by=department)
    change = LineChange.objects.get()
    assert (change.before, change.after, change.by) == (D("10000"), D("1000"), department)


def test_a_book_is_opened_once(tree, department):
    make_book(tree.county, by=department)
    with pytest.raises(DomainError, match="同名的账本"):
        make_book(tree.county, by=department)


def test_many_payments_are_confirmed_one_by_one_and_twice_is_once(book, line, department, second):
    waiting = [payments.prepare(make_claim(line, "100", by=department), by=department, today=TODAY, method="cash") for _ in range(3)]
    own = payments.prepare(make_claim(line, "100", by=department), by=second, today=TODAY, method="cash")
    uids = [one.uid for one in (*waiting, own)]
    told = payments.confirm_many(uids, by=second, today=TODAY)
    assert (told["paid"], told["before"], len(told["refused"])) == (3, 0, 1)
    again = payments.confirm_many(uids, by=second, today=TODAY)
    assert (again["paid"], again["before"], len(again["refused"])) == (0, 3, 1)
    assert Payment.objects.filter(state="confirmed").count() == Voucher.objects.filter(kind="payment").count() == 3
    assert Source.objects.filter(state="confirmed").count() == 1
    assert_books_add_up()
