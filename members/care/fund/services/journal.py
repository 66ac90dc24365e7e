"""The one way into the journal: a voucher and its two lines. Locks: the payment, then the claim or source, then the book, which queues its writers."""

from datetime import date

from django.db import transaction

from members.care.fund.models import Account, Book, BookYear, Claim, Payment, Source, Voucher, VoucherLine
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

Kind, Of = Voucher.Kind, Account.Kind
SENT_BEFORE = "这一页刚才已经登记过一笔（{amount:,.2f} 元）。要再登记一笔，请重新打开登记的页面。"


def lock(book: Book) -> Book:
    """Whoever would write into the book waits here for whoever writes."""
    return Book.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=book.pk)


def accounts_of(book: Book) -> tuple[Account, Account]:
    """What is free and what is reserved, as they stand; the book is locked."""
    found = {account.kind: account for account in Account.objects.filter(book=book).exclude(kind=Of.CASH)}
    return found[Of.FREE], found[Of.RESERVED]


def open_year(book: Book, day: date, *, today: date) -> BookYear:
    """The year a day is posted into; the running one is begun by its first voucher. A closed one refuses."""
    if day > today:
        raise DomainError("日期还没到，写实际发生的日子。", field="day")
    if day < book.opened_on.replace(month=1, day=1):
        raise DomainError(f"账本从 {book.opened_on.year} 年记起，更早的不记在这里。", field="day")
    year, _ = BookYear.objects.get_or_create(book=book, year=day.year)
    if year.closed_at:
        raise DomainError(f"{day.year} 年已经结账，不能再记。记在今年。", field="day")
    return year


@transaction.atomic
def post(
    kind: str,
    *,
    basis: Source | Claim,
    day: date,
    today: date,
    made_by: User | None,
    checked_by: User | None = None,
    cash: Account | None = None,
    payment: Payment | None = None,
    reason: str = "",
) -> Voucher:
    """Write a voucher; the caller holds the basis and the book. What the accounts cannot bear is refused in words before the checks would."""
    book = basis.book
    year = open_year(book, day, today=today)
    free, reserved = accounts_of(book)
    debit, credit = {
        Kind.RECEIPT: (cash, free),
        Kind.RESERVE: (free, reserved),
        Kind.RELEASE: (reserved, free),
        Kind.PAYMENT: (reserved, cash),
    }[Kind(kind)]
    of = {"claim": basis} if isinstance(basis, Claim) else {"source": basis}
    voucher = Voucher(
        book=book, year=year.year, day=day, kind=kind, amount=basis.amount, payment=payment, made_by=made_by, checked_by=checked_by, reason=reason, **of
    )  # fmt: skip
    return _write(voucher, [(debit, basis.amount), (credit, -basis.amount)], by=checked_by or made_by)


@transaction.atomic
def reverse(voucher: Voucher, *, by: User, today: date, reason: str) -> Voucher:
    """The mirror of a receipt or a payment, of today, by another than who made it; once. The caller holds the basis."""
    if not reason:
        raise DomainError("写上为什么冲正。", field="reason")
    book = lock(voucher.book)
    if voucher.kind not in (Kind.RECEIPT, Kind.PAYMENT):
        raise DomainError("只有收入和支付能冲正。批准列支的，撤销列支。")
    if Voucher.objects.filter(reverses=voucher).exists():
        raise DomainError("这张凭证已经冲正过了。")
    if voucher.made_by_id == by.pk:
        raise DomainError("这一笔是你经办的，冲正要由另一个人来办。")
    year = open_year(book, today, today=today)
    lines = [(line.account, -line.amount) for line in voucher.lines.select_related("account").order_by("account")]
    mirror = Voucher(
        book=book, year=year.year, day=today, kind=Kind.REVERSAL, amount=voucher.amount, source_id=voucher.source_id, claim_id=voucher.claim_id,
        reverses=voucher, made_by=by, reason=reason,
    )  # fmt: skip
    return _write(mirror, lines, by=by)


def _write(voucher: Voucher, lines: list, *, by: User | None) -> Voucher:
    for account, amount in lines:
        falls = -amount if account.kind == Of.CASH else amount
        if account.balance < falls:
            raise DomainError(f"{account.name}只有 {account.balance:,.2f} 元，不够 {falls:,.2f} 元。")
    voucher.save(force_insert=True)
    # In the order of the accounts: whoever writes past these services still waits and does not tie a knot.
    VoucherLine.objects.bulk_create(
        [VoucherLine(voucher=voucher, account=account, amount=amount) for account, amount in sorted(lines, key=lambda line: line[0].pk)]
    )
    voucher.refresh_from_db(fields=["number", "turn"])
    path = voucher.book.organisation.path
    audit.record(f"fund.voucher.{voucher.kind}", voucher, by=by, path=path, amount=voucher.amount, day=voucher.day, number=voucher.number)
    return voucher
