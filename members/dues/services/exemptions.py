"""减免党费: the branch asks, the committee above decides (支部 → 上一级党委); paid months are past deciding."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from members.dues.models import DueMonth, Exemption
from members.dues.services.locks import lock_branch, lock_members
from members.models import Member
from partyportal.core import audit
from partyportal.core.days import month_of, months_after
from partyportal.core.errors import DomainError
from partyportal.core.models import User

State = Exemption.State


@transaction.atomic
def file_exemption(member: Member, *, start: date, until: date, monthly: Decimal, reason: str, by: User, today: date) -> Exemption:
    """The branch asks for a member to pay less, or nothing, from one month to another (both included)."""
    branch = lock_branch(member.branch)
    held = lock_members([member.pk])[member.pk]
    if held.left_on is not None or held.branch_id != branch.pk:
        raise DomainError(f"{held.name}的组织关系已经不在{branch}。")
    start, end = month_of(start), months_after(month_of(until), 1)
    if end <= start:
        raise DomainError("止的月份不能早于起的月份。", field="until")
    if start < months_after(month_of(today), -12) or end > months_after(month_of(today), 25):
        raise DomainError("减免从一年以内的月份起，最长批两年。", field="start")
    if monthly < 0:
        raise DomainError("减免后每月交的不能是负数，免交填 0。", field="monthly")
    if not reason.strip():
        raise DomainError("写上理由，如“患病住院，家庭困难”。", field="reason")
    if Exemption.objects.filter(member=held, state=State.FILED).exists():
        raise DomainError(f"{held.name}已经有一件在等审批，批了再报下一件。")
    _refuse_what_cannot_be(held, start=start, end=end, monthly=monthly)
    row = Exemption.objects.create(
        member=held, organisation=branch, start=start, end=end, monthly=monthly, reason=reason.strip(), filed_by=by, filed_at=timezone.now()
    )
    audit.record("dues.exemption.filed", row, by=by, path=branch.path, subject=held.uid, start=start, end=end)
    return row


@transaction.atomic
def approve_exemption(exemption: Exemption, *, by: User) -> Exemption:
    """The committee agrees: from now on the months cost what it says. Approved twice, it is approved once."""
    held = _undecided(exemption, by=by, done=State.APPROVED)
    if held.state == State.APPROVED:
        return held
    _refuse_what_cannot_be(held.member, start=held.start, end=held.end, monthly=held.monthly)
    held.state, held.decided_by, held.decided_at = State.APPROVED, by, timezone.now()
    try:
        with transaction.atomic():
            held.save(update_fields=["state", "decided_by", "decided_at"])
    except IntegrityError as refusal:
        if "exemption_one_a_month" not in str(refusal):
            raise
        raise DomainError(f"{held.member.name}这几个月里已经有批过的减免，两件重在一起了。") from None
    audit.record(
        "dues.exemption.approved", held, by=by, path=held.organisation.path, subject=held.member.uid, start=held.start, end=held.end
    )
    return held


@transaction.atomic
def refuse_exemption(exemption: Exemption, *, refusal: str, by: User) -> Exemption:
    """The committee does not agree, and says why."""
    held = _undecided(exemption, by=by, done=State.REFUSED)
    if not refusal.strip():
        raise DomainError("写上不同意的原因，支部会看到。", field="refusal")
    held.state, held.decided_by, held.decided_at, held.refusal = State.REFUSED, by, timezone.now(), refusal.strip()
    held.save(update_fields=["state", "decided_by", "decided_at", "refusal"])
    audit.record("dues.exemption.refused", held, by=by, path=held.organisation.path, subject=held.member.uid)
    return held


def _undecided(exemption: Exemption, *, by: User, done: str) -> Exemption:
    """The row held, with its member; decided otherwise before, it is refused."""
    lock_members([exemption.member_id])
    held = Exemption.objects.select_for_update(of=("self",)).select_related("member", "organisation").get(pk=exemption.pk)
    if held.state not in {State.FILED, done} or (held.state == done == State.REFUSED):
        raise DomainError(f"这一件{held.get_state_display()}，不能再改。")
    if held.filed_by_id == by.pk:
        raise DomainError("自己报批的要由上一级党委的另一个人审批。")
    return held


def _refuse_what_cannot_be(member: Member, *, start: date, end: date, monthly: Decimal) -> None:
    rows = list(
        DueMonth.objects.filter(member=member, month__gte=start, month__lt=end, year__gte=start.year, year__lte=end.year).order_by("month")
    )
    for row in rows:
        if row.payment_id and row.paid > monthly:
            raise DomainError(f"{row.month.month} 月的党费已经交了。减免从还没交的月份起。", field="start")
        if row.due <= monthly and not row.payment_id:
            raise DomainError(f"{row.month.month} 月本来就只交 {row.due:.2f} 元，减免后的要更少。", field="monthly")
