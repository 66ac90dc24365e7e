"""组织关系转接: who acts next, how long a letter is good, what a refusal must say. Pure: no Django, no clock."""

from collections.abc import Iterable
from datetime import date, timedelta

LONGEST = 90  # days a letter may be good for: three months at most (介绍信说明)

# State → the acts it admits, kind by kind. Words as in models.Transfer: kept as plain text, so that the rule stays pure.
APPLIED, AGREED, TRAVELLING, RECEIVED, PLACED = "applied", "agreed", "travelling", "received", "placed"
DONE, RETURNED, WITHDRAWN = "done", "returned", "withdrawn"
INTERNAL, COUNTY, OUT, IN = "internal", "county", "out", "in"

# Who acts: the side (out, in) and the level (branch, committee).
OUT_BRANCH, OUT_COMMITTEE = ("out", "branch"), ("out", "committee")
IN_BRANCH, IN_COMMITTEE = ("in", "branch"), ("in", "committee")

_NEXT: dict[str, dict[str, tuple[str, tuple[str, str]]]] = {
    INTERNAL: {
        APPLIED: ("agree", OUT_BRANCH),
        AGREED: ("approve", OUT_COMMITTEE),
        RECEIVED: ("place", IN_BRANCH),
        RETURNED: ("resubmit", OUT_BRANCH),
    },
    COUNTY: {
        APPLIED: ("agree", OUT_BRANCH),
        AGREED: ("approve", OUT_COMMITTEE),
        TRAVELLING: ("receive", IN_COMMITTEE),
        RECEIVED: ("place", IN_BRANCH),
        PLACED: ("archive", OUT_COMMITTEE),
        RETURNED: ("resubmit", OUT_BRANCH),
    },
    OUT: {
        APPLIED: ("agree", OUT_BRANCH),
        AGREED: ("approve", OUT_COMMITTEE),
        TRAVELLING: ("archive", OUT_COMMITTEE),
        RETURNED: ("resubmit", OUT_BRANCH),
    },
    IN: {
        RECEIVED: ("place", IN_BRANCH),
        PLACED: ("archive", IN_COMMITTEE),
        RETURNED: ("resubmit", IN_COMMITTEE),
    },
}
# Acts beside the next one: a refusal by whoever is asked, and taking it back by the side it goes out from.
_REFUSABLE = frozenset({"agree", "approve", "receive", "place"})


def next_act(kind: str, state: str, *, expired: bool = False) -> tuple[str, tuple[str, str]] | None:
    """The act a transfer waits for and whose it is; none once it is over.

    A letter past its last day is good for nothing: the old branch must certify anew (支部证明后重办).
    """
    if state == TRAVELLING and expired and kind == COUNTY:
        return "prove", OUT_BRANCH
    return _NEXT[kind].get(state)


def may_refuse(kind: str, state: str, *, expired: bool = False) -> bool:
    """Whether the one whose turn it is may send it back with a reason."""
    found = next_act(kind, state, expired=expired)
    return found is not None and found[0] in _REFUSABLE


def may_prove(kind: str, state: str, *, expired: bool) -> bool:
    """Whether the branch may certify for a new letter: the old one ran out before anybody received it."""
    return kind in {COUNTY, OUT} and state == TRAVELLING and expired


def may_withdraw(kind: str, state: str) -> bool:
    """The out-side may take a transfer back until it is received; of one from outside, until somebody is placed."""
    if kind == IN:
        return state in {RECEIVED, RETURNED}
    return state in {APPLIED, AGREED, TRAVELLING, RETURNED}


def last_day(issued_on: date, days: int) -> date:
    """The last day a letter is good: the day of issue is not counted (民法典第二百零一条), the last day counts whole."""
    if not 1 <= days <= LONGEST:
        raise ValueError(f"a letter is good for 1 to {LONGEST} days, not {days}")
    return issued_on + timedelta(days=days)


def has_expired(valid_until: date, on: date) -> bool:
    """Whether a letter is past its last day."""
    return on > valid_until


def is_near_expiry(valid_until: date, on: date, *, warning_days: int) -> bool:
    """Whether both sides are to be warned: from `warning_days` before the last day, and on it."""
    return valid_until - timedelta(days=warning_days) <= on <= valid_until


def kept_until(issued_on: date, years: int) -> date:
    """The day until which the 存根 of a letter is kept: to the end of the last of its years."""
    return date(issued_on.year + years, 12, 31)


def letter_number(prefix: str, year: int, serial: int) -> str:
    """清源组转〔2026〕17 号."""
    return f"{prefix}组转〔{year}〕{serial} 号"


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else
CODE_LENGTH = 8


def code_of(numbers: Iterable[int]) -> str:
    """The verification code made of random numbers, in signs nobody mistakes."""
    return "".join(_ALPHABET[number % len(_ALPHABET)] for number in numbers)


def tidy_code(typed: str) -> str:
    """A code as typed from paper: any case, blanks and dashes anywhere."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:20]


def shown_code(code: str) -> str:
    """K7MN-2QXR: in two halves, as it is printed."""
    return f"{code[:4]}-{code[4:]}"
