"""Members as a call's conditions see them: sanctions, 党籍, 党龄 and the year's points, for one or for fifty alike."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from branches.models import Organisation
from members.models import Affiliation, Member, Sanction, Suspension
from members.rules.ages import party_age
from members.selectors.days import Place, places_on
from partyportal.core.parameters import value_on
from points.honours import rules
from points.honours.models import Call
from points.honours.parameters import POSTHUMOUS_DAYS
from points.models import Standing


def points_of(member_ids: Iterable[int], year: int | None) -> dict[int, Decimal]:
    """Each member's points of a year, from the standings: one statement; none without a year."""
    if not year:
        return {}
    rows = Standing.objects.filter(member__in=list(member_ids), year=year).values("member").annotate(points=Sum("points"))
    return dict(rows.values_list("member", "points"))


def died_by(member_ids: Iterable[int], day: date) -> dict[int, date]:
    """The last day of each who had died by a day, as a member here: one statement."""
    rows = Affiliation.objects.filter(member__in=list(member_ids), end=F("member__left_on"), end_reason=Affiliation.EndReason.DIED)
    last_days = {member: away - timedelta(days=1) for member, away in rows.values_list("member", "end")}
    return {member: died_on for member, died_on in last_days.items() if died_on <= day}


def places_of(member_ids: Iterable[int], day: date) -> dict[int, Place]:
    """Branch and class of each on a day; of who had died by then, those of their last day."""
    ids = list(member_ids)
    died = died_by(ids, day)
    places = places_on([pk for pk in ids if pk not in died], day)
    for last in set(died.values()):
        places |= places_on([pk for pk, died_on in died.items() if died_on == last], last)
    return places


def nominees(branch: Organisation, call: Call) -> QuerySet[Member]:
    """Whom a branch may put forward under a call: its members, and those who died as such not too long ago."""
    since = call.issued_on - timedelta(days=value_on(call.issued_on, POSTHUMOUS_DAYS))
    died = Affiliation.objects.filter(
        organisation=branch, end=F("member__left_on"), end_reason=Affiliation.EndReason.DIED, end__gt=since
    ).values("member")
    return Member.objects.filter(Q(left_on=None, branch=branch) | Q(pk__in=died)).order_by("pinyin", "id").defer("id_number")


def candidates(call: Call, members: Iterable[Member], day: date) -> dict[int, rules.Candidate]:
    """Each member on a day, the dead on their last: four statements, whatever their number; five where somebody died."""
    rows = list(members)
    ids = [member.pk for member in rows]
    died = died_by(ids, day)
    asked_on = dict.fromkeys(ids, day) | died
    days = value_on(call.issued_on, POSTHUMOUS_DAYS) if died else 0
    punished: dict[int, list[str]] = {}
    for sanction in Sanction.objects.filter(member__in=ids).order_by("start"):
        if _holds(sanction, asked_on[sanction.member_id]):
            punished.setdefault(sanction.member_id, []).append(sanction.get_kind_display())
    held = Suspension.objects.filter(member__in=died) if died else ()
    suspended = {one.member_id for one in held if _holds(one, died[one.member_id])}  # 停止党籍 ends with a death on paper
    points = points_of(ids, call.points_year)
    return {
        member.pk: rules.Candidate(
            at_home=member.left_on is None or member.left_on > day or member.pk in died,
            suspended=member.standing == Member.Standing.SUSPENDED or member.pk in suspended,
            full=member.full_on is not None and member.full_on <= asked_on[member.pk],
            years=party_age(member.party_since, asked_on[member.pk]),
            sanctions=tuple(punished.get(member.pk, ())),
            points=points.get(member.pk),
            died_on=died.get(member.pk),
            long_dead=member.pk in died and not rules.may_be_posthumous(died[member.pk], call.issued_on, days=days),
        )
        for member in rows
    }


def _holds(row: Sanction | Suspension, day: date) -> bool:
    return row.start <= day and (row.end is None or row.end > day)


def bars_of(call: Call, members: Iterable[Member], day: date) -> dict[int, list[str]]:
    """Why each may not be honoured under the call; an empty list for whom nothing speaks against."""
    return {pk: rules.bars(call.conditions, candidate) for pk, candidate in candidates(call, members, day).items()}
