"""救助项目: a county sets a version, which ends the one before; what a case rests on is never rewritten."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from branches.access import can
from members.care.aid.models import Programme
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def set_programme(*, code: str, name: str, source: str, amount: Decimal, start: date, by: User, today: date, **fields) -> Programme:
    """A new programme, or the next version of one: the version before ends the day this one begins."""
    if by is not None and not can(by, "care.criteria"):
        raise DomainError("救助项目由组织部设立。")
    if start < today:
        raise DomainError("过去的日子仍按当时的项目算，最早从今天起。", field="start")
    before = Programme.objects.select_for_update().filter(code=code, end=None).first()
    if before is not None:
        if before.start >= start:
            raise DomainError(f"这个项目 {before.start:%Y-%m-%d}起已有一版，新的一版要晚于它。", field="start")
        before.end = start
        before.save(update_fields=["end"])
    made = Programme(code=code, name=name, source=source, amount=amount, start=start, set_by=by, **fields)
    made.full_clean(exclude={"set_by"})
    made.save()
    audit.record("aid.programme.set", made, by=by, programme=code, amount=amount, start=start)
    return made


@transaction.atomic
def end_programme(programme: Programme, *, end: date, by: User, today: date) -> Programme:
    """No case is taken in from this day; those under way go on as they began."""
    if not can(by, "care.criteria"):
        raise DomainError("救助项目由组织部管理。")
    held = Programme.objects.select_for_update().get(pk=programme.pk)
    if held.end is not None and held.end <= today:
        raise DomainError("这个项目已经停止受理。")
    if end <= held.start or end < today:
        raise DomainError("停止的日子最早是今天，要晚于开始的日子。", field="end")
    held.end = end
    held.save(update_fields=["end"])
    audit.record("aid.programme.ended", held, by=by, programme=held.code, end=end)
    return held
