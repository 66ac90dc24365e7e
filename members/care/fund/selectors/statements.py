"""收支表, an account's running balance, donors, and what is told to everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Sum, Window
from django.db.models.functions import ExtractMonth

from members.care.fund import rules
from members.care.fund.models import Account, Book, Source, Voucher, VoucherLine
from members.care.fund.selectors.books import NOTHING, flows
from partyportal.core.days import month_end

KINDS = dict(Source.Kind.choices)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One source or use: how much and how many."""

    label: str
    amount: Decimal
    count: int


@dataclass(frozen=True, kw_only=True)
class Statement:
    """收支表 of a span of days: what was there, what came from where, what went for what, what is there; and of it what is approved."""

    book: Book
    start: date
    end: date
    opening: Decimal
    sources: tuple[Row, ...]
    uses: tuple[Row, ...]
    reserved: Decimal

    @property
    def came_in(self) -> Decimal:
        return sum((row.amount for row in self.sources), NOTHING)

    @property
    def went_out(self) -> Decimal:
        return sum((row.amount for row in self.uses), NOTHING)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.came_in - self.went_out

    @property
    def free(self) -> Decimal:
        return self.closing - self.reserved


def _opening(book: Book, day: date) -> Decimal:
    """What was there when a day began: one statement."""
    lines = VoucherLine.objects.filter(voucher__book=book, account__kind="cash", voucher__day__lt=day).order_by()
    return lines.aggregate(total=Sum("amount"))["total"] or NOTHING


def statement_of(book: Book, start: date, end: date) -> Statement:
    """From the journal alone, so it equals the sum of its vouchers: four statements."""
    lines = VoucherLine.objects.filter(voucher__book=book).order_by()
    opening = _opening(book, start)
    reserved = lines.filter(account__kind="reserved", voucher__day__lte=end).aggregate(total=Sum("amount"))["total"] or NOTHING
    vouchers = Voucher.objects.filter(book=book, day__gte=start, day__lte=end)
    received = vouchers.filter(source__isnull=False).annotate(label=F("source__kind"))
    spent = vouchers.filter(claim__isnull=False, kind__in=["payment", "reversal"]).annotate(label=F("claim__line__name"))
    counts = {}
    for rows, mark in ((received, "source"), (spent, "claim")):
        for label, count in rows.exclude(kind="reversal").order_by().values_list("label").annotate(Count(mark, distinct=True)):
            counts[mark, label] = count
    came, went = flows(received, "label"), flows(spent, "label")
    order = [kind for kind in KINDS if kind in came]
    return Statement(
        book=book,
        start=start,
        end=end,
        opening=opening,
        sources=tuple(Row(label=KINDS[kind], amount=came[kind][0], count=counts.get(("source", kind), 0)) for kind in order),
        uses=tuple(Row(label=name, amount=went[name][1], count=counts.get(("claim", name), 0)) for name in sorted(went)),
        reserved=-reserved,
    )


@dataclass(frozen=True, kw_only=True)
class Month:
    """What came and went in a month, and what was there at its end."""

    month: int
    came_in: Decimal
    went_out: Decimal
    balance: Decimal


def months_of(book: Book, year: int, *, until: int) -> list[Month]:
    """The months of a year up to one, as `statement_of` has each: two statements."""
    balance, found = _opening(book, date(year, 1, 1)), []
    moved = flows(Voucher.objects.filter(book=book, year=year).annotate(month=ExtractMonth("day")), "month")
    for month in range(1, until + 1):
        came_in, went_out = moved[month]
        balance += came_in - went_out
        found.append(Month(month=month, came_in=came_in, went_out=went_out, balance=balance))
    return found


def span_of(year: int, month: int | None) -> tuple[date, date]:
    """The first and last day of a year or of one of its months."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    first = date(year, month, 1)
    return first, month_end(first)


def running(account: Account):
    """An account's lines, oldest first, each with what came, what went and the balance after it, in the account's own sense."""
    side = account.side
    rows = VoucherLine.objects.filter(account=account).select_related("voucher__source", "voucher__claim__line")
    return rows.annotate(
        moved=F("amount") * side, after=Window(Sum("amount"), order_by=[F("voucher__day").asc(), F("pk").asc()]) * side
    ).order_by("voucher__day", "pk")


def donations(book: Book, year: int):
    """Donations that came into the books and stayed, by day."""
    standing = Source.objects.filter(book=book, kind=Source.Kind.DONATION, state=Source.State.CONFIRMED, day__year=year)
    return standing.exclude(vouchers__kind=Voucher.Kind.REVERSAL).order_by("day", "pk")


def disclosed(rows: Iterable[Row], *, least: int) -> list[Row]:
    """What may be told to everybody: few together are told together (rules.join_small)."""
    joined = rules.join_small([(row.label, row.amount, row.count) for row in rows], least=least)
    return [Row(label=label, amount=amount, count=count) for label, amount, count in joined]


def running_in(account: Account, year: int) -> list:
    """The year's lines of an account; `gone` is what went, above zero."""
    listed = [line for line in running(account).filter(voucher__year__lte=year) if line.voucher.year == year]
    for line in listed:
        line.gone = -line.moved
    return listed
