"""What a death will end and open, shown before it is recorded; and the condolences of a subtree."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from branches.models import Organisation
from members.care.models import Condolence, CondolenceStep
from members.care.parameters import FUNERAL_DAYS, VISIT_DAYS
from members.care.rules.condolences import BY_COMMITTEE, due_days, first_day_away
from members.models import Member
from members.selectors.leaving import Ending, endings
from partyportal.core.models import User
from partyportal.core.parameters import values_on

Kind = CondolenceStep.Kind


@dataclass(frozen=True)
class Step:
    """One step as it will be owed."""

    kind: str
    label: str
    organisation: Organisation
    due_on: date


@dataclass(frozen=True)
class Consequences:
    """What recording a death will do: what ends from which day, and what opens."""

    first_day_away: date
    endings: list[Ending]
    steps: list[Step]


def consequences(member: Member, *, died_on: date, by: User, today: date) -> Consequences:
    """What recording a death will do."""
    away = first_day_away(died_on)
    return Consequences(away, endings(member, on=away, closes_account=True, by=by), steps_for(member.branch, died_on=died_on, today=today))


def steps_for(branch: Organisation, *, died_on: date, today: date) -> list[Step]:
    """The three steps, by whom and until when."""
    funeral, visit = values_on(today, (FUNERAL_DAYS, VISIT_DAYS)).values()
    days = due_days(died_on, recorded_on=today, funeral_days=funeral, visit_days=visit)
    above = committee_over(branch)
    return [Step(kind, Kind(kind).label, above if kind in BY_COMMITTEE else branch, due_on) for kind, due_on in days.items()]


def committee_over(branch: Organisation) -> Organisation:
    """The nearest 基层党委 or 党工委 above a branch; where there is none, whatever stands above it."""
    committees = {Organisation.Kind.COMMITTEE, Organisation.Kind.WORK_COMMITTEE}
    above = [int(pk) for pk in branch.path.strip("/").split("/")[:-1]]
    found = Organisation.objects.filter(pk__in=above, kind__in=committees).order_by("-path").first()
    return found or branch.parent or branch


def listed(user, *, within: Organisation | None, state: str, text: str) -> QuerySet:
    """The condolences in sight, what is still to do first, then the latest."""
    waiting = Q(steps__outcome="")
    rows = Condolence.objects.visible_to(user).select_related("member", "organisation").defer("member__id_number")
    rows = rows.within(within) if within else rows
    rows = rows.filter(member__name__contains=text) if text else rows
    rows = rows.exclude(withdrawn_at=None) if state == "withdrawn" else rows.standing()
    rows = rows.annotate(waiting=Count("steps", filter=waiting), next_on=Min("steps__due_on", filter=waiting))
    if state in {"open", "done"}:
        rows = rows.filter(waiting__gt=0) if state == "open" else rows.filter(waiting=0)
    return rows.order_by("next_on", "-died_on", "-id") if state in {"", "open"} else rows.order_by("-died_on", "-id")
