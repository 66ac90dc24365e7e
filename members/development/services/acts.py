"""What a committee's approval does to the roster: admission, 转正, cancellation."""

from datetime import date

from members.development.models import Case, StepRecord
from members.development.rules.path import probation_until
from members.development.services.cases import close, extend
from members.models import Affiliation, Member
from members.services import membership
from members.services.people import register
from partyportal.core.errors import DomainError
from partyportal.core.models import User

Verdict = StepRecord.Verdict


def admit(held: Case, *, basis: str, by: User) -> Member:
    """The applicant is a probationary member from the day of the 支部大会 (2026 Art24, Art31)."""
    if held.organisation.dissolved_on is not None:
        raise DomainError(f"{held.organisation}已经撤销，先把档案转到新的支部。")
    joined_on = held.records.standing().get(step="assembly").day
    member = register(
        branch=held.organisation,
        start=joined_on,
        reason=Affiliation.Reason.ADMITTED,
        by=by,
        name=held.name,
        sex=held.sex,
        ethnicity=held.ethnicity,
        birth_on=held.birth_on,
        id_number=held.id_number,
        education=held.education,
        post=held.post,
        mobile_phone=held.mobile_phone,
        address=held.address,
        category=Member.Category.PROBATIONARY,
        joined_on=joined_on,
    )
    if basis:
        Affiliation.objects.filter(member=member).update(basis=basis)
    held.member = member
    held.probation_until = probation_until(held.rules, assembly_on=joined_on)
    return member


def decide_full(held: Case, *, resolution: StepRecord, on: date, basis: str, by: User) -> None:
    """What the branch resolved and the committee now approved (2026 Art31–33)."""
    if resolution.verdict == Verdict.FULL:
        # 党龄 counts from the end of the 预备期, also where the discussion came later (Art34, Art35).
        membership.make_full(held.member, on=held.probation_until, basis=basis, by=by)
    elif resolution.verdict == Verdict.EXTENDED:
        extend(held, months=resolution.months)
        membership.put_off_full(held.member, until=held.probation_until, by=by)
    else:
        membership.leave(held.member, on=on, reason=Affiliation.EndReason.CANCELLED, by=by, basis=basis)
        close(held, state=Case.State.STOPPED, on=on, reason=Case.StopReason.CANCELLED)
