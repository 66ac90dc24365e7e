"""年度公示: a branch's year by member and month. No income and no single sum: of money only what the branch gathered."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet, Sum

from branches.models import Organisation
from members.dues.models import DueMonth, Payment
from members.dues.rules import month_words
from members.dues.selectors.months import Sums, sums_of
from partyportal.core.days import month_of

NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """One member on the sheet: which months were due of them here, which they paid."""

    name: str
    due: tuple[date, ...]
    paid: tuple[date, ...]
    exempt: tuple[date, ...]

    @property
    def due_words(self) -> str:
        return month_words(self.due)

    @property
    def paid_words(self) -> str:
        return month_words(self.paid) or "—"

    @property
    def missing(self) -> int:
        return len(self.due) - len(self.paid)

    @property
    def note(self) -> str:
        exempt = f"{month_words(self.exempt)}免交" if self.exempt else ""
        return "，".join(filter(None, [exempt, f"差 {self.missing} 个月" if self.missing else ""]))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A branch's publication sheet."""

    organisation: Organisation
    year: int
    until: date
    lines: list[SheetLine]
    sums: Sums
    voluntary: Decimal
    to_centre: Decimal

    @property
    def year_text(self) -> str:
        return str(self.year)


def months_of_year(year: int, *, today: date) -> QuerySet:
    """The year's due months, of the running year those up to this one."""
    return DueMonth.objects.of_year(year).filter(month__lte=last_month(year, today=today))


def last_month(year: int, *, today: date) -> date:
    return min(date(year, 12, 1), month_of(today)) if year <= today.year else date(year, 1, 1)


def sheet_of(branch: Organisation, year: int, *, today: date) -> Sheet:
    """Whoever owed the branch a month of the year, by name: three statements."""
    rows = months_of_year(year, today=today).filter(organisation=branch)
    listed = rows.values("member", "member__name", "member__pinyin").annotate(
        due_in=ArrayAgg("month", filter=Q(due__gt=0) | Q(payment__isnull=False), order_by="month", default=[]),
        paid_in=ArrayAgg("month", filter=Q(payment__isnull=False), order_by="month", default=[]),
        exempt_in=ArrayAgg("month", filter=Q(payment=None, due=0), order_by="month", default=[]),
    )
    given = Payment.objects.filter(organisation=branch, day__year=year).aggregate(
        more=Sum("voluntary", default=NOTHING), centre=Sum("voluntary", filter=Q(to_centre=True), default=NOTHING)
    )
    return Sheet(
        organisation=branch,
        year=year,
        until=last_month(year, today=today),
        lines=[
            SheetLine(name=row["member__name"], due=tuple(row["due_in"]), paid=tuple(row["paid_in"]), exempt=tuple(row["exempt_in"]))
            for row in listed.order_by("member__pinyin", "member")
        ],
        sums=sums_of(rows),
        voluntary=given["more"],
        to_centre=given["centre"],
    )
