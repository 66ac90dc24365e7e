"""办事登记 as lists: what is asked for, by state, kind, station and member."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, F, Q, QuerySet

from branches.models import Organisation
from members.care.stations.models import RequestKind, ServiceRequest, Station
from members.models import Member

STATES = {"open": "在办", "late": "过期未办结", "done": "办结", "withdrawn": "不办了"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What of the list is asked for."""

    state: str = ""
    kind: RequestKind | None = None
    station: Station | None = None
    within: Organisation | None = None
    text: str = ""


def listed(seen: QuerySet, asked: Asked, *, today: date) -> QuerySet:
    """The requests asked for: what is open first, oldest due first; then the latest done."""
    found = seen
    if asked.state == "late":
        found = found.open().filter(due_on__lt=today)
    elif asked.state in ServiceRequest.State.values:
        found = found.filter(state=asked.state)
    if asked.kind is not None:
        found = found.filter(kind=asked.kind)
    if asked.station is not None:
        found = found.filter(station=asked.station)
    if asked.within is not None:
        found = found.within(asked.within)
    if asked.text:
        found = found.filter(member__in=Member.objects.matching(asked.text).order_by().values("pk"))
    found = found.select_related("station__organisation", "kind", "member", "taken_by").defer("member__id_number")
    return found.order_by(F("finished_on").desc(nulls_first=True), "due_on", "id")


@dataclass(frozen=True)
class Counts:
    """What the head of the list says: open, late, done this year, and the mean days of those."""

    open: int
    late: int
    done: int
    days: float | None


def counts(seen: QuerySet, *, today: date) -> Counts:
    """One statement."""
    this_year = Q(state="done", finished_on__year=today.year)
    row = seen.order_by().aggregate(
        open=Count("pk", filter=Q(state="open")),
        late=Count("pk", filter=Q(state="open", due_on__lt=today)),
        done=Count("pk", filter=this_year),
        days=Avg(F("finished_on") - F("taken_on"), filter=this_year),
    )
    days = row.pop("days")
    return Counts(**row, days=None if days is None else float(getattr(days, "days", days)) + (getattr(days, "seconds", 0) / 86400))
