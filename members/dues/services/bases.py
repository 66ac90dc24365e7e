"""核定党费基数: from which month, of what kind, how much; one member or a whole branch in the same statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from branches.models import Organisation
from members.dues.models import Base, DueMonth, RateBand
from members.dues.models.bases import FIXED_KINDS
from members.dues.rules import band_for, base_faults, monthly_due, to_fen
from members.dues.services.locks import lock_branch, lock_members, refuse_strangers
from members.models import Member
from partyportal.core import audit
from partyportal.core.days import month_of
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@dataclass(frozen=True, kw_only=True)
class BaseLine:
    """What is said of one member: an income for those who pay a share of it, a monthly sum for the others."""

    kind: str
    amount: Decimal | None = None
    fixed: Decimal | None = None


@transaction.atomic
def set_bases(*, organisation: Organisation, lines: Mapping[int, BaseLine], start: date, by: User | None, today: date) -> int:
    """Set the bases of members (by id) of a branch from a month on, until the next that is set; returns how many changed.

    What is said already is left alone, so setting twice writes nothing. A month that is paid keeps what it cost: a base
    that would change it is refused.
    """
    branch = lock_branch(organisation)
    if start != month_of(start) or abs(start.year - today.year) > 1:
        raise DomainError("从哪个月起，写今年、去年或明年的一个月份。", field="start")
    members = lock_members(lines)
    refuse_strangers(members.values(), branch)
    bands = list(RateBand.objects.on(start))
    reckoned = {pk: _reckoned(members[pk], line, bands) for pk, line in lines.items()}
    held: dict[int, list[Base]] = {}
    for row in Base.objects.in_force().filter(member__in=members, year=start.year).order_by("start"):
        held.setdefault(row.member_id, []).append(row)
    now = timezone.now()
    new, superseded, ended = [], [], []
    for pk, (line, band, monthly) in reckoned.items():
        said = None if line.amount is None else str(to_fen(line.amount))
        fresh = Base(
            member_id=pk, year=start.year, start=start, kind=line.kind, amount=said, band=band, monthly=monthly, set_by=by, set_at=now
        )
        standing = _standing(held.get(pk, ()), start)
        if standing and (standing.kind, standing.amount, standing.band_id, standing.monthly) == (line.kind, said, band.pk, monthly):
            continue
        if standing is None:
            fresh.end = next((row.start for row in held.get(pk, ()) if row.start > start), None)
        elif standing.start == start:
            fresh.end = standing.end
            superseded.append(standing.pk)
        else:
            fresh.end = standing.end
            ended.append(standing.pk)
        new.append(fresh)
    _refuse_paid(new, members)
    Base.objects.filter(pk__in=superseded).update(superseded_at=now)
    Base.objects.filter(pk__in=ended).update(end=start)
    Base.objects.bulk_create(new, batch_size=1000)
    if len(new) == 1:
        one, member = new[0], members[new[0].member_id]
        before = _standing(held.get(member.pk, ()), start)
        changes = {"kind": [before and before.kind, one.kind], "monthly": [before and before.monthly, one.monthly]}
        audit.record("dues.base.set", one, by=by, path=branch.path, subject=member.uid, changes=changes, start=start)
    elif new:
        audit.record("dues.bases.set", branch, by=by, path=branch.path, organisation=branch.code, start=start, members=len(new))
    return len(new)


@transaction.atomic
def copy_from_last_year(organisation: Organisation, *, year: int, by: User | None, today: date) -> int:
    """照上年: whoever of the branch has no base this year keeps last year's last one, reckoned by this year's rates."""
    organisation = lock_branch(organisation)  # before anything is read: who sets a base meanwhile is not overwritten
    at_home = Member.objects.at_home().filter(branch=organisation)
    without = at_home.exclude(pk__in=Base.objects.in_force().filter(year=year).values("member"))
    last = Base.objects.in_force().filter(member__in=without, year=year - 1, end=None)
    lines = {
        base.member_id: BaseLine(kind=base.kind, fixed=base.monthly) if base.kind in FIXED_KINDS
        else BaseLine(kind=base.kind, amount=base.income)
        for base in last
    }  # fmt: skip
    if not lines:
        raise DomainError(f"没有可照上年的人：今年都核定了，或者 {year - 1} 年没有基数。")
    return set_bases(organisation=organisation, lines=lines, start=date(year, 1, 1), by=by, today=today)


def _reckoned(member: Member, line: BaseLine, bands: list[RateBand]) -> tuple[BaseLine, RateBand, Decimal]:
    """The line with its rate and its month; what cannot be is refused at its field."""
    takes_amount = line.kind not in FIXED_KINDS
    line = BaseLine(kind=line.kind, amount=line.amount if takes_amount else None, fixed=None if takes_amount else line.fixed)
    band = band_for(bands, kind=line.kind, amount=line.amount)
    for fault in base_faults(band, takes_amount=takes_amount, amount=line.amount, fixed=line.fixed):
        raise DomainError(f"{member.name}：{fault.message}", field=fault.field)
    monthly = monthly_due(band, amount=line.amount, fixed=line.fixed)
    if monthly <= 0:
        raise DomainError(f"{member.name}：按这个基数每月不到一分钱，核对一下单位是不是元。", field="amount")
    return line, band, monthly


def _standing(rows, start: date) -> Base | None:
    """The base that holds in a month."""
    return next((row for row in rows if row.start <= start and (row.end is None or row.end > start)), None)


def _refuse_paid(new: list[Base], members: dict[int, Member]) -> None:
    """A paid month keeps what it cost; it is taken back first, or the base starts after it."""
    if not new:
        return
    fresh = {base.member_id: base for base in new}
    paid = DueMonth.objects.paid().filter(member__in=fresh, year=new[0].year, month__gte=new[0].start).select_related("exemption")
    for row in paid.order_by("month"):
        base = fresh[row.member_id]
        asked = min(base.monthly, row.exemption.monthly) if row.exemption else base.monthly
        if (base.end is None or row.month < base.end) and row.paid != asked:
            name = members[row.member_id].name
            raise DomainError(
                f"{name} {row.month.month} 月的党费已经交了 {row.paid:.2f} 元。基数从还没交的月份起改，或者先冲正那一笔。", field="start"
            )
