"""流入: registering members of elsewhere who stay here; founding party organisations for those away."""

from datetime import date, timedelta

from django.db import transaction

from branches.models import Organisation
from branches.services.organisations import found_organisation
from members.mobility.models import Inflow, MobileFounding
from members.rules.phones import read_mobile
from partyportal.core import audit, pinyin
from partyportal.core.cells import Unreadable
from partyportal.core.errors import DomainError
from partyportal.core.masks import mask_phone
from partyportal.core.models import User


@transaction.atomic
def register_inflow(*, branch: Organisation, name: str, phone: str, start: date, today: date, by: User, **content) -> Inflow:
    """Register somebody whose 组织关系 is elsewhere with the branch that looks after them here. The phone is sealed."""
    if branch.kind != Organisation.Kind.BRANCH or branch.dissolved_on is not None:
        raise DomainError("接收的要是一个还在的党支部。", field="branch")
    if start > today:
        raise DomainError("流入的日子还没有到，来了再登记。", field="start")
    for field in ("reported_on", "told_home_on"):
        if (day := content.get(field)) is not None and not start <= day <= today:
            raise DomainError("这一天要在流入以后、今天以前。", field=field)
    number = read_mobile(phone)
    if isinstance(number, Unreadable):
        raise DomainError(f"{number.message}。", field="phone")
    key, _ = pinyin.person(name.strip())
    inflow = Inflow(
        branch=branch,
        name=name.strip(),
        pinyin=key,
        phone=number,
        phone_masked=mask_phone(number or ""),
        start=start,
        registered_by=by,
        **content,
    )
    inflow.full_clean(exclude=["branch", "phone", "registered_by", "ended_by"], validate_constraints=False)
    inflow.save()
    _record("registered", inflow, by=by, start=start)
    return inflow


@transaction.atomic
def end_inflow(inflow: Inflow, *, on: date, reason: str, today: date, by: User) -> Inflow:
    """The person left, or the relation came: the row ends."""
    held = _locked(inflow)
    if held.end is not None:
        raise DomainError(f"这条登记 {held.end:%Y-%m-%d} 已经了结。")
    if reason not in Inflow.EndReason.values:
        raise DomainError("选一个结束的缘由。", field="reason")
    if reason == Inflow.EndReason.MISTAKEN:
        on = held.start + timedelta(days=1)
    elif not held.start < on <= today:
        raise DomainError(f"结束的日子要晚于流入（{held.start:%Y-%m-%d}），不能在今天以后。", field="on")
    held.end, held.end_reason, held.ended_by = on, reason, by
    held.save(update_fields=["end", "end_reason", "ended_by"])
    _record("ended", held, by=by, end=on, reason=reason)
    return held


@transaction.atomic
def mark_inflow(inflow: Inflow, *, what: str, on: date, today: date, by: User) -> Inflow:
    """Note the day the person reported here, or the day the home branch was told; each once."""
    held = _locked(inflow)
    if what not in {"reported_on", "told_home_on"} or getattr(held, what) is not None:
        raise DomainError("这一项已经记过了。")
    if not held.start <= on <= today:
        raise DomainError("这一天要在流入以后、今天以前。", field="on")
    setattr(held, what, on)
    held.save(update_fields=[what])
    _record("marked", held, by=by, day=on, kind=what)
    return held


def reveal_phone(inflow: Inflow, *, by: User) -> str:
    """The whole number, with an audit row for every look. Views ask for the verb first."""
    _record("revealed", inflow, by=by)
    return inflow.phone or ""


@transaction.atomic
def found_mobile_branch(
    *,
    parent: Organisation,
    code: str,
    name: str,
    province: str,
    place: str,
    approved_by: Organisation,
    approved_on: date,
    document: str,
    today: date,
    by: User,
) -> MobileFounding:
    """Found a 流动党员党支部 with the approval of a county committee or above; it may host our members and report home."""
    if approved_by.kind != Organisation.Kind.COUNTY:
        raise DomainError("流动党员党组织要由县级以上党委批准，选县委。", field="approved_by")
    if approved_on > today:
        raise DomainError("批准的日子还没有到。", field="approved_on")
    if not document.strip():
        raise DomainError("写上批复的文号。", field="document")
    if Organisation.objects.filter(code=code).exists():
        raise DomainError("这个党组织代码已经有了。", field="code")
    organisation = found_organisation(
        code=code,
        name=name,
        kind=Organisation.Kind.BRANCH,
        parent=parent,
        founded_on=approved_on,
        unit_type=Organisation.UnitType.MOBILE,
        by=by,
    )
    founding = MobileFounding.objects.create(
        organisation=organisation,
        province=province,
        place=place.strip(),
        approved_by=approved_by,
        approved_on=approved_on,
        document=document.strip(),
        recorded_by=by,
    )
    audit.record("mobility.founding.recorded", founding, by=by, path=organisation.path, organisation=code, day=approved_on)
    return founding


def _locked(inflow: Inflow) -> Inflow:
    return Inflow.objects.select_for_update(of=("self",)).select_related("branch").get(pk=inflow.pk)


def _record(act: str, inflow: Inflow, *, by: User, **data) -> None:
    audit.record(f"mobility.inflow.{act}", inflow, by=by, path=inflow.branch.path, organisation=inflow.branch.code, **data)
