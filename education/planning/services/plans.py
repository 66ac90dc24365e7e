"""A year's plan is made from what is required, and its days moved, added and taken out; nothing is overwritten."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from education.models import Meeting
from education.planning.models import PlanEntry, YearPlan
from education.planning.rules import entry_faults
from education.planning.selectors.proposals import proposed
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def make_plan(*, organisation: Organisation, year: int, by: User, today: date) -> YearPlan:
    """One click: every meeting required in the year, from this month on, on last year's usual day. Made again, it adds what is missing."""
    if not organisation.is_branch:
        raise DomainError("年度计划是党支部的。", field="organisation")
    if year not in (today.year, today.year + 1):
        raise DomainError("只能做今年和明年的计划。", field="year")
    plan = _held(organisation, year, by)
    standing = list(PlanEntry.objects.standing().filter(plan=plan))
    wanted = proposed(organisation, year, today=today, standing=standing)
    PlanEntry.objects.bulk_create(PlanEntry(plan=plan, planned_by=by, **one._asdict()) for one in wanted)
    _record("made", plan, organisation, by=by, year=year, entries=len(wanted))
    return plan


def _held(organisation: Organisation, year: int, by: User) -> YearPlan:
    """The plan of the year, locked; of two who make it at once the second finds the first's."""
    YearPlan.objects.bulk_create([YearPlan(organisation=organisation, year=year, made_by=by)], ignore_conflicts=True)
    return YearPlan.objects.select_for_update(of=("self",)).select_related("organisation").get(organisation=organisation, year=year)


@transaction.atomic
def add_entry(
    *, organisation: Organisation, year: int, planned_on: date, kind: str, by: User, today: date, group: Organisation | None = None, **words
) -> PlanEntry:
    """A day of the year on which a meeting is meant to be held; with the first a plan begins."""
    plan = _held(organisation, year, by)
    entry = _kept(PlanEntry(plan=plan, kind=kind, group=group, planned_on=planned_on, planned_by=by, **words), today, moved=True)
    _record("entry_added", entry, plan.organisation, by=by, kind=kind, day=planned_on)
    return entry


@transaction.atomic
def change_entry(
    entry: PlanEntry, *, planned_on: date, by: User, today: date, topic: str = "", place: str = "", why: str = ""
) -> PlanEntry:
    """Another day, topic or place: a new row stands, the old one says when and why it was changed."""
    held = _standing(entry)
    if (held.planned_on, held.topic, held.place) == (planned_on, topic.strip(), place.strip()):
        return held
    _end(held, by=by, why=why)
    moved = held.planned_on != planned_on
    new = PlanEntry(
        plan=held.plan, kind=held.kind, group=held.group, planned_on=planned_on, topic=topic, place=place, planned_by=by, replaces=held
    )
    new = _kept(new, today, moved=moved)
    _record("entry_changed", new, held.plan.organisation, by=by, kind=held.kind, before=held.planned_on, day=planned_on)
    return new


@transaction.atomic
def drop_entry(entry: PlanEntry, *, why: str, by: User) -> PlanEntry:
    """Take a day out of the plan; what is required stays required."""
    held = _standing(entry)
    if not why.strip():
        raise DomainError("写上为什么去掉，一句话就行。", field="why")
    _end(held, by=by, why=why)
    _record("entry_dropped", held, held.plan.organisation, by=by, kind=held.kind, day=held.planned_on)
    return held


def _standing(entry: PlanEntry) -> PlanEntry:
    YearPlan.objects.select_for_update(of=("self",)).get(pk=entry.plan_id)
    held = PlanEntry.objects.select_for_update(of=("self",)).select_related("plan__organisation", "group").get(pk=entry.pk)
    if held.ended_at:
        raise DomainError("这一项刚才有人改过。回到计划里看新的。")
    return held


def _end(held: PlanEntry, *, by: User, why: str) -> None:
    held.ended_at, held.ended_by, held.why = timezone.now(), by, why.strip()
    held.save(update_fields=["ended_at", "ended_by", "why"])


def _kept(entry: PlanEntry, today: date, *, moved: bool) -> PlanEntry:
    branch = entry.plan.organisation
    entry.topic, entry.place = entry.topic.strip(), entry.place.strip()
    if (entry.kind == Meeting.Kind.GROUP) != (entry.group is not None):
        raise DomainError("党小组会要选党小组，别的会不选。", field="group")
    if entry.group and entry.group.parent_id != branch.pk:
        raise DomainError("这个党小组不在本支部。", field="group")
    for fault in entry_faults(planned_on=entry.planned_on, year=entry.plan.year, today=today, moved=moved):
        raise DomainError(fault.message, field=fault.field)
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as refusal:
        if "plan_entry_once_a_day" not in str(refusal):
            raise
        raise DomainError("这一天已经计划了同一种会。改那一项，或者换一天。", field="planned_on") from None
    return entry


def _record(act: str, row, organisation: Organisation, *, by: User, **data) -> None:
    audit.record(f"planning.plan.{act}", row, by=by, path=organisation.path, organisation=organisation.code, **data)
