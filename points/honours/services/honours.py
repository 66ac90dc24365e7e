"""撤销荣誉: the row ends and the fact is voided; both stay readable, and points follow."""

from datetime import date

from django.db import transaction

from members.services import facts
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.honours.models import Honour
from points.services import settle_soon


@transaction.atomic
def withdraw_honour(honour: Honour, *, day: date, document_number: str, reason: str, by: User, today: date) -> Honour:
    """Withdraw an honour by a paper of the organisation that conferred it."""
    rows = Honour.objects.select_for_update(of=("self",)).select_related("conferred_by", "member", "organisation")
    row = rows.defer("member__id_number").get(pk=honour.pk)
    if row.end is not None:
        raise DomainError(f"{row.holder}的{row.title}已经在 {row.end:%Y-%m-%d} 撤销。")
    if not row.start <= day <= today:
        raise DomainError(f"撤销的日子不早于表彰（{row.start:%Y-%m-%d}），不晚于今天。", field="day")
    if not document_number.strip():
        raise DomainError("写撤销的文号。", field="document_number")
    if not reason.strip():
        raise DomainError("写撤销的原因。", field="reason")
    row.end, row.withdrawn_by = day, by
    row.withdrawal_number, row.withdrawal_reason = document_number.strip(), reason.strip()
    row.save(update_fields=["end", "withdrawn_by", "withdrawal_number", "withdrawal_reason"])
    if row.member_id and not row.is_posthumous:
        facts.void([row.fact_key], by=by)
        settle_soon(members=[row.member_id], year=row.start.year)
    subject = row.member.uid if row.member_id else None
    audit.record("honours.honour.withdrawn", row, by=by, path=row.organisation.path, subject=subject, start=row.start, end=day)
    return row
