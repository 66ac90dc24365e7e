"""政治生日 kept, and a mark made by mistake taken back."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from members.care.visits.models import Birthday
from members.care.visits.rules import years_joined
from members.models import Member
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def keep_birthday(member: Member, *, held_on: date, way: str, today: date, by: User | None) -> Birthday:
    """Write down that a member's 政治生日 of the year was kept."""
    held = locked(member)
    year = held_on.year
    if held.left_on is not None:
        raise DomainError(f"{held.name}的组织关系不在本县。")
    if held_on > today:
        raise DomainError("这一天还没到。过了再登记。", field="held_on")
    if years_joined(held.joined_on, year) < 1:
        raise DomainError(f"{held.name} {held.joined_on.year} 年入党，{year} 年还没有政治生日。", field="held_on")
    if Birthday.objects.standing().filter(member=held, year=year).exists():
        raise DomainError(f"{held.name} {year} 年的政治生日已经登记过。")
    row = Birthday(member=held, year=year, held_on=held_on, way=way, recorded_by=by)
    row.full_clean(exclude=["member", "recorded_by"])
    row.save()
    _record("visits.birthday.kept", row, by=by, day=held_on, way=way)
    return row


@transaction.atomic
def void_birthday(birthday: Birthday, *, why: str, by: User) -> Birthday:
    """Take the mark back; the row stays and says why."""
    held = Birthday.objects.select_for_update(of=("self",)).select_related("member__branch").get(pk=birthday.pk)
    if held.voided_at is not None:
        raise DomainError("这条登记已经作废。")
    if not why.strip():
        raise DomainError("写上为什么作废。", field="why")
    held.voided_at, held.voided_by, held.void_reason = timezone.now(), by, why.strip()
    held.save(update_fields=["voided_at", "voided_by", "void_reason"])
    _record("visits.birthday.voided", held, by=by, year=held.year)
    return held


def _record(code: str, row: Birthday, *, by: User | None, **data) -> None:
    place = row.member.branch
    audit.record(code, row, by=by, path=place.path, subject=row.member.uid, organisation=place.code, **data)
