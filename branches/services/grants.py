"""Grants: proposed by one, confirmed by another, ended on a day. Each leaves an audit row of uids and codes."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from branches.access import Role, sees
from branches.models import Grant, Organisation
from branches.rules import posts_clash
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def propose(*, user: User, organisation: Organisation, role: str, start: date, end: date | None = None, by: User) -> Grant:
    """Propose a role for a user over an organisation's subtree. It counts only once another person has confirmed it."""
    if user == by:
        raise DomainError("不能给自己授权，由另一位安全管理员提出。", field="user")
    return _write(user=user, organisation=organisation, role=role, start=start, end=end, by=by)


# What a post in the committee of an organisation is worth over its subtree; a 党小组 has no committee.
_ROLE_OF_POST = {
    Organisation.Kind.BRANCH: Role.SECRETARY,
    Organisation.Kind.GENERAL_BRANCH: Role.COMMITTEE,
    Organisation.Kind.COMMITTEE: Role.COMMITTEE,
    Organisation.Kind.WORK_COMMITTEE: Role.COMMITTEE,
}


def may_come_with_a_post(organisation: Organisation) -> bool:
    """Whether posts of this kind of organisation bring a role; the county's own are granted one by one."""
    return organisation.kind in _ROLE_OF_POST


def propose_for_post(*, user: User, organisation: Organisation, start: date, by: User) -> Grant:
    """Propose the role that goes with a post in the organisation's committee; a security admin confirms it like any other."""
    if not may_come_with_a_post(organisation):
        raise DomainError(f"{organisation.get_kind_display()}的职务不随带授权，由安全管理员另授。", field="with_grant")
    return propose(user=user, organisation=organisation, role=_ROLE_OF_POST[organisation.kind], start=start, by=by)


@transaction.atomic
def end_all(user: User, *, on: date, by: User) -> list[Grant]:
    """End every grant a person holds or was to hold from a day on, as far as the actor reaches.

    Those held above are not ended by them but become the security admin's duty (ADR 22); they are returned.
    """
    left = []
    held = Grant.objects.filter(user=user).filter(Q(end=None) | Q(end__gt=on)).select_related("organisation", "user").order_by("pk")
    for grant in held:
        if reaches(by, grant):
            end(grant, on=on, by=by)
        else:
            left.append(grant)
            _record("branches.grant.left_open", grant, by=by, on=on)
    return left


def reaches(by: User | None, grant: Grant) -> bool:
    """Whether a grant hangs within what the actor sees by post; the command line reaches everywhere."""
    return by is None or sees(by, grant.organisation)


@transaction.atomic
def grant_as_operator(*, user: User, organisation: Organisation, role: str, start: date) -> tuple[Grant, bool]:
    """The command line's grant: in force at once, for whoever reaches it holds the machine. Twice is once; a waiting proposal is put in force."""
    _lock(user)
    held = Grant.objects.filter(user=user, organisation=organisation, role=role).filter(Q(end=None) | Q(end__gt=start)).first()
    if held is None:
        return _write(user=user, organisation=organisation, role=role, start=start, end=None, by=None, operator=True), True
    changed = (held.confirmed_by_id is None and not held.operator) or held.start > start or held.end is not None
    if changed:
        held.operator, held.start, held.end = True, min(held.start, start), None
        held.save(update_fields=["operator", "start", "end"])
        _record("branches.grant.confirmed", held, by=None)
    return held, changed


@transaction.atomic
def confirm(grant: Grant, *, by: User) -> Grant:
    """Put a proposal in force: neither who proposed it nor who will hold it may."""
    held = Grant.objects.select_for_update(of=("self",)).select_related("user", "organisation").get(pk=grant.pk)
    if held.confirmed_by_id or held.operator:
        raise DomainError("这条授权已经确认过。")
    if held.granted_by_id == by.pk:
        raise DomainError("授权要由另一个人确认，提出的人不能自己确认。")
    if held.user_id == by.pk:
        raise DomainError("不能确认给自己的授权。")
    if held.end is not None and held.end <= held.start:
        raise DomainError("这条授权已经终止。")
    _lock(held.user)
    _refuse_clash(held.user, held.role, apart_from=held)
    held.confirmed_by = by
    held.save(update_fields=["confirmed_by"])
    _record("branches.grant.confirmed", held, by=by)
    return held


@transaction.atomic
def end(grant: Grant, *, on: date, by: User) -> None:
    """End a grant from a day on. One that never was in force is taken back whole; the audit row remembers it."""
    held = Grant.objects.select_for_update(of=("self",)).select_related("user", "organisation").get(pk=grant.pk)
    if held.end is not None and held.end <= on:
        raise DomainError("这条授权已经终止。")
    _record("branches.grant.ended", held, by=by, end=on)
    if held.start >= on or (held.confirmed_by_id is None and not held.operator):
        held.delete()
        return
    held.end = on
    held.save(update_fields=["end"])


def _write(
    *, user: User, organisation: Organisation, role: str, start: date, end: date | None, by: User | None, operator: bool = False
) -> Grant:
    if role not in Role.values:
        raise DomainError("没有这个角色。", field="role")
    if end is not None and end <= start:
        raise DomainError("止日须晚于起日。", field="end")
    if not user.is_active:
        raise DomainError("这个账号已停用，先启用再授权。", field="user")
    _lock(user)
    _refuse_clash(user, role)
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                user=user, organisation=organisation, role=role, start=start, end=end, granted_by=by, operator=operator
            )
    except IntegrityError:
        raise DomainError("这个人在这个党组织已经有这个角色，不用再授。", field="role") from None
    _record("branches.grant.granted" if operator else "branches.grant.proposed", grant, by=by)
    return grant


def _lock(user: User) -> None:
    """Two proposals for one person are looked at one after the other, or both would find no clash."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _refuse_clash(user: User, role: str, *, apart_from: Grant | None = None) -> None:
    others = Grant.objects.filter(user=user, end=None).exclude(pk=apart_from.pk if apart_from else None)
    if posts_clash(others.values_list("role", flat=True), role):
        raise DomainError("系统管理员、安全管理员、审计员要由三个人分别担任。", field="role")


def _record(code: str, grant: Grant, *, by: User | None, **data) -> None:
    audit.record(
        code,
        grant,
        by=by,
        path=grant.organisation.path,
        user=grant.user.uid,
        role=grant.role,
        organisation=grant.organisation.code,
        **({"start": grant.start, "end": grant.end} | data),
    )
