"""结对帮扶 begun and ended."""

from datetime import date

from django.db import transaction

from branches.models import Organisation
from members.care.visits.models import Pair
from members.models import Member
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def make_pair(
    *,
    member: Member,
    purpose: str,
    every_months: int,
    start: date,
    today: date,
    by: User | None,
    helper: Member | None = None,
    helping: Organisation | None = None,
) -> Pair:
    """Bring a helper (a member or an organisation) and a helped member together from a day on."""
    held = locked(member)  # two made at once wait for each other here
    if held.left_on is not None:
        raise DomainError(f"{held.name}的组织关系不在本县，不能结对。", field="member")
    if (helper is None) == (helping is None):
        raise DomainError("帮扶的一方选一位党员，或者一个党组织，二者选一。", field="helper")
    if helper is not None and helper.left_on is not None:
        raise DomainError(f"{helper.name}的组织关系不在本县，换一位帮扶人。", field="helper")
    if helper is not None and helper.pk == held.pk:
        raise DomainError("不能和自己结对，换一位帮扶人。", field="helper")
    if start > today:
        raise DomainError("开始的日子最晚是今天。", field="start")
    if start < held.joined_on:
        raise DomainError(f"{held.name} {held.joined_on:%Y-%m-%d} 才入党，结对的日子不能更早。核对年份。", field="start")
    if Pair.objects.open().filter(member=held, helper=helper, helping=helping).exists():
        raise DomainError(f"{helper or helping}已经和{held.name}结对，还没有结束。", field="helper")
    pair = Pair(member=held, helper=helper, helping=helping, purpose=purpose.strip(), every_months=every_months, start=start, made_by=by)
    pair.full_clean(exclude=["member", "helper", "helping", "made_by"])
    pair.save()
    _record("visits.pair.made", pair, by=by, start=start, every=every_months)
    return pair


@transaction.atomic
def end_pair(pair: Pair, *, on: date, reason: str, today: date, by: User, note: str = "") -> Pair:
    """End a pair with the reason; its contacts stay."""
    held = Pair.objects.select_for_update(of=("self",)).select_related("member__branch").get(pk=pair.pk)
    if held.end is not None:
        raise DomainError(f"这次结对 {held.end:%Y-%m-%d} 已经结束。")
    if on > today:
        raise DomainError("结束的日子最晚是今天。", field="on")
    if on < held.start:
        raise DomainError(f"结对从 {held.start:%Y-%m-%d} 开始，结束的日子不能更早。", field="on")
    held.end, held.end_reason, held.end_note, held.ended_by = on, reason, note.strip(), by
    held.full_clean(exclude=["member", "helper", "helping", "made_by", "ended_by"], validate_unique=False)
    held.save(update_fields=["end", "end_reason", "end_note", "ended_by"])
    _record("visits.pair.ended", held, by=by, end=on, reason=reason)
    return held


def _record(code: str, pair: Pair, *, by: User | None, **data) -> None:
    place = pair.member.branch
    audit.record(code, pair, by=by, path=place.path, subject=pair.member.uid, organisation=place.code, **data)
