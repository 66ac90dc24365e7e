"""应走访: the rounds there are, how far each has come under an organisation, and the names behind a number."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from branches.models import Organisation
from members.care.visits.models import Occasion, Round, Visit, VisitDue
from members.care.visits.rules import first_day, last_day
from members.models import Member

KEPT_IN_VIEW = timedelta(days=60)  # a round that is over stays on the page so long
SHOWS = (("", "全部"), ("open", "还没走访"), ("done", "走访过"), ("waived", "不用走访"))


@dataclass(frozen=True)
class Coverage:
    """How far a round has come in one organisation."""

    round: Round
    owed: int
    done: int

    @property
    def left(self) -> int:
        return self.owed - self.done


@dataclass(frozen=True)
class Below:
    """How far it has come in one organisation below."""

    code: str
    name: str
    owed: int
    done: int

    @property
    def left(self) -> int:
        return self.owed - self.done


@dataclass(frozen=True)
class Coming:
    """An occasion as the county keeps it: its next day, the days a round of it would have, and the round if it was opened."""

    occasion: Occasion
    festival: date | None
    start: date | None
    due_on: date | None
    opened: Round | None


def rounds_in_view(today: date) -> list[Round]:
    """The rounds under way and those just over, latest first: one statement."""
    return list(Round.objects.filter(due_on__gte=today - KEPT_IN_VIEW).select_related("occasion").order_by("-due_on", "-pk"))


def rounds_to_record(today: date) -> QuerySet[Round]:
    """The rounds a call may still count in."""
    return Round.objects.filter(start__lte=today, due_on__gte=today - KEPT_IN_VIEW).select_related("occasion").order_by("-due_on", "-pk")


def with_state(rows: QuerySet[VisitDue]) -> QuerySet[VisitDue]:
    """Each with the day somebody was there and the call it was (None while nobody has been)."""
    call = Visit.objects.standing().filter(due=OuterRef("pk"))
    return rows.annotate(done_on=Subquery(call.values("outing__day")[:1]), done_by=Subquery(call.values("uid")[:1]))


_DONE = Q(done_on__isnull=False)
_OWED = _DONE | Q(waived_on=None, member__left_on=None)


def seen(user, *, within: Organisation | None) -> QuerySet[VisitDue]:
    """The items the user may see by verb, under an organisation."""
    rows = VisitDue.objects.where(user, "care.see")
    return with_state(rows.within(within) if within else rows)


def coverage(user, rounds: list[Round], *, within: Organisation) -> list[Coverage]:
    """How far each round has come: one statement."""
    rows = seen(user, within=within).filter(round__in=rounds).order_by().values("round")
    told = {row["round"]: row for row in rows.annotate(owed=Count("pk", filter=_OWED), done=Count("pk", filter=_DONE))}
    nothing = {"owed": 0, "done": 0}
    return [Coverage(one, *(told.get(one.pk, nothing)[name] for name in ("owed", "done"))) for one in rounds]


def below(user, round: Round, *, under: Organisation) -> list[Below]:
    """How the organisations directly under one share a round, by code: two statements."""
    children = list(Organisation.objects.filter(parent=under).exclude(kind=Organisation.Kind.GROUP).order_by("code"))
    if not children:
        return []
    which = Case(
        *(When(organisation__path__startswith=child.path, then=Value(child.pk)) for child in children), output_field=IntegerField()
    )
    rows = seen(user, within=under).filter(round=round).annotate(child=which).order_by().values("child")
    told = {row["child"]: row for row in rows.annotate(owed=Count("pk", filter=_OWED), done=Count("pk", filter=_DONE))}
    return [Below(child.code, child.short_name, told[child.pk]["owed"], told[child.pk]["done"]) for child in children if child.pk in told]


def listed(user, round: Round, *, within: Organisation, show: str, why: str, text: str) -> QuerySet[VisitDue]:
    """The names behind a number: those nobody has been to first."""
    rows = seen(user, within=within).filter(round=round)
    if show == "open":
        rows = rows.filter(done_on=None, waived_on=None, member__left_on=None)
    elif show == "done":
        rows = rows.filter(_DONE)
    elif show == "waived":
        rows = rows.filter(Q(done_on=None) & (Q(waived_on__isnull=False) | Q(member__left_on__isnull=False)))
    if why:
        rows = rows.filter(why__contains=[why])
    if text:
        rows = rows.filter(member__in=Member.objects.visible_to(user).matching(text).order_by().values("pk"))
    rank = Case(
        When(_DONE, then=Value(1)),
        When(Q(waived_on__isnull=False) | Q(member__left_on__isnull=False), then=Value(2)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = rows.annotate(rank=rank).select_related("member__branch", "organisation", "owed_by", "round__occasion", "waived_by")
    return rows.defer("member__id_number").order_by("rank", "organisation__code", "member__pinyin", "pk")


def coming(today: date) -> list[Coming]:
    """Every occasion with its next festival: what the county opens next. Three statements."""
    opened = {(one.occasion_id, one.year): one for one in Round.objects.select_related("occasion")}
    found = []
    for occasion in Occasion.objects.prefetch_related("festivals"):
        festival = next_festival(occasion, today)
        if festival is None:
            found.append(Coming(occasion, None, None, None, None))
            continue
        due_on = last_day(festival, before=occasion.before)
        one = opened.get((occasion.pk, festival.year))
        found.append(Coming(occasion, festival, first_day(due_on, occasion.days), due_on, one))
    return found


def next_festival(occasion: Occasion, today: date) -> date | None:
    """The next day of the occasion whose round is not over yet; None where nobody has said on which day it falls."""
    days = [festival.on for festival in occasion.festivals.all()]
    if occasion.month:
        days += [date(year, occasion.month, occasion.day) for year in (today.year, today.year + 1)]
    return min((day for day in days if last_day(day, before=occasion.before) >= today), default=None)
