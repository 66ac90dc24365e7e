"""登记的情况: recorded from a day, asked every year whether it is still so, ended, or withdrawn where it was a mistake.

Audit rows name the row and the person, not the kind: who reads the log need not learn who is ill.
"""

from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from members.care.models import Condition, ConditionReview
from members.care.rules.conditions import KINDS, LASTING
from members.models import Member
from members.services import membership
from partyportal.core import attachments, audit, crypto, personkeys
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def record_condition(
    member: Member, *, kind: str, start: date, proof: str = "", files: Iterable[UploadedFile] = (), by: User, today: date
) -> Condition:
    """Write down that something holds of a member from a day on, and what proves it."""
    held = membership.locked(member)  # the second of two who record the same waits, and is told
    if held.left_on is not None:
        raise DomainError(f"{held.name}的组织关系已经不在本县，不用登记。")
    if held.user_id == by.pk:
        raise DomainError("自己的情况请支部里另一个人登记。")
    if kind not in KINDS:
        raise DomainError("选一种情况。", field="kind")
    if start > today:
        raise DomainError("这一天还没有到。", field="start")
    if start < held.birth_on:
        raise DomainError("不能早于出生日期。", field="start")
    later = held.conditions.standing().filter(kind=kind).exclude(end__lte=start).order_by("start").first()
    if later is not None:
        raise DomainError(f"{later.start:%Y-%m-%d} 起已经登记着{KINDS[kind]}。情况有变的，到那一条里改。", field="start")
    stored = attachments.store(files, by=by)
    words = proof.strip()
    condition = Condition.objects.create(
        member=held,
        kind=kind,
        start=start,
        proof=crypto.encrypt_with(personkeys.key_of(held.uid), words.encode()) if words else None,
        sealed_for=held.uid if words else None,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    condition.files.set(stored)
    _audit("recorded", condition, by=by, day=start, files=len(stored))
    return condition


@transaction.atomic
def review_condition(condition: Condition, *, by: User, today: date) -> ConditionReview:
    """Asked, and still so."""
    held = _standing(condition, by=by)
    if held.end is not None:
        raise DomainError(f"{held.end:%Y-%m-%d} 已经结束，不用再复核。")
    if held.kind in LASTING:
        raise DomainError(f"{held.get_kind_display()}一直有效，不用复核。")
    if held.reviews.filter(day=today).exists():
        raise DomainError("今天已经复核过。")
    row = ConditionReview.objects.create(condition=held, day=today, by=by)
    _audit("reviewed", held, by=by, day=today)
    return row


@transaction.atomic
def end_condition(condition: Condition, *, on: date, reason: str, by: User, today: date) -> Condition:
    """It no longer holds from a day on; what was given until then was rightly given."""
    held = _standing(condition, by=by)
    if held.end is not None:
        raise DomainError(f"{held.end:%Y-%m-%d} 已经结束。")
    if reason not in Condition.EndReason.values:
        raise DomainError("选结束的缘由。", field="reason")
    if on > today:
        raise DomainError("这一天还没有到。", field="on")
    if on <= held.start:
        raise DomainError(f"要晚于开始的日子 {held.start:%Y-%m-%d}；根本没有这回事的，撤回。", field="on")
    held.end, held.end_reason, held.ended_by, held.ended_at = on, reason, by, timezone.now()
    held.save(update_fields=["end", "end_reason", "ended_by", "ended_at"])
    _audit("ended", held, by=by, day=on, reason=reason)
    return held


@transaction.atomic
def withdraw_condition(condition: Condition, *, by: User) -> Condition:
    """Recorded by mistake: it counts on no day, past lists that were fixed stay as they are."""
    held = _standing(condition, by=by)
    held.withdrawn_at, held.withdrawn_by = timezone.now(), by
    held.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _audit("withdrawn", held, by=by)
    return held


@transaction.atomic
def reveal_proof(condition: Condition, *, by: User) -> str:
    """What proves it, opened for one reader; the log says who read it."""
    if condition.proof is None:
        raise DomainError("登记时没有写依据。")
    _audit("revealed", condition, by=by)
    return crypto.decrypt_with(personkeys.key_of(condition.sealed_for), bytes(condition.proof)).decode()


@transaction.atomic
def open_file(condition: Condition, *, by: User) -> None:
    """A file of it is about to be shown: the log says to whom."""
    _audit("file_opened", condition, by=by)


def _standing(condition: Condition, *, by: User) -> Condition:
    """The row as it is now, kept until the transaction ends."""
    held = Condition.objects.select_for_update(of=("self",)).select_related("member__branch").get(pk=condition.pk)
    if held.withdrawn_at is not None:
        raise DomainError("这一条已经撤回。")
    if held.member.user_id == by.pk:
        raise DomainError("自己的情况请支部里另一个人办。")
    return held


def _audit(act: str, condition: Condition, *, by: User, **data) -> None:
    member = condition.member
    audit.record(f"care.condition.{act}", condition, by=by, path=member.branch.path, subject=member.uid, **data)
