"""Plain makers for dues: a base for everybody, a sum paid, with the values nobody cares about filled in."""

from datetime import date
from decimal import Decimal

from members.dues.models import Collection, DueMonth
from members.dues.services import BaseLine, collect, pay, set_bases

TODAY = date(2026, 11, 22)
JANUARY, NOVEMBER, DECEMBER = date(2026, 1, 1), date(2026, 11, 1), date(2026, 12, 1)


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


def farmer(fixed: str = "0.50") -> BaseLine:
    return BaseLine(kind="farmer", fixed=Decimal(fixed))


def salaried(amount: str) -> BaseLine:
    return BaseLine(kind="salaried", amount=Decimal(amount))


def assess(*members, by=None, line: BaseLine | None = None, start: date = JANUARY, today: date = TODAY) -> int:
    """Set one base for all of these, who are of one branch."""
    return set_bases(
        organisation=members[0].branch, lines={m.pk: line or salaried("4000") for m in members}, start=start, by=by, today=today
    )


def owed(member, until: date) -> Decimal:
    return sum((row.due for row in DueMonth.objects.owing().filter(member=member, month__lte=until)), Decimal(0))


def take(*members, by, until: date = NOVEMBER, day: date = TODAY, today: date = TODAY, **fields) -> Collection:
    """The whole-branch act over these members, at what they owe within the months that may be paid."""
    floor = date(day.year, day.month, 1)
    first = date(floor.year - (floor.month <= 6), (floor.month - 7) % 12 + 1, 1)
    rows = DueMonth.objects.owing().filter(member__in=members, month__gte=first, month__lte=until)
    expected = {m.pk: sum((row.due for row in rows if row.member_id == m.pk), Decimal(0)) for m in members}
    return collect(organisation=members[0].branch, expected=expected, until=until, day=day, method="cash", by=by, today=today, **fields)


def pay_one(member, amount: str, *, by, until: date = NOVEMBER, day: date = TODAY, today: date = TODAY, **fields) -> Collection:
    return pay(member, until=until, amount=Decimal(amount), day=day, method="cash", by=by, today=today, **fields)


def months_of(member, year: int = 2026) -> list[tuple[int, Decimal, bool]]:
    rows = DueMonth.objects.of_year(year).filter(member=member).order_by("month")
    return [(row.month.month, row.due, row.payment_id is not None) for row in rows]
