"""欠交: who owes months that are over, how many in a row, and since when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, Sum

from branches.models import Organisation
from members.dues.models import DueMonth
from members.dues.rules import consecutive_unpaid, may_have_lapsed, month_of, month_words, months_on, reminder_stage
from members.models import Member


@dataclass(frozen=True, kw_only=True)
class Arrear:
    """A member with months that ended unpaid."""

    member: Member
    months: tuple[date, ...]
    amount: Decimal
    consecutive: int
    last_paid: date | None

    @property
    def words(self) -> str:
        return month_words(self.months)

    @property
    def stage(self) -> int:
        return reminder_stage(self.consecutive)

    @property
    def may_have_lapsed(self) -> bool:
        """Art31(6) has to be looked into."""
        return may_have_lapsed(self.consecutive)


def arrears_of(members, *, today: date) -> list[Arrear]:
    """Those of a queryset of members who owe months that are over, the longest row first: three statements."""
    now = month_of(today)
    owing = Q(payment=None, due__gt=0)
    # Whoever paid the last month that is over has no row of unpaid ones; an older gap alone is shown on the member's page.
    late = list(DueMonth.objects.of_month(months_on(now, -1)).owing().filter(member__in=members).values_list("member", flat=True))
    rows = (
        DueMonth.objects.filter(member__in=late, year__gte=now.year - 1, year__lte=now.year, month__lt=now)
        .values("member")
        .annotate(
            unpaid=ArrayAgg("month", filter=owing, order_by="month"),
            amount=Sum("due", filter=owing),
            last_paid=Max("month", filter=Q(payment__isnull=False)),
        )
    )
    told = {row["member"]: row for row in rows}
    people = Member.objects.filter(pk__in=told).select_related("branch").defer("id_number")
    arrears = [
        Arrear(
            member=person,
            months=tuple(told[person.pk]["unpaid"]),
            amount=told[person.pk]["amount"],
            consecutive=consecutive_unpaid(told[person.pk]["unpaid"], last_paid=told[person.pk]["last_paid"]),
            last_paid=told[person.pk]["last_paid"],
        )
        for person in people
    ]
    return sorted(arrears, key=lambda one: (-one.consecutive, one.member.branch.code, one.member.pinyin))


def arrears_within(organisation: Organisation, *, today: date) -> list[Arrear]:
    return arrears_of(Member.objects.at_home().within(organisation), today=today)
