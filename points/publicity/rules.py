"""Rules of the quarterly 公示: which quarter is over, until when one may object, and what happens next. No clock, no Django."""

from datetime import date, timedelta

# Where an objection stands
FILED, HEARD, REJECTED, APPEALED, UPHELD, ACCEPTED, WITHDRAWN = (
    "filed",
    "heard",
    "rejected",
    "appealed",
    "upheld",
    "accepted",
    "withdrawn",
)
# What is done about it
FILE, HEAR, REJECT, ACCEPT, APPEAL, UPHOLD, WITHDRAW = ("file", "hear", "reject", "accept", "appeal", "uphold", "withdraw")

# act → (from which states, to which state)
WAY: dict[str, tuple[tuple[str, ...], str]] = {
    HEAR: ((FILED,), HEARD),
    REJECT: ((HEARD,), REJECTED),
    ACCEPT: ((HEARD, APPEALED), ACCEPTED),
    APPEAL: ((REJECTED,), APPEALED),
    UPHOLD: ((APPEALED,), UPHELD),
    WITHDRAW: ((FILED, HEARD), WITHDRAWN),
}
OPEN = (FILED, HEARD, APPEALED)


def first_day(year: int, quarter: int) -> date:
    """The first day of a quarter."""
    return date(year, quarter * 3 - 2, 1)


def last_day(year: int, quarter: int) -> date:
    """The last day of a quarter."""
    return (date(year + 1, 1, 1) if quarter == 4 else date(year, quarter * 3 + 1, 1)) - timedelta(days=1)


def last_ended(today: date) -> tuple[int, int]:
    """The latest quarter that is over: on its own last day it is not yet."""
    quarter = (today.month - 1) // 3
    return (today.year, quarter) if quarter else (today.year - 1, 4)


def is_over(year: int, quarter: int, today: date) -> bool:
    """季度末公示 (华宁县, S29): a quarter is published once it has ended."""
    return today > last_day(year, quarter)


def may_object(published_on: date, until: date, today: date) -> bool:
    """From the day of publication to the last day of the window, both counted."""
    return published_on <= today <= until


def may_appeal(until: date | None, today: date) -> bool:
    """A rejected objection goes up once, until its last day, that day counted."""
    return until is not None and today <= until


def is_open(state: str, appeal_until: date | None, today: date) -> bool:
    """Whether an objection still keeps the quarter from being closed: also while a rejected one may yet go up."""
    return state in OPEN or (state == REJECTED and may_appeal(appeal_until, today))


def may_close(until: date, today: date, *, open_objections: int) -> bool:
    """After the window's last day, and once nothing is in dispute any more."""
    return today > until and not open_objections
