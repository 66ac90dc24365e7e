"""评议、审核、审批: each by another hand, each with its reason where it is against; the approval sets the fund's money aside in the same transaction."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction

from branches.access import can
from members.care.aid import rules
from members.care.aid.models import Case
from members.care.aid.selectors.eligibility import unqualified
from members.care.aid.services.steps import check_day, check_hand, hold, move, say
from members.care.fund.models import BudgetLine
from members.care.fund.services import claims
from members.selectors.voters import voters_on
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.workdays import calendar


@transaction.atomic
def record_vote(
    case: Case,
    *,
    day: date,
    entitled: int,
    present: int,
    in_favour: int,
    against: int,
    by: User,
    today: date,
    note: str = "",
    version: int | None = None,
) -> Case:
    """党员大会评议: the day and the counts of the meeting; what the counts say is the result, not whoever types them."""
    held = hold(case, rules.VOTE, version=version)
    check_hand(held, rules.VOTE, by)
    if not can(by, "care.record", held.organisation):
        raise DomainError("由支部登记评议结果。")
    check_day(day, since=held.applied_on, today=today)
    on_roll = sum(voter.may_vote for voter in voters_on(held.organisation, day))
    counts = {"entitled": entitled, "present": present, "in_favour": in_favour, "against": against}
    if fault := rules.counts_fault(on_roll=on_roll, **counts):
        raise DomainError(fault[1], field=fault[0])
    passes = rules.assembly_passes(entitled=entitled, present=present, in_favour=in_favour)
    return move(held, rules.VOTE if passes else rules.VOTE_DOWN, by=by, day=day, today=today, note=note, **counts)


@transaction.atomic
def review(case: Case, *, by: User, today: date, note: str = "", version: int | None = None) -> Case:
    """党总支、党委审核同意: goes up to the department."""
    held = hold(case, rules.REVIEW, version=version)
    if not can(by, "care.review", held.organisation):
        raise DomainError("由党总支、党委审核。")
    check_hand(held, rules.REVIEW, by)
    held.reviewed_by = by
    return move(held, rules.REVIEW, by=by, day=today, today=today, note=note, changed=("reviewed_by",))


@transaction.atomic
def approve(
    case: Case,
    *,
    line: BudgetLine,
    by: User,
    today: date,
    amount: Decimal | None = None,
    note: str = "",
    version: int | None = None,
) -> Case:
    """组织部审批: the sum is decided and the fund sets it aside; if the fund cannot bear it, nothing is approved."""
    held = hold(case, rules.APPROVE, version=version)
    if not can(by, "care.approve", held.organisation):
        raise DomainError("由县委组织部审批。")
    check_hand(held, rules.APPROVE, by)
    amount = held.amount_asked if amount is None else amount
    if fault := rules.amount_fault(amount, limit=held.programme.amount, is_fixed=held.programme.is_fixed):
        raise DomainError(fault, field="amount")
    if held.programme.bars_unqualified and unqualified([held.member_id]):
        raise DomainError("最近一次民主评议不合格，这个项目不能给。")
    fund = line.book.organisation
    if not held.organisation.path.startswith(fund.path) or not can(by, "fund.see", fund):
        raise DomainError("从管着这个支部的基金里出，选一个预算项目。", field="line")
    # The title names no person: who was helped is in the case alone.
    held.claim = claims.reserve(line=line, organisation=held.organisation, amount=amount, title=f"{held.programme}", by=by, today=today)
    held.amount, held.approved_by = amount, by
    if held.programme.needs_notice:
        held.notice_from, held.notice_until = today, calendar().last_of(today, held.programme.notice_days)
    changed = ("claim", "amount", "approved_by", "notice_from", "notice_until")
    return move(held, rules.APPROVE, by=by, day=today, today=today, amount=amount, note=note, changed=changed)


@transaction.atomic
def refuse(case: Case, *, note: str, by: User, today: date, version: int | None = None) -> Case:
    """不同意: with the reason, which the person reads; the end of it."""
    held = _deciding(case, rules.REFUSE, by, version=version)
    return move(held, rules.REFUSE, by=by, day=today, today=today, note=say(note))


@transaction.atomic
def send_back(case: Case, *, note: str, by: User, today: date, version: int | None = None) -> Case:
    """退回补材料: what is missing is said; what was decided before stays among the steps."""
    held = _deciding(case, rules.RETURN, by, version=version)
    return move(held, rules.RETURN, by=by, day=today, today=today, note=say(note))


def verb_of(state: str) -> str:
    """Whose turn a state is, by verb: what deciding, refusing and sending back all ask."""
    return {rules.VOTING: "care.record", rules.REVIEWING: "care.review", rules.APPROVING: "care.approve"}[state]


def _deciding(case: Case, act: str, by: User, *, version: int | None) -> Case:
    held = hold(case, act, version=version)
    if not can(by, verb_of(held.state), held.organisation):
        raise DomainError(f"这件在“{held.get_state_display()}”，由管这一步的人来办。")
    positive = {rules.REVIEWING: rules.REVIEW, rules.APPROVING: rules.APPROVE, rules.VOTING: rules.VOTE}[held.state]
    check_hand(held, positive, by)
    return held


@transaction.atomic
def decide_many(cases: Iterable[Case], act: str, *, by: User, today: date, **said) -> list[Case]:
    """Review or approve many at once, each at the sum it asks for: all of them, or none and the first that cannot be named."""
    decide = {rules.REVIEW: review, rules.APPROVE: approve}[act]
    return each(cases, lambda one: decide(one, by=by, today=today, **said))


def each(cases: Iterable[Case], act) -> list[Case]:
    """One act on many in the order of their rows, so that two who act at once wait and do not stand in each other's way."""
    done = []
    for case in sorted(cases, key=lambda one: one.pk):
        try:
            done.append(act(case))
        except DomainError as refusal:
            raise DomainError(f"{case.member.name}：{refusal.message}一件也没有办，去掉这一件再办。", field="cases") from None
    if not done:
        raise DomainError("先选要办的。", field="cases")
    return done
