"""The side a member leaves: applied for, agreed to by the branch, reported again, certified anew, taken back."""

from datetime import date

from django.db import transaction

from branches.access import can
from branches.models import Organisation
from members.models import Member
from members.services.membership import locked
from members.transfers import rules
from members.transfers.models import Transfer
from members.transfers.services import letters
from members.transfers.services.steps import (
    Act,
    State,
    handler_of,
    held,
    is_expired,
    record,
    require_handler,
    require_living,
    require_second_person,
    require_still_there,
    require_turn,
    take,
)
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def apply(
    *,
    member: Member,
    by: User,
    today: date,
    reason: str,
    to_branch: Organisation | None = None,
    elsewhere: str = "",
    elsewhere_branch: str = "",
    reach: str = Transfer.Reach.CITY,
    note: str = "",
    dues_until: date | None = None,
) -> Transfer:
    """Apply for a member's transfer. The secretary's application is the branch's consent as well; a member's own waits for it."""
    person = locked(member)
    if person.left_on is not None or person.branch is None:
        raise DomainError(f"{person}的组织关系已经不在本县。", field="member")
    if person.standing == Member.Standing.SUSPENDED:
        raise DomainError(f"{person}停止党籍，恢复以后才能转接组织关系。", field="member")
    if person.transfers.open().exists():
        raise DomainError(f"{person}有一次转接还没有办完。先办完或撤销那一次。", field="member")
    own = person.user_id == by.pk
    transfer = Transfer(
        member=person,
        from_branch=person.branch,
        state=State.APPLIED if own else State.AGREED,
        reason=reason,
        note=note.strip(),
        dues_until=dues_until,
        applied_on=today,
        applied_by=by,
        acted_on=today,
    )
    _aim(transfer, to_branch=to_branch, elsewhere=elsewhere, elsewhere_branch=elsewhere_branch, reach=reach, today=today)
    if not own:
        _require_dues(transfer, today=today)
    transfer.save()
    record(transfer, Act.APPLY, by=by, on=today, organisation=None if own else person.branch, note=note)
    return transfer if own else record(transfer, Act.AGREE, by=by, on=today, organisation=person.branch)


@transaction.atomic
def agree(transfer: Transfer, *, dues_until: date, by: User, today: date, note: str = "", version: int | None = None) -> Transfer:
    """支部同意: the branch's consent to its member's own application, with the month 党费 is paid to."""
    row = held(transfer, version=version)
    require_turn(row, Act.AGREE, today=today)
    require_still_there(row)
    require_second_person(row, by=by, what="支部同意")
    row.dues_until = dues_until
    _require_dues(row, today=today)
    return take(row, Act.AGREE, State.AGREED, by=by, on=today, organisation=row.from_branch, note=note)


@transaction.atomic
def resubmit(
    transfer: Transfer,
    *,
    by: User,
    today: date,
    to_branch: Organisation | None = None,
    elsewhere: str = "",
    elsewhere_branch: str = "",
    reach: str = Transfer.Reach.CITY,
    dues_until: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Transfer:
    """改好再报: a returned case sets out again, corrected. From a member it asks the branch first; one from outside asks another branch."""
    row = held(transfer, version=version)
    require_turn(row, Act.RESUBMIT, today=today)
    if row.kind == Transfer.Kind.IN:
        if to_branch is None:
            raise DomainError("选编入哪个党支部。", field="to_branch")
        require_living(to_branch)
        receiver = require_handler(to_branch, by=by, today=today, what="改编入支部")
        row.to_branch = to_branch
        return take(row, Act.RESUBMIT, State.RECEIVED, by=by, on=today, organisation=receiver, note=note)
    require_still_there(row)
    branch_acts = can(by, "transfer.apply", row.from_branch) and row.member.user_id != by.pk
    row.dues_until = dues_until or row.dues_until
    _aim(row, to_branch=to_branch, elsewhere=elsewhere, elsewhere_branch=elsewhere_branch, reach=reach, today=today)
    row.approved_on = None
    if branch_acts:
        _require_dues(row, today=today)
    state = State.AGREED if branch_acts else State.APPLIED
    return take(row, Act.RESUBMIT, state, by=by, on=today, organisation=row.from_branch if branch_acts else None, note=note)


@transaction.atomic
def prove(transfer: Transfer, *, note: str, by: User, today: date, dues_until: date | None = None, version: int | None = None) -> Transfer:
    """逾期，支部证明后重办: the branch says why the letter ran out; the letter is void and the committee may write another."""
    row = held(transfer, version=version)
    if not rules.may_prove(row.kind, row.state, expired=is_expired(row, today)):
        raise DomainError("介绍信没有过期，不用重办。" if row.state == State.TRAVELLING else "没有过期的介绍信，不用重办。")
    require_still_there(row)
    if not note.strip():
        raise DomainError("写上为什么过期，这就是支部的证明。", field="note")
    letters.void(row, on=today)
    row.dues_until = dues_until or row.dues_until
    _require_dues(row, today=today)
    return take(row, Act.PROVE, State.AGREED, by=by, on=today, organisation=row.from_branch, note=note)


@transaction.atomic
def withdraw(transfer: Transfer, *, by: User, today: date, note: str = "", version: int | None = None) -> Transfer:
    """撤销 by the side it goes out from, until it is received; the letter with it."""
    row = held(transfer, version=version)
    if not rules.may_withdraw(row.kind, row.state):
        over = row.is_over
        raise DomainError("这次转接已经了结，不能再撤销。" if over else "对方党委已经接收，不能撤销。要回来就从那边再转一次。")
    letters.void(row, on=today)
    if row.kind == Transfer.Kind.IN:
        row.arrival.id_number = row.arrival.id_index = row.arrival.details = None
        row.arrival.save()
    return take(row, Act.WITHDRAW, State.WITHDRAWN, by=by, on=today, organisation=row.from_branch or row.to_branch, note=note)


def _aim(transfer: Transfer, *, to_branch: Organisation | None, elsewhere: str, elsewhere_branch: str, reach: str, today: date) -> None:
    """Where it goes, and of which kind it therefore is."""
    transfer.to_branch, transfer.elsewhere, transfer.elsewhere_branch, transfer.reach = None, "", "", reach
    if to_branch is None:
        if not elsewhere.strip():
            raise DomainError("写明转到哪里：县内选党支部，县外写对方党委全称。", field="to_branch")
        transfer.kind, transfer.elsewhere, transfer.elsewhere_branch = Transfer.Kind.OUT, elsewhere.strip(), elsewhere_branch.strip()
        return
    require_living(to_branch)
    if to_branch.pk == transfer.from_branch.pk:
        raise DomainError(f"{transfer.member}已经在这个支部。", field="to_branch")
    transfer.to_branch, transfer.reach = to_branch, Transfer.Reach.CITY
    same = handler_of(transfer.from_branch, today) == handler_of(to_branch, today)
    transfer.kind = Transfer.Kind.INTERNAL if same else Transfer.Kind.COUNTY


def _require_dues(transfer: Transfer, *, today: date) -> None:
    """The month 党费 is paid to: a letter must say it, and nobody has paid for years ahead."""
    if transfer.dues_until is None:
        raise DomainError("写明党费交至哪个月，如 2026-10。", field="dues_until")
    if transfer.dues_until < transfer.member.joined_on.replace(day=1):
        raise DomainError("党费交至的月份早于入党的月份，核对一下。", field="dues_until")
    if transfer.dues_until > today.replace(year=today.year + 1, day=1):
        raise DomainError("党费交至的月份在一年以后，核对一下。", field="dues_until")
    transfer.dues_until = transfer.dues_until.replace(day=1)
