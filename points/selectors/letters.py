"""季度积分告知书: a member's quarter on one sheet. What was recorded, what it was worth, what caps left out, what it comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from branches.models import Organisation
from members.models import Affiliation, Member
from points.models import Entry, Standing
from points.selectors.explanations import Line, background_of, explained
from points.selectors.grades import Graded, grades_of
from points.selectors.published import Published, published_quarters
from points.settlement.grades import GradePeriod

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What an item brought in the quarter."""

    name: str
    article: str
    times: int
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One member's quarter."""

    member: Member
    period: GradePeriod
    recorded: list[Recorded]
    adjusted: list[Line]
    corrections: int  # lines of the quarter that were corrected since they were first posted
    points: Decimal
    to_date: Decimal
    grade: Graded | None
    published: Published | None

    @property
    def is_empty(self) -> bool:
        return not self.recorded and not self.adjusted


def letters_of(branch: Organisation, period: GradePeriod, *, today: date) -> list[Letter]:
    """Everybody's letter who belonged to the branch on the quarter's last day, by name: as many statements for one as for a hundred."""
    belong = Affiliation.objects.on(min(period.last, today)).filter(organisation=branch).values("member")
    members = Member.objects.filter(pk__in=belong, merged_into=None).exclude(standing=Member.Standing.SUSPENDED)
    return _letters(list(members.order_by("pinyin", "pk").defer("id_number")), period, today)


def letter_of(member: Member, period: GradePeriod, *, today: date) -> Letter:
    (letter,) = _letters([member], period, today)
    return letter


def _letters(members: list[Member], period: GradePeriod, today: date) -> list[Letter]:
    ids = [member.pk for member in members]
    entries = Entry.objects.filter(member__in=ids, day__range=(period.first, period.last))
    recorded, corrections = _recorded(entries), _corrections(entries)
    adjustments = list(
        entries.exclude(kind=Entry.Kind.FACT).select_related("item__scheme", "item__category", "organisation").order_by("pk")
    )
    adjusted = _adjusted(adjustments, period.year)
    sums = {
        member: (alone or ZERO, to_date or ZERO)
        for member, alone, to_date in Standing.objects.filter(member__in=ids, year=period.year)
        .values_list("member_id")
        .annotate(alone=Sum("points", filter=Q(quarter=period.quarter)), to_date=Sum("points", filter=Q(quarter__lte=period.quarter)))
    }
    grades = grades_of(ids, period, today=today)
    published = published_quarters(ids, period.year)
    return [
        Letter(
            member=member,
            period=period,
            recorded=recorded.get(member.pk, []),
            adjusted=adjusted.get(member.pk, []),
            corrections=corrections.get(member.pk, 0),
            points=sums.get(member.pk, (ZERO, ZERO))[0],
            to_date=sums.get(member.pk, (ZERO, ZERO))[1],
            grade=grades.get(member.pk),
            published=next((one for one in published.get(member.pk, []) if one.quarter == period.quarter), None),
        )
        for member in members
    ]


def _recorded(entries) -> dict[int, list[Recorded]]:
    """Item by item in the order of the rules; a line that was corrected to nothing counts no more."""
    lines = (
        entries.filter(kind=Entry.Kind.FACT)
        .order_by()
        .values("member_id", "line", "item__category__position", "item__code", "item__name", "item__article")
        .annotate(worth=Sum("points"))
        .exclude(worth=0)
    )
    rows: dict[tuple, Recorded] = {}
    for line in lines:
        key = (line["member_id"], line["item__category__position"], line["item__code"])
        before = rows.get(key)
        rows[key] = Recorded(
            name=line["item__name"],
            article=line["item__article"],
            times=(before.times if before else 0) + 1,
            points=(before.points if before else ZERO) + line["worth"],
        )
    found: dict[int, list[Recorded]] = {}
    for key in sorted(rows):
        found.setdefault(key[0], []).append(rows[key])
    return found


def _corrections(entries) -> dict[int, int]:
    rows = entries.filter(kind=Entry.Kind.FACT, posting__gt=1).order_by().values_list("member_id").annotate(n=Count("line", distinct=True))
    return dict(rows)


def _adjusted(adjustments: Iterable[Entry], year: int) -> dict[int, list[Line]]:
    """What stands of the quarter's adjustments, in words."""
    by_member: dict[int, list[Entry]] = {}
    for entry in adjustments:
        by_member.setdefault(entry.member_id, []).append(entry)
    background = background_of(adjustments, year)
    told = {member: sorted(explained(rows, background), key=lambda line: (line.kind, line.day)) for member, rows in by_member.items()}
    return {member: lines for member, lines in told.items() if lines}
