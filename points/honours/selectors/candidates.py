"""Members as a call's conditions see them: sanctions, 党籍, 党龄 and the year's points, for one or for fifty alike."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from members.models import Member, Sanction
from members.rules.ages import party_age
from points.honours import rules
from points.honours.models import Call
from points.models import Standing


def points_of(member_ids: Iterable[int], year: int | None) -> dict[int, Decimal]:
    """Each member's points of a year, from the standings: one statement; none without a year."""
    if not year:
        return {}
    rows = Standing.objects.filter(member__in=list(member_ids), year=year).values("member").annotate(points=Sum("points"))
    return dict(rows.values_list("member", "points"))


def candidates(call: Call, members: Iterable[Member], day: date) -> dict[int, rules.Candidate]:
    """Each member on a day: two statements, whatever their number."""
    rows = list(members)
    ids = [member.pk for member in rows]
    punished: dict[int, list[str]] = {}
    for sanction in Sanction.objects.on(day).filter(member__in=ids).order_by("start"):
        punished.setdefault(sanction.member_id, []).append(sanction.get_kind_display())
    points = points_of(ids, call.points_year)
    return {
        member.pk: rules.Candidate(
            at_home=member.left_on is None or member.left_on > day,
            suspended=member.standing == Member.Standing.SUSPENDED,
            full=member.full_on is not None and member.full_on <= day,
            years=party_age(member.party_since, day),
            sanctions=tuple(punished.get(member.pk, ())),
            points=points.get(member.pk),
        )
        for member in rows
    }


def bars_of(call: Call, members: Iterable[Member], day: date) -> dict[int, list[str]]:
    """Why each may not be honoured under the call; an empty list for whom nothing speaks against."""
    return {pk: rules.bars(call.conditions, candidate) for pk, candidate in candidates(call, members, day).items()}
