"""Deciding on files that look alike. The merge itself crosses apps and stands on the roof (dashboard.workflows.merging)."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from members.models import Member, NotSame
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def say_not_same(one: Member, other: Member, *, by: User) -> NotSame:
    """Say that two files are two persons: the pair is not asked about again until somebody withdraws that."""
    first, second = lock_files((one, other))
    try:
        with transaction.atomic():
            said = NotSame.objects.create(first=first, second=second, decided_by=by)
    except IntegrityError:
        raise DomainError("这两份档案已经判定过不是同一人。") from None
    audit.record("members.pair.told_apart", said, by=by, path=first.branch.path, subject=first.uid, other=second.uid)
    return said


@transaction.atomic
def withdraw_not_same(said: NotSame, *, by: User) -> NotSame:
    """Take it back: the pair is compared again."""
    held = NotSame.objects.select_for_update().get(pk=said.pk)
    if held.withdrawn_at is not None:
        raise DomainError("这个判定已经撤回。")
    held.withdrawn_by, held.withdrawn_at = by, timezone.now()
    held.save(update_fields=["withdrawn_by", "withdrawn_at"])
    audit.record("members.pair.compared_again", held, by=by, path=held.first.branch.path, subject=held.first.uid, other=held.second.uid)
    return held


def lock_files(members: Iterable[Member]) -> list[Member]:
    """The two rows as they are now, by id, kept until the transaction ends: two merges that share a file wait for each other."""
    wanted = {member.pk for member in members}
    # Branch and login are read afterwards: joined to a row that was waited for, they would be those of before.
    held = list(Member.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if len(held) != 2:
        raise DomainError("要选两份不同的档案。")
    for member in held:
        if member.merged_into_id is not None:
            raise DomainError(f"{member.name}的一份档案已经并入另一份，请回到查重页重新选。")
    return held
