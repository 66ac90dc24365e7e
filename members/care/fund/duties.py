"""What is due of the money: a second person's yes, the month's reconciliation, the year's closing."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from branches.access import paths_for
from branches.models import Organisation
from members.care.fund.models import Account, BankStatement, Book, BookYear, Payment, Source, VoucherLine
from members.care.fund.parameters import CLOSE_DAYS, CONFIRM_DAYS, PARAMETERS, RECONCILE_DAYS
from partyportal.core.days import month_of, months_after
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on


def due(user, today: date) -> list[Duty]:
    """What the user's own organisations have to do, and what waits for the user as the second person; nobody confirms their own.

    Six statements, whatever their number. Confirming and closing fall to who holds the verb over the book, recording to its own organisation.
    """
    mine = Book.objects.filter(organisation__path__in=paths_for(user, "fund.record"))
    days = values_on(today, PARAMETERS)
    found = [*_reconciling(mine, today, days), *_waiting(Book.objects.where(user, "fund.confirm"), days, by=user)]
    return sorted([*found, *_closing(Book.objects.filter(organisation__path__in=paths_for(user, "fund.close")), today, days)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches owe: as many statements for one as for three thousand."""
    return _of([organisation.pk for organisation in organisations], today)


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """The same of committees, whose books are their own."""
    return _of([organisation.pk for organisation in organisations], today)


def _of(organisations: list[int], today: date) -> list[Duty]:
    if not organisations:
        return []
    books = [book.pk for book in Book.objects.filter(organisation__in=organisations).only("pk")]
    if not books:  # few organisations keep one
        return []
    days = values_on(today, PARAMETERS)
    return sorted([*_reconciling(books, today, days), *_waiting(books, days), *_closing(books, today, days)])


def _waiting(books, numbers: dict[str, int], *, by=None) -> list[Duty]:
    """One duty a book with sources or payments waiting, due some days after the oldest."""
    days = timedelta(numbers[CONFIRM_DAYS.key])
    sources = Source.objects.filter(book__in=books, state=Source.State.RECORDED).values_list("book", "recorded_by", "recorded_at")
    payments = Payment.objects.filter(claim__book__in=books, state=Payment.State.PREPARED)
    rows = [*sources, *payments.values_list("claim__book", "prepared_by", "prepared_at")]
    waiting: dict[int, list] = {}
    for book, maker, at in rows:
        if by is None or maker != by.pk:
            waiting.setdefault(book, []).append((timezone.localdate(at), maker))
    return [
        _duty(
            book,
            due_on=min(day for day, _ in waiting[book.pk]) + days,
            key="confirm",
            title=f"复核{book}的 {len(waiting[book.pk])} 笔收支",
            reason="收入、付款要由登记人以外的人复核",
            act="去复核",
            url=reverse("fund:book", args=[book.uid]),
            barred=frozenset(maker for _, maker in waiting[book.pk]) if len({maker for _, maker in waiting[book.pk]}) == 1 else frozenset(),
        )
        for book in Book.objects.filter(pk__in=waiting).select_related("organisation")
    ]


def _reconciling(books, today: date, numbers: dict[str, int]) -> list[Duty]:
    """Each bank account that moved last month, until its month is agreed to."""
    month = months_after(month_of(today), -1)
    moved = VoucherLine.objects.filter(account=OuterRef("pk"), voucher__day__gte=month, voucher__day__lt=month_of(today))
    agreed = BankStatement.objects.filter(account=OuterRef("pk"), month=month, confirmed_at__isnull=False)
    accounts = Account.objects.filter(Exists(moved), ~Exists(agreed), book__in=books, is_bank=True).select_related("book__organisation")
    day = today.replace(day=numbers[RECONCILE_DAYS.key])
    return [
        _duty(
            account.book,
            due_on=day,
            key=f"reconcile:{account.code}:{month:%Y-%m}",
            title=f"对 {month.month} 月的银行账",
            reason=f"{account.book}{account}上月有收支，每月对一次账",
            act="去对账",
            url=reverse("fund:bank", args=[account.book.uid]),
        )
        for account in accounts
    ]


def _closing(books, today: date, numbers: dict[str, int]) -> list[Duty]:
    """Each year that is over and not closed."""
    days = numbers[CLOSE_DAYS.key]
    years = BookYear.objects.filter(book__in=books, year__lt=today.year, closed_at=None).select_related("book__organisation")
    return [
        _duty(
            one.book,
            due_on=date(one.year, 12, 31) + timedelta(days=days),
            key=f"close:{one.year}",
            title=f"{one.year} 年结账",
            reason=f"{one.book}{one.year} 年过完了，结账以后公布收支",
            act="去结账",
            url=reverse("fund:close", args=[one.book.uid]),
        )
        for one in years
    ]


def _duty(book: Book, *, key: str, **said) -> Duty:
    organisation = book.organisation
    return Duty.of(organisation, key=f"fund.{key}:{book.uid}", **said)
