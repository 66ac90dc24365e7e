"""政治生日 of a month: whose anniversary of joining it is, how many years, and whether it was kept."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import ExtractDay

from branches.models import Organisation
from members.care.visits.models import Birthday
from members.care.visits.rules import anniversary, stands_out, years_joined
from members.models import Member


@dataclass(frozen=True)
class Line:
    """One member's 政治生日 of a year."""

    member: Member
    on: date
    years: int
    kept: Birthday | None

    @property
    def stands_out(self) -> bool:
        return stands_out(self.years)


def in_month(members: QuerySet[Member], year: int, month: int) -> QuerySet[Member]:
    """Those who joined in that month of an earlier year and belong here, by day; suspended members have no organisation life."""
    rows = members.at_home().filter(joined_on__month=month, joined_on__year__lt=year, standing=Member.Standing.NORMAL)
    return rows.annotate(joined_day=ExtractDay("joined_on")).order_by("joined_day", "joined_on", "pinyin", "pk")


def narrowed(members: QuerySet[Member], year: int, show: str) -> QuerySet[Member]:
    """All, those whose years are a round number, or those nobody has kept yet."""
    if show == "round":
        return members.annotate(over=(year - F("joined_on__year")) % 10).filter(over=0)
    if show == "open":
        return members.exclude(pk__in=Birthday.objects.standing().filter(year=year).values("member"))
    return members


def lines(members: list[Member], year: int) -> list[Line]:
    """These members with their marks: one statement."""
    marks = Birthday.objects.standing().filter(member__in=members, year=year).select_related("recorded_by")
    kept = {mark.member_id: mark for mark in marks}
    return [
        Line(person, anniversary(person.joined_on, year), years_joined(person.joined_on, year), kept.get(person.pk)) for person in members
    ]


def next_of(member: Member, today: date) -> Line | None:
    """A member's own next 政治生日, today included; the year of joining has none."""
    year = today.year if anniversary(member.joined_on, today.year) >= today else today.year + 1
    year = max(year, member.joined_on.year + 1)
    return lines([member], year)[0]


def waiting(branches, *, today: date, every: int) -> list[tuple[int, int]]:
    """(branch, how many) whose 政治生日 of this month comes to a round number of years and has not been kept: one statement."""
    kept = Birthday.objects.standing().filter(year=today.year, member=OuterRef("pk"))
    rows = in_month(Member.objects.filter(branch__in=branches), today.year, today.month)
    rows = rows.annotate(over=(today.year - F("joined_on__year")) % every, kept=Subquery(kept.values("pk")[:1])).filter(over=0, kept=None)
    found: dict[int, int] = {}
    for branch in rows.order_by().values_list("branch_id", flat=True):
        found[branch] = found.get(branch, 0) + 1
    return sorted(found.items())


def of_branch(organisation: Organisation, user) -> QuerySet[Member]:
    """Members in sight within an organisation."""
    return Member.objects.visible_to(user).within(organisation)
