"""Schemes and facts in a line each."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils import timezone

from branches.models import Organisation
from members.models import Member
from members.services.facts import FactLine, record
from points.models import Category, Entry, Item, ItemGrade, Multiplier, MultiplierGrade, Scheme, Standing, Threshold
from points.settlement import Scope, Settlement, settle

YEAR = 2026


def make_scheme(
    organisation: Organisation,
    *items: dict,
    start=date(YEAR, 1, 1),
    categories: dict | None = None,
    total=None,
    version=1,
    multipliers: dict | None = None,
    thresholds: Iterable[dict] = (),
    published=True,
    **head,
) -> Scheme:
    """A scheme, published unless told otherwise; `head` are fields of its own, such as `floor`.

    `items` give what is not usual, `grades` of one as {code: value}; `categories` maps a code to (cap, period) or (cap, period, floor); `total` is (cap, period);
    `multipliers` maps a category's code, or "" for the total, to (fact kind, {grade: ratio}).
    """
    cap, period = total or (None, "")
    head |= {"organisation": organisation, "name": "积分办法", "version": version, "start": start, "cap": cap, "cap_period": period}
    scheme = Scheme.objects.create(**head)
    codes = dict.fromkeys(["life", *(categories or {}), *(item.get("category", "life") for item in items)])
    held = {}
    for at, code in enumerate(codes):
        cap, period, floor = (*((categories or {}).get(code) or (None, "")), None)[:3]
        held[code] = Category.objects.create(scheme=scheme, code=code, name=code, position=at, cap=cap, cap_period=period, floor=floor)
    for item in items:
        fields = {"code": "theme_day", "fact_kind": "meeting.theme_day", "value": Decimal(2)} | item
        grades = fields.pop("grades", {})
        fields |= {"name": fields["code"], "category": held[item.get("category", "life")]}
        made = Item.objects.create(scheme=scheme, **fields)
        ItemGrade.objects.bulk_create(ItemGrade(item=made, code=code, name=code, value=value) for code, value in grades.items())
    for code, (kind, ratios) in (multipliers or {}).items():
        multiplier = Multiplier.objects.create(scheme=scheme, category=held.get(code), name="系数", fact_kind=kind)
        MultiplierGrade.objects.bulk_create(
            MultiplierGrade(multiplier=multiplier, code=grade, name=grade, ratio=ratio) for grade, ratio in ratios.items()
        )
    Threshold.objects.bulk_create(Threshold(scheme=scheme, **threshold) for threshold in thresholds)
    if published:
        Scheme.objects.filter(pk=scheme.pk).update(published_at=timezone.now())
    return scheme


def deed(
    member: Member, day: date, *, key: str = "", kind="meeting.theme_day", units="1", branch=None, member_class="village", grade=""
) -> FactLine:
    return FactLine(
        key=key or f"test:{member.pk}:{kind}:{day}",
        kind=kind,
        member_id=member.pk,
        organisation_id=branch.pk if branch else member.branch_id,
        member_class=member_class,
        day=day,
        units=Decimal(units),
        title="主题党日",
        grade=grade,
    )


def happened(*deeds: FactLine) -> None:
    """The facts are on record; nothing is settled yet."""
    record(deeds, by=None)


def settled(*deeds: FactLine, members: Iterable[Member] | None = None, year: int = YEAR) -> Settlement:
    """Record and settle: the whole year, or some members of it."""
    record(deeds, by=None)
    return settle(Scope(year) if members is None else Scope.of((m.pk for m in members), year))


def standing_lines(member: Member | None = None) -> list[tuple]:
    """What stands, line by line: (kind, item code, category, day, points), the postings of a line added up."""
    sums: dict[tuple, Decimal] = {}
    rows = Entry.objects.filter(member=member) if member else Entry.objects.all()
    for entry in rows.select_related("item"):
        key = (Entry.Kind(entry.kind).name, entry.item.code if entry.item else "", entry.category, entry.day, entry.line)
        sums[key] = sums.get(key, Decimal(0)) + entry.points
    return sorted((*key[:4], points) for key, points in sums.items() if points)


def total(member: Member) -> Decimal:
    return sum((standing.points for standing in Standing.objects.filter(member=member)), Decimal(0))
