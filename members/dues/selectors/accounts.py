"""One member's dues: the year month by month, how a month is reckoned, what was paid, and through which month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Min, Q

from members.dues.models import Base, DueMonth, Exemption, Payment
from members.dues.models.bases import FIXED_KINDS
from members.dues.rules import month_words, paid_through
from members.models import Member
from partyportal.core.days import month_of

NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class MonthLine:
    """One month of the year as a member reads it."""

    month: date
    state: str  # paid, waiting, owing (it is over), now, ahead, exempt, none
    due: Decimal | None = None
    paid_on: date | None = None
    receipt: str = ""
    branch: str = ""

    @property
    def words(self) -> str:
        return {
            "paid": "已交",
            "waiting": "已交，待核对",
            "owing": "未交",
            "now": "本月应交",
            "ahead": "还没到",
            "exempt": "免交",
            "none": "—",
        }[self.state]


@dataclass(frozen=True, kw_only=True)
class BaseTold:
    """A base in words: from which month, of what, at what rate, so how much."""

    start: date
    kind: str
    arithmetic: str
    monthly: Decimal
    source: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """A member's year."""

    member: Member
    year: int
    lines: list[MonthLine]
    bases: list[BaseTold]
    exemptions: list[Exemption]
    payments: list[Payment]
    through: date | None

    @property
    def due(self) -> Decimal:
        """What the year asks for up to this month."""
        return sum((line.due for line in self.lines if line.state not in {"ahead", "none"}), NOTHING)

    @property
    def paid(self) -> Decimal:
        return sum((line.due for line in self.lines if line.state in {"paid", "waiting"}), NOTHING)

    @property
    def owed(self) -> Decimal:
        return sum((line.due for line in self.lines if line.state in {"owing", "now"}), NOTHING)

    @property
    def owed_words(self) -> str:
        return month_words([line.month for line in self.lines if line.state in {"owing", "now"}])

    @property
    def late(self) -> int:
        """Months that are over and unpaid."""
        return sum(line.state == "owing" for line in self.lines)

    @property
    def taken_back(self) -> frozenset[int]:
        """The payments that a later row reversed, by row id: a reversal keeps its payment's day, so both are of the year."""
        return frozenset(payment.reverses_id for payment in self.payments if payment.reverses_id)

    @property
    def voluntary(self) -> Decimal:
        return sum((payment.voluntary for payment in self.payments), NOTHING)


def account_of(member: Member, year: int, *, today: date) -> Account:
    """The year of one member: five statements."""
    months = {
        row.month: row
        for row in DueMonth.objects.of_year(year).filter(member=member).select_related("payment", "organisation").order_by("month")
    }
    bases = Base.objects.in_force().filter(member=member, year=year).select_related("band").order_by("start")
    first = date(year, 1, 1)
    exemptions = Exemption.objects.filter(member=member, end__gt=first, start__lt=date(year + 1, 1, 1)).order_by("start", "id")
    payments = Payment.objects.filter(member=member, day__year=year).select_related("collection", "recorded_by").prefetch_related("months")
    return Account(
        member=member,
        year=year,
        lines=[_month_line(date(year, number, 1), months.get(date(year, number, 1)), today) for number in range(1, 13)],
        bases=[_told(base) for base in bases],
        exemptions=list(exemptions),
        payments=list(payments.order_by("-day", "-id")),
        through=through_of([member.pk], today=today).get(member.pk),
    )


def _month_line(month: date, row: DueMonth | None, today: date) -> MonthLine:
    if row is None:
        return MonthLine(month=month, state="none")
    here = {"month": month, "branch": row.organisation.short_name}
    if row.payment_id:
        state = "waiting" if row.collection_state == "recorded" else "paid"
        return MonthLine(state=state, due=row.paid, paid_on=row.payment.day, receipt=row.payment.receipt, **here)
    if not row.due:
        return MonthLine(state="exempt", due=row.due, **here)
    now = month_of(today)
    return MonthLine(state="owing" if month < now else "now" if month == now else "ahead", due=row.due, **here)


def _told(base: Base) -> BaseTold:
    if base.kind in FIXED_KINDS:
        arithmetic = f"支部核定每月 {base.monthly:.2f} 元（标准 {base.band.rate_words}）"
    else:
        arithmetic = f"{base.income:,.2f} × {base.band.rate_words} = {base.monthly:.2f} 元"
    return BaseTold(start=base.start, kind=base.get_kind_display(), arithmetic=arithmetic, monthly=base.monthly, source=base.band.source)


def through_of(member_ids: Iterable[int], *, today: date) -> dict[int, date]:
    """党费交至年月 of each member, as the letter of a transfer says it; who has paid nothing here is left out. One statement."""
    rows = DueMonth.objects.filter(member__in=list(member_ids), year__gte=today.year - 1, year__lte=today.year).values("member")
    owing, settled = Q(payment=None, due__gt=0), Q(payment__isnull=False) | Q(due=0)
    ends = rows.annotate(
        first_owed=Min("month", filter=owing),
        last_settled=Max("month", filter=Q(payment__isnull=False)),
        first_settled=Min("month", filter=settled),
    )
    told = {
        row["member"]: paid_through(first_owed=row["first_owed"], last_paid=row["last_settled"], first=row["first_settled"]) for row in ends
    }
    return {member: month for member, month in told.items() if month}


def years_of(member: Member, *, today: date) -> list[int]:
    """This year and those with a base, latest first."""
    held = set(Base.objects.in_force().filter(member=member).values_list("year", flat=True).distinct())
    return sorted(held | {today.year}, reverse=True)
