"""A month of dues, of a branch by member and of anything above by organisation; every sum opens into the rows it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from branches.models import Organisation
from members.dues.models import Base, DueMonth
from members.dues.parameters import BACK_PAY_MONTHS
from members.dues.rules import earliest_payable, month_words
from members.models import Member
from partyportal.core.parameters import value_on

NOTHING = Decimal(0)
OWING, PAID, WAITING, EXEMPT = "owing", "paid", "waiting", "exempt"
STATES = [("", "全部"), (OWING, "未交"), (PAID, "已交"), (WAITING, "待核对"), (EXEMPT, "免交")]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What stands of a month (or several): member-months and money."""

    months: int = 0
    due_total: Decimal = NOTHING
    paid_months: int = 0
    paid_total: Decimal = NOTHING
    owing_months: int = 0
    owing_total: Decimal = NOTHING
    exempt_months: int = 0
    waiting_months: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})

    @property
    def share(self) -> Decimal | None:
        """Of the members who have to pay, how many did: a share of one, None where nobody has to."""
        payers = self.months - self.exempt_months
        return Decimal(self.paid_months) / payers if payers else None


@dataclass(frozen=True, kw_only=True)
class PayerLine:
    """One member of a branch in a month: what is due, since when, and what one press would record."""

    uid: str
    name: str
    state: str  # one of STATES, or "none": no base yet
    due: Decimal | None
    paid_on: date | None
    is_waiting: bool
    owed_months: tuple[date, ...] = ()
    owed: Decimal = NOTHING
    older: int = 0  # unpaid months further back than may be paid
    member_id: int = 0

    @property
    def owed_words(self) -> str:
        return month_words(self.owed_months)


@dataclass(frozen=True, kw_only=True)
class BranchMonth:
    """A branch's month as its page needs it."""

    lines: list[PayerLine] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)
    unassessed: int = 0

    def shown(self, state: str, text: str) -> list[PayerLine]:
        return [line for line in self.lines if (not state or _fits(line, state)) and (not text or text in line.name)]

    @property
    def payable(self) -> list[PayerLine]:
        """Whom one press would record."""
        return [line for line in self.lines if line.owed]

    @property
    def payable_total(self) -> Decimal:
        return sum((line.owed for line in self.payable), NOTHING)


def _fits(line: PayerLine, state: str) -> bool:
    return line.is_waiting if state == WAITING else line.state == state


def sums_of(rows: QuerySet) -> Sums:
    """One statement over due months."""
    return Sums(**rows.aggregate(**DueMonth.objects.sums()))


def in_state(rows: QuerySet, state: str) -> QuerySet:
    """The due months in one of STATES, as the sums count them."""
    return {
        OWING: lambda: rows.owing(),
        PAID: lambda: rows.paid(),
        WAITING: lambda: rows.filter(collection_state="recorded"),
        EXEMPT: lambda: rows.filter(payment=None, due=0),
    }.get(state, lambda: rows)()


def unassessed(members: QuerySet, month: date) -> QuerySet:
    """Who should have a base in a month and has none: nobody can know what they owe."""
    return members.at_home().filter(standing=Member.Standing.NORMAL).exclude(pk__in=Base.objects.of_month(month).values("member"))


def people(counted: QuerySet, *, state: str, text: str) -> QuerySet:
    """The member-months behind a number, of those that were counted in it."""
    rows = in_state(counted, state)
    if text:
        rows = rows.filter(member__in=Member.objects.matching(text))
    return (
        rows.select_related("member", "organisation", "payment")
        .defer("member__id_number")
        .order_by("organisation__code", "member__pinyin", "member_id")
    )


def branch_month(branch: Organisation, month: date, *, today: date) -> BranchMonth:
    """A branch's month: whose it was on its last day, what each owes up to it, and who has no base. Five statements."""
    lines = {row.member_id: row for row in people(DueMonth.objects.of_month(month).filter(organisation=branch), state="", text="")}
    owed = owed_up_to(Member.objects.at_home().filter(branch=branch), month, today=today)
    lacking = list(unassessed(Member.objects.filter(branch=branch), month).only("uid", "name").order_by("pinyin", "id"))
    first = earliest_payable(today, back_pay_months=value_on(today, BACK_PAY_MONTHS))
    told = []
    for pk, row in lines.items():
        rows = owed.pop(pk, ())
        told.append(_line(row.member, row, rows, first))
    for rows in owed.values():  # of the branch now, though the month was another's or nothing was due in it
        told.append(_line(rows[0].member, None, rows, first))
    told += [
        PayerLine(uid=str(m.uid), name=m.name, state="none", due=None, paid_on=None, is_waiting=False, member_id=m.pk) for m in lacking
    ]
    sums = sums_of(DueMonth.objects.of_month(month).filter(organisation=branch))
    return BranchMonth(lines=told, sums=sums, unassessed=len(lacking))


def owed_up_to(members: QuerySet, month: date, *, today: date) -> dict[int, list[DueMonth]]:
    """What each of the members owes up to a month, oldest first, by member id."""
    # Named by id: as a query of its own it would be joined only after everybody's months, and a branch's page cost two seconds.
    named = list(members.order_by().values_list("pk", flat=True))
    rows = DueMonth.objects.owing().filter(member__in=named, year__gte=today.year - 1, year__lte=month.year, month__lte=month)
    owed: dict[int, list[DueMonth]] = {}
    for row in rows.select_related("member").defer("member__id_number").order_by("member__pinyin", "member_id", "month"):
        owed.setdefault(row.member_id, []).append(row)
    return owed


def _line(member: Member, row: DueMonth | None, owed: Iterable[DueMonth], first: date) -> PayerLine:
    payable = [one for one in owed if one.month >= first]
    state = OWING if row is None or (row.payment_id is None and row.due) else EXEMPT if row.payment_id is None else PAID
    return PayerLine(
        uid=str(member.uid),
        name=member.name,
        state=state,
        due=row.due if row and row.payment_id is None else row.paid if row else None,
        paid_on=row.payment.day if row and row.payment_id else None,
        is_waiting=bool(row and row.collection_state == "recorded"),
        owed_months=tuple(one.month for one in payable),
        owed=sum((one.due for one in payable), NOTHING),
        older=len(list(owed)) - len(payable),
        member_id=member.pk,
    )
