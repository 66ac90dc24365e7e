"""责任区 opened and closed, and who answers for them."""

from datetime import date

from django.db import transaction

from branches.models import Organisation
from members.models import Member
from members.outreach.models import Area, AreaDuty
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def open_area(
    *, kind: str, organisation: Organisation, name: str, extent: str, households: int | None, lead: Member, start: date, by: User
) -> Area:
    """A new grid or centre household with the member who leads it. Of two opened under one name the later is told so."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    area = Area(kind=kind, organisation=organisation, name=name.strip(), extent=extent.strip(), households=households, start=start)
    area.full_clean()
    area.save()
    audit.record("outreach.area.opened", area, by=by, path=organisation.path, organisation=organisation.code, area=kind, start=start)
    join(area, member=lead, role=AreaDuty.Part.LEAD, on=start, by=by)
    return area


@transaction.atomic
def join(area: Area, *, member: Member, role: str, on: date, by: User) -> AreaDuty:
    """Make a member of the branch answerable for an area. A new lead takes the place of the old, who stays answerable."""
    held = _open(area)
    if on < held.start:
        raise DomainError(f"责任区从 {held.start:%Y-%m-%d} 起，日子不能更早。", field="on")
    if role == AreaDuty.Part.LEAD and (lead := held.duties.filter(end=None, role=AreaDuty.Part.LEAD).first()):
        if lead.member_id == member.pk:
            raise DomainError("已经由这位党员牵头。", field="member")
        _end(lead, on=on)
        AreaDuty.objects.create(area=held, member=lead.member, role=AreaDuty.Part.RESPONSIBLE, start=on)
    if role == AreaDuty.Part.LEAD and (before := held.duties.filter(end=None, member=member).first()):
        _end(before, on=on)
    duty = AreaDuty(area=held, member=member, role=role, start=on)
    duty.full_clean()
    duty.save()
    _record("outreach.area.joined", held, by=by, subject=member.uid, role=role, start=on)
    return duty


@transaction.atomic
def part(area: Area, *, member: Member, on: date, by: User) -> None:
    """End a member's part in an area."""
    held = _open(area)
    duty = held.duties.filter(end=None, member=member).first()
    if duty is None:
        raise DomainError("这位党员现在不在这个责任区。")
    _end(duty, on=on)
    _record("outreach.area.parted", held, by=by, subject=member.uid, end=on)


@transaction.atomic
def close_area(area: Area, *, on: date, by: User) -> Area:
    """Close an area from a day on, and with it everybody's part in it."""
    held = _open(area)
    if on <= held.start:
        raise DomainError(f"责任区从 {held.start:%Y-%m-%d} 起，撤销的日子要晚于那天。", field="on")
    for duty in held.duties.filter(end=None):
        _end(duty, on=on)
    held.end = on
    held.save(update_fields=["end"])
    _record("outreach.area.closed", held, by=by, end=on)
    return held


def _open(area: Area) -> Area:
    held = Area.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=area.pk)
    if held.end is not None:
        raise DomainError("这个责任区已经撤销。")
    return held


def _end(duty: AreaDuty, *, on: date) -> None:
    """One that never held for a whole day is taken back."""
    if duty.start >= on:
        duty.delete()
        return
    duty.end = on
    duty.save(update_fields=["end"])


def _record(code: str, area: Area, *, by: User, **data) -> None:
    audit.record(code, area, by=by, path=area.organisation.path, organisation=area.organisation.code, **data)
