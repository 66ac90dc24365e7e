"""Where members belonged, and as what, on a given day: what every fact and every roll starts from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from branches.models import Organisation
from members.models import Affiliation, GroupMembership, Member, MemberClass, Office
from members.rules.ages import party_age, party_since, whole_years

# Of whom attendance is not expected (教育管理条例 Art23, 32): they may come, and then it counts.
NOT_EXPECTED = frozenset({MemberClass.Name.MOBILE, MemberClass.Name.EXEMPT})


class Place(NamedTuple):
    """A member's branch and class on a day."""

    organisation_id: int
    member_class: str


@dataclass(frozen=True, kw_only=True)
class OnRoll:
    """One member of an organisation on a day, as a roll needs them."""

    member_id: int
    uid: str
    name: str
    member_class: str
    birth_on: date
    joined_on: date
    full_on: date | None
    destination: str
    is_lost: bool
    office: str  # the first of the posts held in the branch that day, or ""
    day: date
    guest_of: str = ""  # on another branch's roll: the home branch, where what is attended counts
    hosted_at: str = ""  # on the home branch's roll: the branch that takes the member on
    excluded: str = ""  # why the branch, with its superior's knowledge, does not count the member (education sets it)

    @property
    def is_expected(self) -> bool:
        """Whether the member counts as 应到."""
        away = self.guest_of or self.hosted_at
        return not self.is_lost and self.member_class not in NOT_EXPECTED and not away and not self.excluded

    @property
    def is_in_committee(self) -> bool:
        """Whether the member belongs to the 支委会."""
        return bool(self.office) and self.office != Office.Position.GROUP_LEADER

    @property
    def office_label(self) -> str:
        return Office.Position(self.office).label if self.office else ""

    @property
    def is_probationary(self) -> bool:
        return self.full_on is None or self.full_on > self.day

    @property
    def age(self) -> int:
        return whole_years(self.birth_on, self.day)

    @property
    def standing_years(self) -> int:
        """党龄 in whole years on the day."""
        return party_age(party_since(self.joined_on, self.full_on), self.day) or 0


def roll_of(organisation: Organisation, day: date) -> list[OnRoll]:
    """Everybody who belonged to a 党支部 (or to one of its 党小组) on a day, by pinyin: one query.

    Those whose membership is suspended (停止党籍) have no organisation life and are not on it.
    """
    branch_id = organisation.parent_id if organisation.kind == Organisation.Kind.GROUP else organisation.pk
    affiliated = Affiliation.objects.on(day).filter(organisation=branch_id)
    if organisation.kind == Organisation.Kind.GROUP:
        in_group = GroupMembership.objects.on(day).filter(organisation=organisation)
        affiliated = affiliated.filter(member__in=in_group.values("member"))
    people = affiliated.values(person=Coalesce("member__merged_into", "member"))  # of merged files the one that is kept stands there
    return _lines(Member.objects.filter(pk__in=people).annotate(office=_office_on(day, branch_id, "pk"), guest_of=Value("")), day)


def guests_of(organisation: Organisation, member_ids: Iterable[int], day: date) -> list[OnRoll]:
    """These members as guests on another branch's roll, each with the branch they belonged to that day: one query.

    Who belonged nowhere, or to this very branch, that day is left out.
    """
    home = Affiliation.objects.on(day).filter(member=OuterRef("pk")).exclude(organisation=organisation)
    guests = Member.objects.filter(pk__in=list(member_ids)).annotate(
        office=Value(""), guest_of=Subquery(home.values("organisation__short_name")[:1])
    )
    return _lines(guests.exclude(guest_of=None), day)


def _lines(people: QuerySet, day: date) -> list[OnRoll]:
    rows = (
        people.exclude(standing=Member.Standing.SUSPENDED)
        .annotate(member_class=_class_on(day, "pk"), lost=Q(is_lost=True, lost_on__lte=day))
        .order_by("pinyin", "pk")
    )
    columns = ("pk", "uid", "name", "member_class", "birth_on", "joined_on", "full_on", "destination", "lost", "office", "guest_of")
    return [
        OnRoll(
            member_id=row["pk"],
            uid=str(row["uid"]),
            name=row["name"],
            member_class=row["member_class"] or "",
            birth_on=row["birth_on"],
            joined_on=row["joined_on"],
            full_on=row["full_on"],
            destination=row["destination"],
            is_lost=bool(row["lost"]),
            office=row["office"] or "",
            day=day,
            guest_of=row["guest_of"],
        )
        for row in rows.values(*columns)
    ]


def places_on(member_ids: Iterable[int], day: date) -> dict[int, Place]:
    """Each member's branch and class on a day, in one query; who belonged nowhere that day is left out.

    A member whose class was not yet kept then (a first import opens it later) has the earliest one known.
    """
    rows = (
        Affiliation.objects.on(day)
        .filter(member__in=list(member_ids))
        .annotate(member_class=_class_on(day, "member_id"))
        .values_list("member_id", "organisation_id", "member_class")
    )
    return {member: Place(organisation, name or MemberClass.Name.VILLAGE) for member, organisation, name in rows}


def _class_on(day: date, member: str) -> Subquery:
    """The class in force on the day; where none was kept for it, the earliest one known."""
    in_force = Q(start__lte=day) & (Q(end=None) | Q(end__gt=day))
    rank = Case(When(in_force, then=Value(0)), default=Value(1), output_field=IntegerField())
    known = MemberClass.objects.filter(member=OuterRef(member)).annotate(rank=rank)
    return Subquery(known.order_by("rank", "start").values("name")[:1])


def _office_on(day: date, organisation_id: int, member: str) -> Subquery:
    """The highest post held in the organisation on the day, in the order the positions are listed."""
    rank = Case(*(When(position=value, then=Value(at)) for at, value in enumerate(Office.Position.values)), output_field=IntegerField())
    held = Office.objects.on(day).filter(member=OuterRef(member), organisation=organisation_id).annotate(rank=rank)
    return Subquery(held.order_by("rank").values("position")[:1])
