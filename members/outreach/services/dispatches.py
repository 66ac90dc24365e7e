"""Sending somebody out, calling them back, and what they did: each visit is a fact of theirs."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from branches.models import Organisation
from members.models import Member
from members.outreach.models import Dispatch, Visit
from members.selectors.days import Place, places_on
from members.services import facts
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def send(*, kind: str, member: Member, organisation: Organisation, task: str, basis: str, start: date, by: User | None) -> Dispatch:
    """Send a member of the county to an organisation from a day on."""
    held = locked(member)
    if held.left_on is not None:
        raise DomainError(f"{held.name}的组织关系不在本县，不能派驻。", field="member")
    dispatch = Dispatch(kind=kind, member=held, organisation=organisation, task=task.strip(), basis=basis.strip(), start=start, sent_by=by)
    dispatch.full_clean(exclude=["sent_by"])
    dispatch.save()
    _record("outreach.dispatch.sent", dispatch, by=by, start=start)
    return dispatch


@transaction.atomic
def call_back(dispatch: Dispatch, *, on: date, note: str, by: User) -> Dispatch:
    """End a dispatch: `on` is the first day no longer there."""
    held = _locked(dispatch)
    if held.end is not None:
        raise DomainError("这次派驻已经结束。")
    if on <= held.start:
        raise DomainError(f"{held.start:%Y-%m-%d} 才派出，结束的日子要晚于那天。", field="on")
    if held.visits.filter(is_void=False, day__gte=on).exists():
        raise DomainError("这天以后还有记录，结束的日子要晚于最后一次记录。", field="on")
    held.end, held.end_note = on, note.strip()
    held.save(update_fields=["end", "end_note"])
    _record("outreach.dispatch.ended", held, by=by, end=on)
    return held


@transaction.atomic
def record_visit(dispatch: Dispatch, *, kind: str, day: date, content: str, outcome: str, by: User | None, today: date) -> Visit:
    """Keep what somebody sent out did on a day: a fact of that member, in the branch of that day."""
    held = _locked(dispatch)
    if day > today:
        raise DomainError("这一天还没到。做过了再登记。", field="day")
    if day < held.start or (held.end is not None and day >= held.end):
        raise DomainError("这一天不在派驻期间。", field="day")
    place = places_on([held.member_id], day).get(held.member_id)
    if place is None:
        raise DomainError("这一天他的组织关系不在本县，换个日期。", field="day")
    visit = Visit(dispatch=held, kind=kind, day=day, content=content.strip(), outcome=outcome.strip(), recorded_by=by)
    visit.full_clean(exclude=["recorded_by"])
    visit.save()
    facts.record([visit_fact(visit, place)], by=by)
    audit.record("outreach.visit.recorded", visit, by=by, path=held.organisation.path, subject=held.member.uid, day=day, visit=kind)
    return visit


def visit_fact(visit: Visit, place: Place) -> facts.FactLine:
    """What a visit leaves in the record of the one who made it."""
    return facts.FactLine(
        key=f"outreach.visit:{visit.uid}",
        kind="outreach.visit",
        member_id=visit.dispatch.member_id,
        organisation_id=place.organisation_id,
        member_class=place.member_class,
        day=visit.day,
        units=Decimal(1),
        title=f"{visit.dispatch.get_kind_display()}{visit.get_kind_display()}",
        evidence=visit.content,
    )


@transaction.atomic
def void_visit(visit: Visit, *, by: User) -> Visit:
    """Take back a record made by mistake; what it was worth goes with it."""
    held = Visit.objects.select_for_update(of=("self",)).select_related("dispatch__organisation", "dispatch__member").get(pk=visit.pk)
    if held.is_void:
        raise DomainError("这条记录已经作废。")
    held.is_void = True
    held.save(update_fields=["is_void"])
    facts.void([f"outreach.visit:{held.uid}"], by=by)
    dispatch = held.dispatch
    audit.record("outreach.visit.voided", held, by=by, path=dispatch.organisation.path, subject=dispatch.member.uid, day=held.day)
    return held


def _locked(dispatch: Dispatch) -> Dispatch:
    return Dispatch.objects.select_for_update(of=("self",)).select_related("organisation", "member").get(pk=dispatch.pk)


def _record(code: str, dispatch: Dispatch, *, by: User, **data) -> None:
    place = dispatch.organisation
    audit.record(
        code, dispatch, by=by, path=place.path, subject=dispatch.member.uid, organisation=place.code, dispatch=dispatch.kind, **data
    )
