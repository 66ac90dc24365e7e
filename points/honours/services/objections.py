"""公示异议: noted while the 公示 runs, found out about by another person; one that stands costs the candidate the place."""

from datetime import date

from django.db import transaction

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.honours import rules
from points.honours.models import Nomination, Objection
from points.honours.services.nominations import drop
from points.honours.services.steps import held_nomination, require_stage


@transaction.atomic
def note_objection(nomination: Nomination, *, content: str, received_on: date, by: User, today: date, is_named: bool = True) -> Objection:
    """登记异议: what somebody reported on a day of the 公示; a letter of the last day may be entered the days after."""
    row = held_nomination(nomination)
    require_stage(row.call, rules.PUBLIC, rules.DUE, today=today, what="登记异议")
    if row.state != Nomination.State.APPROVED:
        raise DomainError(f"{row.candidate}的推荐{row.get_state_display()}，不在公示里。")
    if not row.call.public_from <= received_on <= min(today, row.call.public_until):
        raise DomainError(
            f"公示从 {row.call.public_from:%-m月%-d日}到 {row.call.public_until:%-m月%-d日}，核对收到的日子。", field="received_on"
        )
    if not content.strip():
        raise DomainError("写反映了什么问题。", field="content")
    objection = Objection.objects.create(
        nomination=row, received_on=received_on, is_named=is_named, content=content.strip(), recorded_by=by
    )
    _told("noted", objection, by=by, on=received_on)
    return objection


@transaction.atomic
def close_objection(objection: Objection, *, upheld: bool, finding: str, by: User, today: date) -> Objection:
    """核实: what was found; if it stands, the candidate is dropped in the same act."""
    held_nomination(objection.nomination)
    row = Objection.objects.select_for_update(of=("self",)).select_related("nomination__call", "nomination__member").get(pk=objection.pk)
    if row.closed_on is not None:
        raise DomainError("这件异议已经核实过了。")
    if row.recorded_by_id == by.pk:
        raise DomainError("自己登记的异议要由另一个人核实。")
    if row.nomination.member_id and row.nomination.member.user_id == by.pk:
        raise DomainError("反映的是自己，要由另一个人核实。")
    if not finding.strip():
        raise DomainError("写核实的情况。", field="finding")
    row.is_upheld, row.finding, row.closed_on, row.closed_by = upheld, finding.strip(), today, by
    row.save(update_fields=["is_upheld", "finding", "closed_on", "closed_by"])
    if upheld and row.nomination.state == Nomination.State.APPROVED:
        drop(row.nomination, note="公示期间反映的问题属实", by=by, today=today)
    _told("closed", row, by=by, on=today, upheld=upheld)
    return row


def _told(verb: str, objection: Objection, *, by: User, on: date, **data) -> None:
    nomination = objection.nomination
    subject = nomination.member.uid if nomination.member_id else None
    path = nomination.call.organiser.path
    audit.record(f"honours.objection.{verb}", objection, by=by, path=path, subject=subject, on=on, nomination=nomination.uid, **data)
