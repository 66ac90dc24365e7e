"""Opening a book, its accounts and lines, and closing a year."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from branches.models import Organisation
from members.care.fund.models import Account, Book, BookYear, BudgetLine, LineChange, Payment, Source, VoucherLine, YearEnd
from members.care.fund.services.journal import lock
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

# What an own book begins with; the county adds and renames (DOMAIN §6: the uses of 党费 that 中组发〔2008〕3号 names).
FREE, RESERVED, BANK = ("3001", "可用资金"), ("3002", "已批未付"), ("1002", "银行专户")


@transaction.atomic
def open_book(*, organisation: Organisation, kind: str, name: str, by: User | None, today: date, since: date | None = None) -> Book:
    """Begin a book with its bank account; money comes in by sources alone, also what an older book leaves to it."""
    name = name.strip()
    if not name:
        raise DomainError("写上账本的名称。", field="name")
    if Book.objects.filter(organisation=organisation, kind=kind, name=name).exists():
        raise DomainError("这个党组织已经有同名的账本，换一个名称。", field="name")
    book = Book.objects.create(organisation=organisation, kind=kind, name=name, opened_on=since or today, opened_by=by)
    Account.objects.create(book=book, code=BANK[0], kind=Account.Kind.CASH, name=BANK[1], is_bank=True)
    Account.objects.create(book=book, code=FREE[0], kind=Account.Kind.FREE, name=FREE[1])
    Account.objects.create(book=book, code=RESERVED[0], kind=Account.Kind.RESERVED, name=RESERVED[1])
    BookYear.objects.create(book=book, year=book.opened_on.year)
    audit.record("fund.book.opened", book, by=by, path=organisation.path, kind=kind)
    return book


@transaction.atomic
def add_account(book: Book, *, code: str, name: str, is_bank: bool, by: User) -> Account:
    """Another place where the book's money lies."""
    book = lock(book)
    if Account.objects.filter(book=book, code=code).exists():
        raise DomainError("已经有这个代码的账户，换一个代码。", field="code")
    account = Account.objects.create(book=book, code=code, kind=Account.Kind.CASH, name=name.strip(), is_bank=is_bank)
    audit.record("fund.account.added", account, by=by, path=book.organisation.path, code=code)
    return account


@transaction.atomic
def set_line(book: Book, *, year: int, code: str, name: str, amount: Decimal, by: User | None, today: date, reason: str = "") -> BudgetLine:
    """A budget line of a year, new or with another amount; what it was stays written down. Not below what is already approved."""
    book = lock(book)
    if BookYear.objects.filter(book=book, year=year, closed_at__isnull=False).exists():
        raise DomainError(f"{year} 年已经结账，预算不能再改。", field="year")
    if amount < 0 or amount != round(amount, 2):
        raise DomainError("预算数写到分，不能是负数。", field="amount")
    line = BudgetLine.objects.filter(book=book, year=year, code=code).first()
    if line is None:
        line = BudgetLine.objects.create(book=book, year=year, code=code, name=name.strip(), amount=amount)
        audit.record("fund.line.set", line, by=by, path=book.organisation.path, year=year, code=code, before=0, after=amount)
        return line
    if amount < line.used:
        raise DomainError(f"这个项目已经用了 {line.used:,.2f} 元（含已批未付），预算不能比它少。", field="amount")
    if amount != line.amount:
        if not reason:
            raise DomainError("写上为什么调整预算。", field="reason")
        LineChange.objects.create(line=line, before=line.amount, after=amount, on=today, by=by, reason=reason)
        audit.record("fund.line.set", line, by=by, path=book.organisation.path, year=year, code=code, before=line.amount, after=amount)
    line.amount, line.name = amount, name.strip() or line.name
    line.save(update_fields=["amount", "name"])
    return line


@transaction.atomic
def close_year(book: Book, year: int, *, by: User, today: date) -> BookYear:
    """结账: the balances are written down and carried into the next year; nothing can be posted into the year any more, for good.

    Accounts run on, so approved sums not yet paid stay reserved: only what waits for a second person stands in the way.
    """
    book = lock(book)
    if today <= date(year, 12, 31):
        raise DomainError(f"{year} 年还没有过完，{year + 1} 年 1 月 1 日起才能结账。")
    held = BookYear.objects.filter(book=book, year=year).first()
    if held is None:
        raise DomainError(f"账本没有 {year} 年。")
    if held.closed_at:
        raise DomainError(f"{year} 年已经结过账了。")
    if earlier := BookYear.objects.filter(book=book, year__lt=year, closed_at=None).order_by("year").first():
        raise DomainError(f"先结 {earlier.year} 年的账。")
    payments = Payment.objects.filter(claim__book=book, state=Payment.State.PREPARED, prepared_on__year__lte=year).count()
    sources = Source.objects.filter(book=book, state=Source.State.RECORDED, day__year__lte=year).count()
    if payments or sources:
        waiting = "、".join(words for words, count in ((f"付款 {payments} 笔", payments), (f"收入 {sources} 笔", sources)) if count)
        raise DomainError(f"还有{waiting}等复核，复核或者退回以后再结账。")
    sums = dict(
        VoucherLine.objects.filter(voucher__book=book, voucher__year__lte=year).order_by().values_list("account").annotate(Sum("amount"))
    )
    held.closed_at, held.closed_by = timezone.now(), by
    held.save(update_fields=["closed_at", "closed_by"])
    ends = [
        YearEnd(book_year=held, account=account, balance=account.side * sums.get(account.pk, Decimal(0)))
        for account in Account.objects.filter(book=book)
    ]
    YearEnd.objects.bulk_create(ends)
    BookYear.objects.get_or_create(book=book, year=year + 1)
    audit.record("fund.year.closed", held, by=by, path=book.organisation.path, year=year, vouchers=held.last_number)
    return held
