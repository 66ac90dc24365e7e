"""党籍 as somebody writes it in a person's fields, without a decision: a dated row follows all the same, as with an import."""

from datetime import date

from members.models import Member, Office, Suspension
from members.services.offices import end_offices
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

_BASIS = "资料登记"


def follow_standing(member: Member, *, on: date, by: User | None) -> None:
    """Open or end the row of 停止党籍 that the member's own column now asks for. The caller holds the member's lock.

    What the 党委 decided is not taken back by an edit: 恢复党籍 is a decision too (教育管理条例 Art24).
    """
    open_row = member.suspensions.filter(end=None).first()
    path = member.branch.path
    if member.standing == Member.Standing.SUSPENDED:
        if member.left_on is not None:
            raise DomainError(f"{member.name}的组织关系已经不在本县，党籍状态不能改。", field="standing")
        if open_row is None:
            Suspension.objects.create(member=member, start=on, reason=Suspension.Reason.RECORDED, basis=_BASIS, decided_by=by)
            end_offices(member, on=on, by=by, reason=Office.EndReason.SUSPENDED)
            audit.record("members.member.suspended", member, by=by, path=path, subject=member.uid, start=on, reason="recorded")
        return
    if open_row is None:
        return
    if open_row.reason != Suspension.Reason.RECORDED:
        raise DomainError("停止党籍有党委的决定，恢复也要有决定：到失联党员的办理里登记恢复。", field="standing")
    if on <= open_row.start:
        open_row.delete()
    else:
        Suspension.objects.filter(pk=open_row.pk).update(end=on, outcome=Suspension.Outcome.RESTORED)
    audit.record("members.member.restored", member, by=by, path=path, subject=member.uid, end=on)
