"""Rows of 走访帮扶 for tests: by the services where they decide something."""

from datetime import date, timedelta

from django.utils import timezone

from members.care.models import Condition
from members.care.visits.models import Birthday, Occasion, Outing, Pair, Round, VisitDue
from members.care.visits.services import birthdays, outings, pairs


def make_round(*, start: date | None = None, due_on: date | None = None, code: str = "spring") -> Round:
    today = timezone.localdate()
    start, due_on = start or today - timedelta(days=5), due_on or today + timedelta(days=20)
    held = Occasion.objects.get(code=code)
    return Round.objects.get_or_create(
        occasion=held, year=due_on.year, defaults={"start": start, "due_on": due_on, "criteria": held.criteria}
    )[0]


def make_due(person, *, round: Round | None = None, why=("eighty",), owed_by=None) -> VisitDue:
    one = round or make_round()
    return VisitDue.objects.create(
        round=one, member=person, organisation=person.branch, owed_by=owed_by or person.branch, why=list(why), since=one.start
    )


def make_ill(person, *, kind: str = "illness", start: date | None = None) -> Condition:
    return Condition.objects.create(member=person, kind=kind, start=start or timezone.localdate(), recorded_at=timezone.now())


def make_outing(branch, members, *, by, kind: str = "call", day: date | None = None, today: date | None = None, **said) -> Outing:
    today = today or timezone.localdate()
    if not said.get("goers"):
        said["companions"] = said.get("companions") or "镇民政办"
    return outings.record_outing(
        organisation=branch, kind=kind, day=day or today, members=members, goers=said.pop("goers", ()), today=today, by=by, **said
    )


def make_pair(person, *, helper=None, helping=None, start: date | None = None, every: int = 3, by=None, today: date | None = None) -> Pair:
    today = today or timezone.localdate()
    said = {"purpose": "帮着看病、代买药", "every_months": every, "start": start or today - timedelta(days=30), "today": today}
    return pairs.make_pair(member=person, helper=helper, helping=helping, by=by, **said)


def make_birthday(person, *, by=None) -> Birthday:
    today = timezone.localdate()
    return birthdays.keep_birthday(person, held_on=today, way="card", today=today, by=by)
