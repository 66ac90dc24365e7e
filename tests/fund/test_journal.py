"""What the database refuses by itself, whoever writes past the services; and the journal stays small enough to be read in one sitting."""

import re
from datetime import date
from decimal import Decimal as D
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from members.care.fund.models import Account, BookYear, BudgetLine, Payment, Source, Voucher, VoucherLine, YearEnd
from members.care.fund.services import books, payments
from partyportal.core.seals.services import seal_ledgers
from tests.fund.makers import TODAY, at_commit, make_book, make_claim, make_line, pay, receive
from tests.seals.makers import past_the_triggers

JOURNAL = ("models/journal.py", "services/journal.py", "migrations/0002_journal.py")


def test_the_journal_is_under_300_lines_of_code():
    """Without blank lines, comments and docstrings."""
    count = 0
    for name in JOURNAL:
        text = (Path(settings.BASE_DIR) / "members/care/fund" / name).read_text()
        text = re.sub(r'^\s*"""(?:(?!""").)*"""$', "", text, flags=re.MULTILINE | re.DOTALL) if "RunSQL" not in text else text
        count += sum(bool(line.strip()) and not line.strip().startswith(("#", "--")) for line in text.splitlines())
    assert count < 300


@pytest.fixture
def paid(line, department, second):
    return pay(make_claim(line, "1000", by=department), by=department, second=second)


def account(book, kind) -> Account:
    return Account.objects.get(book=book, kind=kind)


def voucher(paid, **fields) -> Voucher:
    """A reversal of the payment, but for what the test says."""
    said = {
        "book": paid.book, "year": 2026, "day": TODAY, "kind": "reversal", "amount": paid.amount, "claim": paid.claim, "reverses": paid,
        "made_by": paid.checked_by, "reason": "退票",
    }  # fmt: skip
    return Voucher(**said | fields)


def refused(words: str, voucher: Voucher, *lines) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        voucher.save(force_insert=True)
        VoucherLine.objects.bulk_create([VoucherLine(voucher=voucher, account=account, amount=D(amount)) for account, amount in lines])
        at_commit()


def test_lines_that_do_not_add_up_are_no_voucher(book, paid):
    cash, reserved, free = (account(book, kind) for kind in ("cash", "reserved", "free"))
    refused("does not add up", voucher(paid))
    refused("does not add up", voucher(paid), (cash, "1000"), (reserved, "-999.99"))
    refused("does not add up", voucher(paid, amount=D("999")), (cash, "1000"), (reserved, "-1000"))
    refused("not of its kind", voucher(paid), (cash, "1000"), (reserved, "-500"), (free, "-500"))
    refused("does not rest on its basis", voucher(paid, amount=D("500")), (cash, "500"), (reserved, "-500"))
    refused("voucher_line_not_zero", voucher(paid), (cash, "0"), (reserved, "0"))


def test_a_voucher_stays_in_its_book_and_its_shape(tree, book, paid, department):
    other = make_book(tree.township, by=department)
    reserved = account(book, "reserved")
    refused("does not add up", voucher(paid), (account(other, "cash"), "1000"), (reserved, "-1000"))
    refused("does not mirror", voucher(paid), (account(book, "free"), "1000"), (account(book, "cash"), "-1000"))
    refused("voucher_reverses_id_key|does not follow|voucher_of_its_kind", voucher(paid, kind="payment", checked_by=paid.made_by))


def test_a_claim_is_not_paid_twice_whoever_writes(book, paid, department, second):
    again = Payment.objects.create(
        claim=paid.claim, account=account(book, "cash"), method="cash", prepared_by=department, prepared_on=TODAY
    )  # fmt: skip
    Payment.objects.filter(pk=again.pk).update(state="confirmed", confirmed_by=second, confirmed_at=timezone.now())
    said = {"kind": "payment", "payment": again, "reverses": None, "made_by": department, "checked_by": second, "reason": ""}
    refused("a payment does not follow a payment", voucher(paid, **said))


def test_no_maker_is_checker_and_every_voucher_has_one_basis(book, paid, department):
    refused("voucher_checked_by_a_second_person", voucher(paid, checked_by=department))
    source = Source.objects.get()
    refused("voucher_has_one_basis", voucher(paid, source=source))
    with pytest.raises(DatabaseError, match="fund_payment_confirmed_by_a_second_person"), transaction.atomic():
        waiting = payments.prepare(make_claim(make_line(book), by=department), by=department, today=TODAY, method="cash")
        Payment.objects.filter(pk=waiting.pk).update(state="confirmed", confirmed_by=department, confirmed_at=timezone.now())
    # Who made the payment does not mirror it alone.
    cash, reserved = account(book, "cash"), account(book, "reserved")
    refused("does not mirror", voucher(paid, made_by=department), (cash, "1000"), (reserved, "-1000"))


def test_no_balance_falls_below_zero_whoever_writes(book, line, department, second):
    make_claim(line, "4000", by=department)
    receipt = Voucher.objects.get(kind="receipt")
    mirror = {"claim": None, "source": receipt.source, "reverses": receipt, "amount": receipt.amount, "made_by": second}
    refused("account_never_below_zero", voucher(receipt, **mirror), (account(book, "cash"), "-5000"), (account(book, "free"), "5000"))


@pytest.mark.parametrize(
    ("table", "column"), [("fund_account", "balance"), ("fund_budgetline", "used"), ("fund_bookyear", "last_number")], ids=str
)
def test_what_the_journal_keeps_nobody_writes_by_hand(paid, table, column):
    with pytest.raises(DatabaseError, match=f"{column} is kept by the journal"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {column} + 1")


def test_a_closed_year_takes_nothing_and_stays_closed(book, line, paid, department):
    claim = make_claim(line, "10", by=department)
    books.close_year(book, 2026, by=department, today=date(2027, 1, 1))
    assert YearEnd.objects.get(account=account(book, "cash")).balance == D("4000")
    refused("the year is closed", voucher(paid))
    refused("the year is closed", voucher(paid, year=2030, day=date(2030, 1, 1)))
    refused("voucher_in_its_year", voucher(paid, year=2027))
    with pytest.raises(DatabaseError, match="what is closed stays closed"), transaction.atomic():
        BookYear.objects.filter(book=book, year=2026).update(closed_at=None, closed_by=None)
    assert claim.vouchers.count() == 1


@pytest.mark.parametrize("model", [Source, Payment], ids=lambda model: model.__name__)
def test_what_was_decided_is_not_decided_again(paid, model):
    for fields in ({"state": "returned"}, {}):
        with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
            model.objects.update(**fields or {"state": "confirmed"})
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


def test_an_expense_has_its_document_whoever_writes(tree, secretary, committee):
    book = make_book(tree.ours, by=secretary, kind="operating")
    receive(book, "100", by=secretary, second=committee)
    line = make_line(book)
    with pytest.raises(DatabaseError, match="an expense has its document"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fund_claim (uid, book_id, line_id, organisation_id, amount, title, recorded_by_id, recorded_on, recorded_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, 1, 'x', %s, '2026-11-20', now())",
            [book.pk, line.pk, tree.ours.pk, secretary.pk],
        )


def test_verify_ledger_names_a_voucher_that_was_touched(paid):
    assert not seal_ledgers().faults
    line = paid.lines.order_by("pk").first()
    for table, pk, change in (("fund_voucher", paid.pk, "amount = 1"), ("fund_voucherline", line.pk, "amount = amount + 1")):
        with past_the_triggers() as cursor:
            cursor.execute(f"UPDATE {table} SET {change} WHERE id = %s", [pk])
            told = StringIO()
            with pytest.raises(SystemExit):
                call_command("verify_ledger", stdout=StringIO(), stderr=told)
            assert str(pk) in told.getvalue() and ("凭证" in told.getvalue() or table in told.getvalue()), told.getvalue()


def test_a_budget_line_of_another_book_cannot_be_borrowed(tree, book, department):
    other = make_book(tree.township, by=department)
    strange = BudgetLine.objects.get(pk=make_line(other, "100").pk)
    with pytest.raises(DatabaseError, match="does not rest on its basis"), transaction.atomic():
        claim = strange.claims.model(
            book=book, line=strange, organisation=tree.county, amount=D(1), title="借", recorded_by=department, recorded_on=TODAY
        )  # fmt: skip
        claim.save()
        made = Voucher.objects.create(book=book, year=2026, day=TODAY, kind="reserve", amount=1, claim=claim, made_by=department)
        VoucherLine.objects.create(voucher=made, account=account(book, "free"), amount=D(1))
        VoucherLine.objects.create(voucher=made, account=account(book, "reserved"), amount=D(-1))
        at_commit()
