"""结果运用: entered once, voided with a reason, never changed."""

from datetime import date

from django.db import transaction

from branches.models import Organisation
from members.models import Member
from members.selectors.days import places_on
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.honours.models import Honour, Use

# What may be done without a paper of its own.
WITHOUT_PAPER = frozenset({Use.Purpose.TALK, Use.Purpose.HELP, Use.Purpose.OTHER})


@transaction.atomic
def record_use(
    *,
    year: int,
    result: str,
    outcome: str,
    purpose: str,
    day: date,
    by: User,
    today: date,
    member: Member | None = None,
    organisation: Organisation | None = None,
    honour: Honour | None = None,
    document_number: str = "",
    note: str = "",
) -> Use:
    """登记结果运用, for a member or an organisation: what result of which year was used for what, when, by which paper."""
    if day > today:
        raise DomainError("这一天还没到，办了再登记。", field="day")
    if year > day.year:
        raise DomainError(f"{year} 年的结果不会在 {day.year} 年就用上，核对年度。", field="year")
    if not outcome.strip():
        raise DomainError("写是什么结果，如 优秀、三星、黄榜。", field="outcome")
    if purpose not in WITHOUT_PAPER and not document_number.strip():
        raise DomainError(f"{Use.Purpose(purpose).label}要写文号。", field="document_number")
    if (member is None) == (organisation is None):
        raise DomainError("选一位党员，或者一个党组织。", field="member")
    if member is not None:
        if member.user_id == by.pk:
            raise DomainError("用在自己身上的，请另一位同志登记。", field="member")
        place = places_on([member.pk], day).get(member.pk)
        if place is None:
            raise DomainError(f"{member.name}那一天的组织关系不在这里，换个日期。", field="day")
        organisation = Organisation.objects.get(pk=place.organisation_id)
    _refuse_other_honour(honour, result=result, member=member, organisation=organisation, day=day)
    use = Use.objects.create(
        year=year,
        result=result,
        outcome=outcome.strip(),
        purpose=purpose,
        member=member,
        organisation=organisation,
        honour=honour,
        day=day,
        document_number=document_number.strip(),
        note=note.strip(),
        recorded_by=by,
    )
    _told("recorded", use, by=by)
    return use


def _refuse_other_honour(honour: Honour | None, *, result: str, member: Member | None, organisation: Organisation, day: date) -> None:
    """A use of an honour names one that the same member or organisation holds on the day."""
    if result != Use.Result.HONOUR:
        if honour is not None:
            raise DomainError("只有运用荣誉的才选荣誉。", field="honour")
        return
    if honour is None:
        raise DomainError("选运用的是哪一项荣誉。", field="honour")
    theirs = honour.member_id == member.pk if member else honour.member_id is None and honour.organisation_id == organisation.pk
    if not theirs:
        raise DomainError("这项荣誉不是他的。", field="honour")
    if honour.start > day or (honour.end is not None and honour.end <= day):
        raise DomainError("那一天这项荣誉还没有授予，或者已经撤销。", field="honour")


@transaction.atomic
def void_use(use: Use, *, reason: str, by: User, today: date) -> Use:
    """作废 a mistaken entry: it stays in the register, struck out, with who and why."""
    row = Use.objects.select_for_update(of=("self",)).select_related("organisation", "member").defer("member__id_number").get(pk=use.pk)
    if row.voided_on is not None:
        raise DomainError("这一条已经作废。")
    if not reason.strip():
        raise DomainError("写为什么作废。", field="reason")
    row.voided_on, row.voided_by, row.void_reason = today, by, reason.strip()
    row.save(update_fields=["voided_on", "voided_by", "void_reason"])
    _told("voided", row, by=by)
    return row


def _told(verb: str, use: Use, *, by: User) -> None:
    subject = use.member.uid if use.member_id else None
    said = {"year": use.year, "result": use.result, "purpose": use.purpose, "day": use.day}
    audit.record(f"honours.use.{verb}", use, by=by, path=use.organisation.path, subject=subject, **said)
