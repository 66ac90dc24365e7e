"""欠交: who owes months that are over, how many in a row, and since when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, Sum
from django.db.models.expressions import RawSQL

from branches.models import Organisation
from members.dues.models import DueMonth
from members.dues.rules import consecutive_unpaid, may_have_lapsed, month_words, reminder_stage
from members.models import Member
from partyportal.core.days import month_of, months_after


@dataclass(frozen=True, slots=True)
class Debtor:
    """Of a member what a list of arrears says: a county's list has thousands, a page of it shows fifty."""

    pk: int
    uid: UUID
    name: str
    pinyin: str
    branch: Organisation

    def __str__(self):
        return self.name

    @property
    def branch_id(self) -> int:
        return self.branch.pk


@dataclass(frozen=True, kw_only=True)
class Arrear:
    """A member with months that ended unpaid."""

    member: Debtor
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
    """Those of a queryset of members who owe months that are over, the longest row first: four statements."""
    now = month_of(today)
    owing = Q(payment=None, due__gt=0)
    # Whoever paid the last month that is over has no row of unpaid ones; an older gap alone is shown on the member's page.
    late = list(DueMonth.objects.of_month(months_after(now, -1)).owing().filter(member__in=members).values_list("member", flat=True))
    if not late:
        return []
    # As one array: a county's are thousands, each of which would be a parameter to look at; as a subquery the planner loops over them.
    these = RawSQL("SELECT unnest(%s::bigint[])", [late])
    rows = (
        DueMonth.objects.filter(member__in=these, year__gte=now.year - 1, year__lte=now.year, month__lt=now)
        .order_by()
        .values_list("member")
        .annotate(
            unpaid=ArrayAgg("month", filter=owing, order_by="month"),
            amount=Sum("due", filter=owing),
            last_paid=Max("month", filter=Q(payment__isnull=False)),
        )
    )
    told = {member: figures for member, *figures in rows}
    people = Member.objects.filter(pk__in=these).values_list("pk", "uid", "name", "pinyin", "branch")
    branches = Organisation.objects.in_bulk({branch for *_, branch in people})
    arrears = []
    for pk, uid, name, pinyin, branch in people:
        unpaid, amount, last_paid = told[pk]
        consecutive = consecutive_unpaid(unpaid, last_paid=last_paid)
        who = Debtor(pk, uid, name, pinyin, branches[branch])
        arrears.append(Arrear(member=who, months=tuple(unpaid), amount=amount, consecutive=consecutive, last_paid=last_paid))
    return sorted(arrears, key=lambda one: (-one.consecutive, one.member.branch.code, one.member.pinyin, one.member.pk))


def arrears_within(organisation: Organisation, *, today: date) -> list[Arrear]:
    return arrears_of(Member.objects.at_home().within(organisation), today=today)
