"""Rules of 困难救助: which step follows which, who must keep out of it, what may be told in public. No clock, no Django."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from members.rules.ages import reaches

# Where a case stands
VOTING, REVIEWING, APPROVING, PUBLICITY, PAYING, CONFIRMING, SIGNING, FOLLOWING, DONE, RETURNED, REFUSED, WITHDRAWN = (
    *("voting", "reviewing", "approving", "publicity", "paying", "confirming"),
    *("signing", "following", "done", "returned", "refused", "withdrawn"),
)
# What is done about it
APPLY, RESUBMIT, VOTE, VOTE_DOWN, REVIEW, APPROVE, NOTICE_OVER, PREPARE, PAY = (
    *("apply", "resubmit", "vote", "vote_down", "review", "approve", "notice_over", "prepare", "pay"),
)
SIGN, FOLLOW_UP, REFUSE, RETURN, WITHDRAW, REVOKE, UNPAY = "sign", "follow_up", "refuse", "return", "withdraw", "revoke", "unpay"

# Steps a programme may leave out; approval, payment and signature never are.
NEEDS_VOTE, NEEDS_REVIEW, NEEDS_NOTICE, NEEDS_FOLLOW_UP = "vote", "review", "notice", "follow_up"

OPEN = (VOTING, REVIEWING, APPROVING, PUBLICITY, PAYING, CONFIRMING, SIGNING, FOLLOWING, RETURNED)
OVER = (DONE, REFUSED, WITHDRAWN)
GRANTED = (PUBLICITY, PAYING, CONFIRMING, SIGNING, FOLLOWING, DONE)  # an amount stands, and the fund holds it
PAID = (SIGNING, FOLLOWING, DONE)
DECIDING = (VOTING, REVIEWING, APPROVING)

# act → from which states
SOURCES: dict[str, tuple[str, ...]] = {
    RESUBMIT: (RETURNED,),
    VOTE: (VOTING,),
    VOTE_DOWN: (VOTING,),
    REVIEW: (REVIEWING,),
    APPROVE: (APPROVING,),
    NOTICE_OVER: (PUBLICITY,),
    PREPARE: (PAYING,),
    PAY: (CONFIRMING,),
    SIGN: (SIGNING,),
    FOLLOW_UP: (FOLLOWING,),
    REFUSE: (REVIEWING, APPROVING),
    RETURN: (VOTING, REVIEWING, APPROVING),
    WITHDRAW: (VOTING, REVIEWING, APPROVING, PUBLICITY, PAYING, RETURNED),
    REVOKE: (PUBLICITY, PAYING),
    UNPAY: (CONFIRMING, SIGNING, FOLLOWING, DONE),
}
_FIXED = {
    VOTE_DOWN: REFUSED,
    REFUSE: REFUSED,
    REVOKE: REFUSED,
    RETURN: RETURNED,
    WITHDRAW: WITHDRAWN,
    NOTICE_OVER: PAYING,
    PREPARE: CONFIRMING,
    PAY: SIGNING,
    FOLLOW_UP: DONE,
    UNPAY: PAYING,
}


def next_state(act: str, needs: Collection[str]) -> str:
    """申请→党员大会评议→总支/党委审核→县组织部审批→公示→走访发放(签收)→回访 (灵武市 2024 [S17], DOMAIN §7), less what the programme leaves out."""
    if act in _FIXED:
        return _FIXED[act]
    if act in {APPLY, RESUBMIT} and NEEDS_VOTE in needs:
        return VOTING
    if act in {APPLY, RESUBMIT, VOTE} and NEEDS_REVIEW in needs:
        return REVIEWING
    if act in {APPLY, RESUBMIT, VOTE, REVIEW}:
        return APPROVING
    if act == APPROVE:
        return PUBLICITY if NEEDS_NOTICE in needs else PAYING
    if act == SIGN:
        return FOLLOWING if NEEDS_FOLLOW_UP in needs else DONE
    raise ValueError(f"no way for {act!r}")


def may_do(act: str, state: str) -> bool:
    """Whether the act has its turn."""
    return state in SOURCES[act]


def assembly_passes(*, entitled: int, present: int, in_favour: int) -> bool:
    """支部工作条例第十一条: 党员大会有半数以上有表决权的党员到会方可进行，赞成人数超过应到会有表决权的党员的半数为通过."""
    return present * 2 >= entitled and in_favour * 2 > entitled


def counts_fault(*, entitled: int, present: int, in_favour: int, against: int, on_roll: int) -> tuple[str, str] | None:
    """What is wrong with the counts of a meeting, as (field, sentence); `on_roll` is how many of the branch had a vote that day."""
    if entitled > on_roll:
        return "entitled", f"那天支部有表决权的党员是 {on_roll} 人，应到不能多于这个数。"
    if present > entitled:
        return "present", f"实到不能多于应到的 {entitled} 人。"
    if in_favour + against > present:
        return "in_favour", f"赞成和不赞成一共不能多于实到的 {present} 人，其余算弃权。"
    if present * 2 < entitled:
        return "present", f"应到 {entitled} 人，到会要有半数以上，不到半数不能评议，另开一次。"
    return None


def amount_fault(amount: Decimal, *, limit: Decimal, is_fixed: bool) -> str:
    """What is wrong with a sum of money under a programme; empty when nothing is."""
    if amount <= 0:
        return "金额要大于 0。"
    if is_fixed and amount != limit:
        return f"这个项目每人 {limit:,.2f} 元，不多不少。"
    if amount > limit:
        return f"这个项目一年最多 {limit:,.2f} 元。"
    return ""


def notice_is_over(until: date | None, today: date) -> bool:
    """公示 lasts to the end of its last day: on that day one may still object."""
    return until is not None and today > until


def forget_on(closed_on: date, *, years: int) -> date:
    """PIPL 第十九条: kept no longer than the purpose needs. The papers go `years` after the case was closed; sums and days stay in the books."""
    return reaches(closed_on, years)


def due_on(acted_on: date, *, limit: int) -> date:
    """Until when the next one should act: the day it came to them is not counted."""
    return acted_on + timedelta(days=limit)


def quantile(sorted_days: Sequence[int], share: float) -> int | None:
    """The smallest number of days within which at least `share` of the cases were done (nearest rank); none of none."""
    if not sorted_days:
        return None
    return sorted_days[max(-(-len(sorted_days) * round(share * 100) // 100) - 1, 0)]


def shown_counts(counts: Sequence[int], *, at_least: int) -> list[int | None]:
    """Counts for the public: below `at_least` nothing is told, zero neither; nor of a second cell, else the sum would tell the first.

    Numbers so small could be laid at a person's door (PIPL 第四条: what can be linked to a person is about them).
    """
    shown: list[int | None] = [count if count >= at_least else None for count in counts]
    if shown.count(None) == 1 and len(shown) > 1:
        told = [at for at, count in enumerate(shown) if count is not None]
        shown[min(told, key=lambda at: counts[at])] = None
    return shown
