"""Who pays on what base: a branch by member, anything above by branch, and the rates themselves."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count

from branches.models import Organisation
from members.dues.models import Base, RateBand
from members.models import Member
from partyportal.core.days import month_of

NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class PayerBase:
    """A member with the base that holds now, or at the year's end for another year."""

    uid: str
    name: str
    post: str
    base: Base | None


@dataclass(frozen=True, kw_only=True)
class PlaceBases:
    """A branch and how many of its members have a base."""

    organisation: Organisation
    members: int
    lacking: int


def of_branch(branch: Organisation, year: int, *, today: date) -> list[PayerBase]:
    """Everybody at home in the branch, those without a base first: two statements."""
    month = month_of(today) if year == today.year else date(year, 12, 1) if year < today.year else date(year, 1, 1)
    members = list(
        Member.objects.at_home().filter(branch=branch, standing=Member.Standing.NORMAL).only("uid", "name", "post").order_by("pinyin", "id")
    )
    held = {base.member_id: base for base in Base.objects.of_month(month).filter(member__in=members).select_related("band")}
    lines = [PayerBase(uid=str(m.uid), name=m.name, post=m.post, base=held.get(m.pk)) for m in members]
    return sorted(lines, key=lambda line: line.base is not None)


def by_branch(organisation: Organisation, year: int) -> list[PlaceBases]:
    """The branches of a subtree with their members and who lacks a base: three statements."""
    branches = Organisation.objects.branches().existing().within(organisation).order_by("code")
    members = Member.objects.at_home().filter(standing=Member.Standing.NORMAL).within(organisation).order_by()
    counts = dict(members.values("branch").annotate(count=Count("pk")).values_list("branch", "count"))
    without = members.exclude(pk__in=Base.objects.in_force().filter(year=year).values("member"))
    lacking = dict(without.values("branch").annotate(count=Count("pk")).values_list("branch", "count"))
    return [PlaceBases(organisation=b, members=counts.get(b.pk, 0), lacking=lacking.get(b.pk, 0)) for b in branches]


def told_of(member: Member, year: int) -> PayerBase:
    """One member with the last base of the year."""
    base = Base.objects.in_force().filter(member=member, year=year).select_related("band").order_by("-start").first()
    return PayerBase(uid=str(member.uid), name=member.name, post=member.post, base=base)


def bands_on(day: date) -> list[RateBand]:
    return list(RateBand.objects.on(day))
