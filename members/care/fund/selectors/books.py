"""Books as their pages show them: what is there, what of it is free, what came and went this year, who must act."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from members.care.fund.models import Account, Book, BudgetLine, Payment, Source, Voucher

NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A book today: `balance` = `free` + `reserved`; came in and went out in the year, mirrors taken off."""

    book: Book
    balance: Decimal
    free: Decimal
    reserved: Decimal
    came_in: Decimal
    went_out: Decimal
    waiting: int

    @property
    def last_year(self) -> Decimal:
        """What the year began with; of the running year only, whose end is today."""
        return self.balance - self.came_in + self.went_out


def net(of: str):
    """What came in (`source`) or went out (`claim`) by vouchers, less what was taken back: for `annotate` and `aggregate`."""
    kind = "receipt" if of == "source" else "payment"
    gross, back = Sum("amount", filter=Q(kind=kind)), Sum("amount", filter=Q(kind="reversal", **{f"{of}__isnull": False}))
    return gross, back


def standings(books: Iterable[Book], year: int) -> list[Standing]:
    """As many statements for one book as for three thousand."""
    books = list(books)
    held = defaultdict(dict)
    for book, kind, total in Account.objects.filter(book__in=books).order_by().values_list("book", "kind").annotate(Sum("balance")):
        held[book][kind] = total
    moved = flows(Voucher.objects.filter(book__in=books, year=year), "book")
    waiting = waiting_of(books)
    return [
        Standing(
            book=book,
            balance=held[book.pk].get("cash", NOTHING),
            free=held[book.pk].get("free", NOTHING),
            reserved=held[book.pk].get("reserved", NOTHING),
            came_in=moved[book.pk][0],
            went_out=moved[book.pk][1],
            waiting=waiting[book.pk],
        )
        for book in books
    ]


def flows(vouchers, by: str) -> dict:
    """(came in, went out) by a column of the vouchers."""
    (received, given_back), (paid, come_back) = net("source"), net("claim")
    rows = vouchers.order_by().values(by).annotate(a=received, b=given_back, c=paid, d=come_back)
    found = defaultdict(lambda: (NOTHING, NOTHING))
    for row in rows:
        found[row[by]] = ((row["a"] or NOTHING) - (row["b"] or NOTHING), (row["c"] or NOTHING) - (row["d"] or NOTHING))
    return found


def waiting_of(books: Iterable[Book]) -> dict[int, int]:
    """How many sources and payments wait for a second person, by book."""
    found: dict[int, int] = defaultdict(int)
    for rows, column in (
        (Source.objects.filter(book__in=books, state=Source.State.RECORDED), "book"),
        (Payment.objects.filter(claim__book__in=books, state=Payment.State.PREPARED), "claim__book"),
    ):
        for book, count in rows.order_by().values_list(column).annotate(Count("pk")):
            found[book] += count
    return found


@dataclass(frozen=True, kw_only=True)
class LineStanding:
    """A budget line: what may be spent, what is paid, what is approved and not yet paid, what is left."""

    line: BudgetLine
    paid: Decimal

    @property
    def reserved(self) -> Decimal:
        return self.line.used - self.paid

    @property
    def left(self) -> Decimal:
        return self.line.left


def lines_of(lines) -> list[LineStanding]:
    """Budget lines with what was paid on them: one statement more than the lines."""
    lines = list(lines)
    paid = flows(Voucher.objects.filter(claim__line__in=lines).annotate(of=F("claim__line")), "of")
    return [LineStanding(line=line, paid=paid[line.pk][1]) for line in lines]


def years_of(book: Book, today: date) -> list[int]:
    """The years a page offers, latest first."""
    return sorted({*book.years.values_list("year", flat=True), today.year}, reverse=True)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """All the books of a list together."""

    balance: Decimal
    free: Decimal
    reserved: Decimal
    came_in: Decimal
    went_out: Decimal


def sums_of(books, year: int) -> Sums:
    """The totals over a list of books: two statements."""
    books = books.order_by()
    held = dict(Account.objects.filter(book__in=books).order_by().values_list("kind").annotate(Sum("balance")))
    vouchers = Voucher.objects.filter(book__in=books, year=year)
    (received, given_back), (paid, come_back) = net("source"), net("claim")
    moved = {key: value or NOTHING for key, value in vouchers.aggregate(a=received, b=given_back, c=paid, d=come_back).items()}
    return Sums(
        balance=held.get("cash") or NOTHING,
        free=held.get("free") or NOTHING,
        reserved=held.get("reserved") or NOTHING,
        came_in=moved["a"] - moved["b"],
        went_out=moved["c"] - moved["d"],
    )


def totals_of(lines) -> dict[str, Decimal]:
    """What all these lines may spend, have used, have left."""
    sums = lines.order_by().aggregate(amount=Sum("amount"), used=Sum("used"))
    amount, used = sums["amount"] or NOTHING, sums["used"] or NOTHING
    return {"amount": amount, "used": used, "left": amount - used}


def to_confirm(user) -> int:
    """How many sources and payments wait for this user, who had no hand in them."""
    sources = Source.objects.where(user, "fund.confirm").filter(state=Source.State.RECORDED).exclude(recorded_by=user)
    payments = Payment.objects.where(user, "fund.confirm").filter(state=Payment.State.PREPARED).exclude(prepared_by=user)
    return sources.count() + payments.count()
