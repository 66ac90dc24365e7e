"""Powers an organisation holds for a time: given and ended on a day, never overwritten."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from branches.models import Organisation, OrganisationPower
from branches.rules import may_approve_admission
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def give_power(organisation: Organisation, *, power: str, start: date, by: User) -> OrganisationPower:
    """Give an organisation a power from a day on."""
    if power not in OrganisationPower.Power.values:
        raise DomainError("没有这项权限。", field="power")
    held = Organisation.objects.select_for_update(of=("self",), no_key=True).select_related("parent").get(pk=organisation.pk)
    above = held.parent.kind if held.parent else None
    if power == OrganisationPower.Power.APPROVES_ADMISSION and not may_approve_admission(kind=held.kind, above=above):
        raise DomainError("只有基层党委能审批预备党员；党总支、党支部和乡镇党委所属的党委不能（细则第二十二条）。", field="power")
    if held.powers.filter(Q(end=None) | Q(end__gt=start), power=power).exists():
        raise DomainError("这个党组织那时已经有这项权限。", field="power")
    given = OrganisationPower.objects.create(organisation=held, power=power, start=start)
    audit.record("branches.power.granted", held, by=by, path=held.path, organisation=held.code, power=power, start=start)
    return given


@transaction.atomic
def end_power(given: OrganisationPower, *, on: date, by: User) -> None:
    """End a power from a day on; what was decided under it stays decided."""
    held = OrganisationPower.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=given.pk)
    if held.end is not None:
        raise DomainError("这项权限已经终止。", field="end")
    if on <= held.start:
        raise DomainError("止日须晚于起日。", field="end")
    held.end = on
    held.save(update_fields=["end"])
    organisation = held.organisation
    audit.record(
        "branches.power.ended", organisation, by=by, path=organisation.path, organisation=organisation.code, power=held.power, end=on
    )
