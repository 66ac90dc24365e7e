"""Illness and bereavement: a condition recorded means a call within some days; the first call since then settles it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from branches.models import Organisation
from members.care.models import Condition
from members.care.rules.conditions import BEREAVED, ILLNESS
from members.care.visits.models import Outing, Visit
from members.care.visits.rules import event_due_on
from members.models import Member

EVENTS = {ILLNESS: "重病住院", BEREAVED: "家有丧事"}
AS_KIND = {ILLNESS: Outing.Kind.ILLNESS, BEREAVED: Outing.Kind.BEREAVED}


@dataclass(frozen=True)
class Event:
    """One condition that calls for a visit: since when, by when, and the first call made."""

    condition: Condition
    since: date
    due_on: date
    done_on: date | None
    done_by: str | None


def rows(conditions: QuerySet[Condition]) -> QuerySet[Condition]:
    """Conditions of such kinds with the day they were known (a past one told late is counted from the day it was told) and the first call since."""
    calls = Visit.objects.standing().filter(member=OuterRef("member"), outing__day__gte=OuterRef("start")).order_by("outing__day", "pk")
    known = Greatest("start", TruncDate("recorded_at", tzinfo=timezone.get_default_timezone()))
    return (
        conditions.standing()
        .filter(kind__in=EVENTS, member__left_on=None)
        .annotate(since=known, done_on=Subquery(calls.values("outing__day")[:1]), done_by=Subquery(calls.values("uid")[:1]))
    )


def waiting(conditions: QuerySet[Condition]) -> QuerySet[Condition]:
    """Those nobody has been to see: while the condition stands."""
    return rows(conditions).filter(done_on=None, end=None)


def kind_for(member: Member) -> str:
    """For what somebody is most likely called on now: what was recorded of them and waits, else nothing in particular."""
    kind = waiting(Condition.objects.filter(member=member)).order_by("since", "pk").values_list("kind", flat=True).first()
    return AS_KIND[kind] if kind else Outing.Kind.CALL


def seen(user, *, within: Organisation | None) -> QuerySet[Condition]:
    found = Condition.objects.where(user, "care.see")
    return found.within(within) if within else found


def counts(user, *, within: Organisation) -> dict[str, int]:
    """How many of each kind wait for a call: one statement."""
    found: dict[str, int] = dict.fromkeys(EVENTS, 0)
    for kind in waiting(seen(user, within=within)).order_by().values_list("kind", flat=True):
        found[kind] += 1
    return found


def listed(user, kind: str, *, within: Organisation, show: str, text: str) -> QuerySet[Condition]:
    """The names behind the number: those nobody has been to first, the oldest first."""
    found = rows(seen(user, within=within).filter(kind=kind))
    if show == "open":
        found = found.filter(done_on=None, end=None)
    elif show == "done":
        found = found.filter(done_on__isnull=False)
    else:
        found = found.exclude(done_on=None, end__isnull=False)  # it passed before anybody came: nothing is owed and nothing was done
    if text:
        found = found.filter(member__in=Member.objects.visible_to(user).matching(text).order_by().values("pk"))
    found = found.select_related("member__branch").defer("member__id_number", "proof")
    return found.order_by("-done_on" if show == "done" else "done_on", "since", "pk") if show else found.order_by("-since", "pk")


def event_of(condition: Condition, *, days: int) -> Event:
    return Event(condition, condition.since, event_due_on(condition.since, days), condition.done_on, condition.done_by)
