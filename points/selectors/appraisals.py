"""年终清单: what a branch has before it at 民主评议, a row a member in order of name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from branches.models import Organisation
from members.models import Fact
from partyportal.core.days import quarter_words
from points.models import Entry, Item, Standing, Threshold
from points.selectors.grades import Graded, grades_of, grades_under
from points.settlement.grades import GradePeriod

ZERO = Decimal(0)
HONOURS = Q(kind__startswith="honour.") | Q(kind="manual.commendation")


@dataclass(frozen=True, kw_only=True)
class Appraised:
    """One member's year as the meeting reads it."""

    held: Graded
    quarters: list[Decimal]
    lists: list[str]  # 红榜 and 黄榜 of the quarters: 第一季度黄榜
    vetoes: list[str]
    honours: list[str]


def year_end(organisation: Organisation, year: int, *, today: date, by_points: bool = False, at: int = 0, limit: int | None = None):
    """(rows, how many there are) of a subtree: a dozen statements for any number of members."""
    page = grades_under(organisation, GradePeriod(year), today=today, by_points=by_points, at=at, limit=limit)
    ids = [held.member_id for held in page.rows]
    quarters = _quarters(ids, year)
    lists = _lists(ids, year, today)
    vetoes, honours = _told(ids, year, vetoes=True), _told(ids, year, vetoes=False)
    rows = [
        Appraised(
            held=held,
            quarters=[quarters.get((held.member_id, q), ZERO) for q in (1, 2, 3, 4)],
            lists=lists.get(held.member_id, []),
            vetoes=vetoes.get(held.member_id, []),
            honours=honours.get(held.member_id, []),
        )
        for held in page.rows
    ]
    return rows, page.count


def _quarters(ids: list[int], year: int) -> dict[tuple[int, int], Decimal]:
    rows = Standing.objects.filter(member__in=ids, year=year).values_list("member_id", "quarter").annotate(sum=Sum("points"))
    return {(member, quarter): points for member, quarter, points in rows}


def _lists(ids: Iterable[int], year: int, today: date) -> dict[int, list[str]]:
    """The quarters that have ended and put the member on a list. A running one is not judged yet."""
    found: dict[int, list[str]] = {}
    for quarter in (1, 2, 3, 4):
        period = GradePeriod(year, quarter)
        if period.last >= today:
            break
        for member, held in grades_of(ids, period, today=today).items():
            if held.on_list:
                found.setdefault(member, []).append(f"{quarter_words(quarter)}{Threshold.List(held.on_list).label}")
    return found


def _told(ids: list[int], year: int, *, vetoes: bool) -> dict[int, list[str]]:
    """The vetoes that took a year's points, or the honours of the year, in words."""
    facts = Fact.objects.standing().filter(member__in=ids, day__range=(date(year, 1, 1), date(year, 12, 31)))
    if vetoes:
        kinds = Item.objects.filter(is_veto=True).exclude(scheme__published_at=None).values("fact_kind")
        barred = Entry.objects.filter(member__in=ids, kind=Entry.Kind.VETO, day__range=(date(year, 1, 1), date(year, 12, 31)))
        facts = facts.filter(kind__in=kinds, member__in=barred.values("member"))
    else:
        facts = facts.filter(HONOURS)
    found: dict[int, list[str]] = {}
    for member, title, evidence in facts.order_by("day", "pk").values_list("member_id", "title", "evidence"):
        found.setdefault(member, []).append(f"{title}（{evidence}）" if evidence else title)
    return found
