"""Plain makers for the fund: a book with money in it, a claim, a payment, with the values nobody cares about filled in."""

import zlib
from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Sum

from members.care.fund.models import Account, Book, BookYear, BudgetLine, Claim, Source, Voucher, VoucherLine
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
    """Every promise of the journal, asked of the rows themselves and not of what the triggers kept: as many statements for one as for a thousand."""
    at_commit()
    vouchers = {v.pk: v for v in Voucher.objects.order_by("book", "year", "number")}
    lines = list(VoucherLine.objects.order_by("voucher", "account").values_list("voucher", "account", "amount"))
    accounts = Account.objects.in_bulk()
    of_voucher, of_account, of_book = defaultdict(list), defaultdict(D), defaultdict(D)
    for voucher, account, amount in lines:
        assert amount != 0 and amount == round(amount, 2)
        assert accounts[account].book_id == vouchers[voucher].book_id, "a voucher stays in its book"
        of_voucher[voucher].append((account, amount))
        of_account[account] += amount
        of_book[vouchers[voucher].book_id] += amount
    assert of_voucher.keys() == vouchers.keys() and all(sum(amount for _, amount in two) == 0 for two in of_voucher.values())
    assert not any(of_book.values())
    for pk, account in accounts.items():
        assert account.balance == account.side * of_account[pk] >= 0, "a balance is its lines, and never below zero"

    of_basis, numbers = defaultdict(list), defaultdict(list)
    for v in sorted(vouchers.values(), key=lambda v: v.turn):
        assert (v.claim_id is None) != (v.source_id is None), "every fen has a case or a source"
        of_basis[("claim", v.claim_id) if v.claim_id else ("source", v.source_id)].append(v)
        if v.reverses_id:
            assert sorted(of_voucher[v.pk]) == sorted((account, -amount) for account, amount in of_voucher[v.reverses_id])
        elif v.kind in ("receipt", "payment"):
            assert v.checked_by_id not in (None, v.made_by_id), "maker is never checker"
    for v in vouchers.values():
        numbers[v.book_id, v.year].append(v.number)
    years = {(y.book_id, y.year): y for y in BookYear.objects.all()}
    for at, year in years.items():
        assert numbers[at] == list(range(1, year.last_number + 1)), "numbers without gaps"
        late = [v for v in vouchers.values() if (v.book_id, v.year) == at and year.closed_at and v.posted_at > year.closed_at]
        assert not late, "nothing is posted into a closed year"

    claims, sources = Claim.objects.in_bulk(), Source.objects.in_bulk()
    used, held, reserved = defaultdict(D), defaultdict(D), defaultdict(D)
    for pk, claim in claims.items():
        kinds = [v.kind for v in of_basis["claim", pk]]
        assert kinds[0] == "reserve" and kinds.count("payment") - kinds.count("reversal") in (0, 1), "no claim paid twice"
        assert all(v.amount == claim.amount for v in of_basis["claim", pk])
        used[claim.line_id] += claim.amount * (kinds[-1] != "release")
        held[claim.book_id] -= claim.amount * (kinds[-1] == "payment")
        reserved[claim.book_id] += claim.amount * (kinds[-1] in ("reserve", "reversal"))
    for pk, source in sources.items():
        kinds = [v.kind for v in of_basis["source", pk]]
        assert bool(kinds) == (source.state == "confirmed")
        held[source.book_id] += source.amount * (kinds == ["receipt"])
    for line in BudgetLine.objects.all():
        assert line.used == used[line.pk] <= line.amount
    for book in Book.objects.all():
        kept = balances(book)
        assert kept == {"cash": held[book.pk], "free": held[book.pk] - reserved[book.pk], "reserved": reserved[book.pk]}
