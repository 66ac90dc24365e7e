"""三会一课 done and due worked out slowly, one branch and one month at a time: what the one SQL statement must agree with."""

from datetime import date, timedelta

from branches.models import Organisation, OrganisationSpan
from education.models import MakeUp, Meeting, Miss, Requirement
from members.models import Affiliation


def cells(first: date, last: date) -> dict[tuple, tuple[int, int, int, bool]]:
    """(organisation, group, kind, month) → (due, done, made up, explained) of the whole tree."""
    found = {}
    month = first
    while month <= last:
        end = next_month(month) - timedelta(days=1)
        for organisation in Organisation.objects.filter(kind__in=["branch", "group"]):
            span = OrganisationSpan.objects.on(end).filter(organisation=organisation).first()
            if span is None or organisation.founded_on > month or (organisation.dissolved_on and organisation.dissolved_on <= end):
                continue
            for rule in Requirement.objects.filter(organisation_kind="branch"):
                later = Requirement.objects.filter(kind=rule.kind, start__gt=rule.start, start__lte=end)
                if (
                    later.exists()
                    or rule.start > end
                    or (rule.end and rule.end <= end)
                    or rule.needs_groups != (organisation.kind == "group")
                ):
                    continue
                length = {"month": 1, "quarter": 3, "year": 12}[rule.period]
                if month.month % length or full_members(organisation, end) < rule.minimum_full_members:
                    continue
                opens = back(month, length - 1)
                if organisation.kind == "group":
                    at, key = {"group": organisation, "organisation": span.parent_id}, (span.parent_id, organisation.pk)
                else:
                    at, key = {"organisation": organisation, "group": None}, (organisation.pk, None)
                found[(*key, rule.kind, month)] = told_of(rule, at, opens, end, month)
        month = next_month(month)
    return found


def told_of(rule: Requirement, at: dict, opens: date, end: date, month: date) -> tuple[int, int, int, bool]:
    """What was held in the period and makes up for no other; of the rest what was made up, and whether a reason stands."""
    elsewhere = MakeUp.objects.standing().values("meeting")
    held = Meeting.objects.filter(state="confirmed", kind=rule.kind, **at)
    done = min(rule.times, held.filter(held_on__range=(opens, end)).exclude(pk__in=elsewhere).count())
    made_up = MakeUp.objects.standing().filter(meeting__in=held, month=month).count()
    explained = Miss.objects.standing().filter(kind=rule.kind, month=month, **at).exists()
    return rule.times, done, min(rule.times - done, made_up), explained and done < rule.times


def full_members(organisation: Organisation, day: date) -> int:
    return Affiliation.objects.on(day).filter(organisation=organisation, member__full_on__lte=day).count()


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def back(month: date, count: int) -> date:
    for _ in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
    return month
