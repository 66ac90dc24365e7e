"""Plain makers for the fund: a book with money in it, a claim, a payment, with the values nobody cares about filled in."""

import zlib
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F, Sum

from members.care.fund.models import Account, Book, BookYear, BudgetLine, Claim, Payment, Source, Voucher, VoucherLine
from members.care.fund.services import books, claims, payments, sources

TODAY = date(2026, 11, 20)
D = Decimal


def paper(name: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 " + str(zlib.crc32(name.encode())).encode(), content_type="application/pdf")


def make_book(
    organisation, *, by=None, kind: str = "aid", name: str = "困难党员救助基金", today: date = TODAY, since: date = date(2026, 1, 1)
):
    return books.open_book(organisation=organisation, kind=kind, name=name, by=by, today=today, since=since)


def receive(book, amount, *, by, second, kind: str = "fiscal", day: date = date(2026, 3, 2), today: date = TODAY, **fields) -> Source:
    fields = {"reference": "清财〔2026〕8号"} | fields
    source = sources.record(book=book, kind=kind, amount=D(amount), day=day, by=by, today=today, **fields)
    sources.confirm(source, by=second, today=today)
    return source


def make_line(
    book, amount="10000", *, code: str = "01", name: str = "困难救助", year: int = 2026, by=None, today: date = TODAY
) -> BudgetLine:
    return books.set_line(book, year=year, code=code, name=name, amount=D(amount), by=by, today=today, reason="调整")


def make_claim(line, amount="1000", *, by, today: date = TODAY, title: str = "2026 年第 1 号救助") -> Claim:
    return claims.reserve(line=line, organisation=line.book.organisation, amount=D(amount), title=title, by=by, today=today)


def pay(claim, *, by, second, today: date = TODAY) -> Voucher:
    return payments.confirm(payments.prepare(claim, by=by, today=today, method="transfer"), by=second, today=today)


def balances(book) -> dict[str, Decimal]:
    rows = Account.objects.filter(book=book).values_list("kind").annotate(Sum("balance")).order_by()
    return dict(rows)


def at_commit() -> None:
    """What the database checks at the commit, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def assert_books_add_up() -> None:
    """Every promise of the journal, asked of the rows themselves and not of what the triggers kept."""
    at_commit()
    lines = VoucherLine.objects.order_by()
    assert not lines.values("voucher").annotate(total=Sum("amount")).exclude(total=0).exists(), "each voucher adds to zero"
    assert not lines.values("voucher__book").annotate(total=Sum("amount")).exclude(total=0).exists(), "and so does each book"
    assert not lines.exclude(account__book=F("voucher__book")).exists(), "and stays in its book"
    for account in Account.objects.all():
        total = lines.filter(account=account).aggregate(total=Sum("amount"))["total"] or 0
        assert account.balance == account.side * total >= 0, "a balance is its lines, and never below zero"
    for book in Book.objects.all():
        kept = balances(book)
        assert kept["cash"] == kept["free"] + kept["reserved"]
        paid_in = (
            Source.objects.filter(book=book, state="confirmed").exclude(vouchers__kind="reversal").aggregate(s=Sum("amount"))["s"] or 0
        )
        paid_out = sum(claim.amount for claim in Claim.objects.filter(book=book) if stands_paid(claim))
        assert kept["cash"] == paid_in - paid_out, "every fen has a source or a claim"
    for year in BookYear.objects.all():
        numbers = list(Voucher.objects.filter(book=year.book, year=year.year).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, year.last_number + 1)), "numbers without gaps"
        if year.closed_at:
            assert not Voucher.objects.filter(book=year.book, year=year.year, posted_at__gt=year.closed_at).exists()
    for claim in Claim.objects.all():
        kinds = list(claim.vouchers.order_by("turn").values_list("kind", flat=True))
        assert kinds[0] == "reserve" and kinds.count("payment") - kinds.count("reversal") in (0, 1), "paid at most once"
    assert not Voucher.objects.filter(made_by=F("checked_by")).exists()
    assert not Payment.objects.filter(prepared_by=F("confirmed_by"), state="confirmed").exists()
    for line in BudgetLine.objects.all():
        used = sum(c.amount for c in line.claims.all() if c.vouchers.order_by("-turn").first().kind != "release")
        assert line.used == used <= line.amount


def stands_paid(claim) -> bool:
    return claim.vouchers.order_by("-turn").first().kind == "payment"
