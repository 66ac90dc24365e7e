"""From one side to the other: approved with a letter, received, placed in a branch, the receipt filed; or sent back with a reason."""

from datetime import date

from django.db import transaction

from members.models import Affiliation
from members.services import membership
from members.transfers import rules
from members.transfers.models import Step, Transfer
from members.transfers.parameters import BEYOND_DAYS, CITY_DAYS
from members.transfers.services import arriving, letters
from members.transfers.services.steps import (
    Act,
    State,
    good_letter,
    handler_of,
    held,
    is_expired,
    require_handler,
    require_second_person,
    require_still_there,
    require_turn,
    take,
)
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on


def usual_days(transfer: Transfer, today: date) -> int:
    """For how long a letter of this reach is usually good, as the county has set it."""
    return value_on(today, CITY_DAYS if transfer.reach == Transfer.Reach.CITY else BEYOND_DAYS)


@transaction.atomic
def approve(transfer: Transfer, *, by: User, today: date, days: int | None = None, note: str = "", version: int | None = None) -> Transfer:
    """转出党委审批: the letter is written and travels. Within one committee no letter is needed: it goes straight to the branch."""
    row = held(transfer, version=version)
    require_turn(row, Act.APPROVE, today=today)
    require_still_there(row)
    issuer = require_handler(row.from_branch, by=by, today=today, what="转出审批、开介绍信")
    require_second_person(row, by=by, what="党委审批")
    row.approved_on = row.approved_on or today
    if row.to_branch is not None:  # a power given or lost meanwhile decides anew whether a letter has to travel
        same = handler_of(row.to_branch, today) == issuer
        row.kind = Transfer.Kind.INTERNAL if same else Transfer.Kind.COUNTY
    if row.kind == Transfer.Kind.INTERNAL:
        return take(row, Act.APPROVE, State.RECEIVED, by=by, on=today, organisation=issuer, note=note)
    letter = letters.issue(row, issuer=issuer, days=usual_days(row, today) if days is None else days, by=by, today=today)
    return take(
        row, Act.APPROVE, State.TRAVELLING, by=by, on=today, organisation=issuer, note=note, letter=letter.uid, until=letter.valid_until
    )


@transaction.atomic
def receive(transfer: Transfer, *, by: User, today: date, note: str = "", version: int | None = None) -> Transfer:
    """接收党委审核 of a letter that is still good. Of two at once one receives, the other is told so."""
    row = held(transfer, version=version)
    require_turn(row, Act.RECEIVE, today=today)
    require_still_there(row)
    receiver = require_handler(row.to_branch, by=by, today=today, what="接收审核")
    require_second_person(row, by=by, what="接收审核")
    letter = good_letter(row)
    letters.use(letter, on=today)
    return take(row, Act.RECEIVE, State.RECEIVED, by=by, on=today, organisation=receiver, note=note, letter=letter.uid)


@transaction.atomic
def place(transfer: Transfer, *, by: User, today: date, note: str = "", version: int | None = None) -> Transfer:
    """编入支部: from this day on the new branch is the member's home, and the old one's no more."""
    row = held(transfer, version=version)
    require_turn(row, Act.PLACE, today=today)
    if row.to_branch.dissolved_on is not None:
        raise DomainError("这个党支部已经撤销，退回去另选一个支部。")
    row.placed_on = today
    if row.kind == Transfer.Kind.IN:
        row.member = arriving.settle_in(row, by=by, today=today)
    else:
        member = require_still_there(row)
        letter = row.letters.exclude(used_on=None).first()
        basis = f"介绍信 {letter.number}" if letter else "党委内部调整"
        row.member = membership.move(member, to=row.to_branch, on=today, by=by, reason=Affiliation.Reason.MOVED, basis=basis)
    state = State.DONE if row.kind == Transfer.Kind.INTERNAL else State.PLACED
    return take(row, Act.PLACE, state, by=by, on=today, organisation=row.to_branch, note=note)


@transaction.atomic
def archive(
    transfer: Transfer, *, by: User, today: date, received_on: date | None = None, note: str = "", version: int | None = None
) -> Transfer:
    """回执归档. Of a letter that went out of the county the receipt says since when the member is theirs: only then ours ends."""
    row = held(transfer, version=version)
    require_turn(row, Act.ARCHIVE, today=today)
    ours = row.to_branch if row.kind == Transfer.Kind.IN else row.from_branch
    committee = require_handler(ours, by=by, today=today, what="回执归档")
    if row.kind == Transfer.Kind.OUT:
        member, letter = require_still_there(row), good_letter(row)
        received_on = received_on or today
        if not letter.issued_on <= received_on <= today:
            raise DomainError(f"回执上的接收日期要在 {letter.issued_on:%Y-%m-%d} 到今天之间。", field="received_on")
        if rules.has_expired(letter.valid_until, received_on):
            raise DomainError(
                f"介绍信 {letter.number} 的有效期到 {letter.valid_until:%Y-%m-%d}，那天已经过期。请支部证明后重开一封。",
                field="received_on",
            )
        letters.use(letter, on=received_on)
        row.placed_on = received_on
        membership.leave(
            member,
            on=received_on,
            reason=Affiliation.EndReason.TRANSFERRED_OUT,
            by=by,
            basis=f"介绍信 {letter.number}，{row.elsewhere}"[:120],
        )
    return take(row, Act.ARCHIVE, State.DONE, by=by, on=today, organisation=committee, note=note)


@transaction.atomic
def refuse(transfer: Transfer, *, refusal: str, note: str, by: User, today: date, version: int | None = None) -> Transfer:
    """退回 by whoever is asked, with a reason: 不得无故拒转拒接 (条例 Art25). The letter it came with is void."""
    row = held(transfer, version=version)
    expired = is_expired(row, today)
    if not rules.may_refuse(row.kind, row.state, expired=expired):
        raise DomainError("介绍信已经过期，不用退回：转出支部证明后重办。" if expired else f"现在是“{row.get_state_display()}”，不能退回。")
    if refusal not in Step.Refusal.values:
        raise DomainError("选一个退回的缘由，不得无故拒转拒接。", field="refusal")
    if not note.strip():
        raise DomainError("写清楚为什么退回、怎样改好，不得无故拒转拒接。", field="note")
    act, (side, level) = rules.next_act(row.kind, row.state)
    branch = row.from_branch if side == "out" else row.to_branch
    organisation = branch if level == "branch" else require_handler(branch, by=by, today=today, what=f"在“{Act(act).label}”时退回")
    letters.void(row, on=today)
    return take(row, Act.REFUSE, State.RETURNED, by=by, on=today, organisation=organisation, refusal=refusal, note=note)
