"""What is required, from a day on: another number begins, or none any more. What held before keeps holding for its own days."""

from datetime import date

from django.db import IntegrityError, transaction

from education.models import Requirement
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def begin_requirement(*, kind: str, period: str, times: int, source: str, start: date, by: User, today: date) -> Requirement:
    """From the month of `start` on a kind is due so often. Of whom (支委会 from so many members, groups) is kept from the row before."""
    _from_today(start, today)
    if not source.strip():
        raise DomainError("写上依据：哪个文件、哪一条，或县里哪次决定。", field="source")
    list(Requirement.objects.select_for_update().filter(kind=kind).order_by("pk"))
    before = Requirement.objects.filter(kind=kind, organisation_kind="branch").order_by("-start").first()
    whom = (
        {"minimum_full_members": before.minimum_full_members, "needs_groups": before.needs_groups}
        if before
        else {"needs_groups": kind == "group"}
    )
    try:
        with transaction.atomic():
            row = Requirement.objects.create(kind=kind, period=period, times=times, source=source.strip(), start=start, set_by=by, **whom)
    except IntegrityError as refusal:
        if "requirement_once" not in str(refusal):
            raise
        raise DomainError("这一天已经定过一条。换一天。", field="start") from None
    audit.record("education.requirement.begun", row, by=by, kind=kind, period=period, times=times, start=start)
    return row


@transaction.atomic
def end_requirement(requirement: Requirement, *, end: date, by: User, today: date) -> Requirement:
    """From a day on nothing more is due of the kind; the months before keep what was due."""
    held = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk)
    _from_today(end, today, field="end")
    if held.end:
        raise DomainError("这一条已经定了停的日期。", field="end")
    if end <= held.start:
        raise DomainError("停的日期要在起的日期以后。", field="end")
    held.end, held.ended_by = end, by
    held.save(update_fields=["end", "ended_by"])
    audit.record("education.requirement.ended", held, by=by, kind=held.kind, end=end)
    return held


def _from_today(day: date, today: date, *, field: str = "start") -> None:
    """A month that is over is judged by what held then."""
    if day < today:
        raise DomainError("过去的月份仍按当时的要求算，最早从今天起。", field=field)
