"""The clocks of members who are away or out of touch: when contact is due, when a relation should move, when 党籍 may stop. Pure."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

# 教育管理条例 Art25: away six months or more to a relatively fixed place → the relation moves.
TRANSFER_AFTER_MONTHS = 6
# Art34: members studying abroad are contacted at least once each half-year.
ABROAD_CONTACT_MONTHS = 6
# Art24: out of touch six months, all means tried → 停止党籍; two more years → 自行脱党除名.
LOST_MONTHS = 6
REMOVED_AFTER_YEARS = 2
# Art31(6): six consecutive months without organisation life, dues or assigned work.
SILENT_MONTHS = 6
# The means to have tried before anybody is reported as lost. The text says 通过各种方式; these are the ones a branch has.
MEANS = ("phone", "visit", "kin")


def months_on(day: date, months: int) -> date:
    """The same day so many months on (or back); in a shorter month its last day."""
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_on(day: date, years: int) -> date:
    """The same day so many years on; of 29 February in a common year the 28th."""
    return months_on(day, years * 12)


def is_away(*, start: date, until: date, months: int) -> bool:
    """流动党员: cannot join the home branch for at least so many consecutive months (中办 2024 意见 by S13: six).

    `until` is the day of the return: away 2026-03-02 until 2026-09-02 is six months, until 2026-09-01 is not.
    """
    return until >= months_on(start, months)


def transfer_due_on(*, start: date, place_fixed: bool) -> date | None:
    """Art25: 外出六个月以上并且地点相对固定的，应当转移组织关系. The day six months are full; None where the place is not fixed."""
    return months_on(start, TRANSFER_AFTER_MONTHS) if place_fixed else None


def contact_due_on(*, last: date, months: int) -> date:
    """The day by which a member away must have been reached again, `months` after the last time (Art33; abroad Art34)."""
    return months_on(last, months)


def overdue_before(today: date, months: int) -> date:
    """The first day `d` whose `months_on(d, months)` is not before today: whoever was last reached before it is overdue.

    The same clock turned round, so that the database can ask it of a column.
    """
    at = today.year * 12 + today.month - 1 - months
    year, month = divmod(at, 12)
    last = monthrange(year, month + 1)[1]
    # 31 March less one month: 28 February falls due on 28 March already, so it is overdue as well.
    return date(year, month + 1, today.day) if today.day <= last else date(year, month + 1, last) + timedelta(days=1)


def may_suspend_on(clock: date) -> date:
    """Art24: 失去联系六个月以上 … 停止党籍. The clock starts at the last 组织生活 or 党费 (national form's instructions, S21)."""
    return months_on(clock, LOST_MONTHS)


def may_remove_on(suspended_on: date) -> date:
    """Art24: 停止党籍二年后确实无法取得联系的，按照自行脱党予以除名."""
    return years_on(suspended_on, REMOVED_AFTER_YEARS)


def is_silent(*, last: date, today: date) -> bool:
    """Art31(6): 连续六个月不参加党的组织生活，或者不交纳党费，或者不做党所分配的工作."""
    return months_on(last, SILENT_MONTHS) <= today


def means_untried(tried: Iterable[str]) -> tuple[str, ...]:
    """Of the means to be tried before 停止党籍 (Art24: 通过各种方式查找), those not yet tried."""
    done = set(tried)
    return tuple(means for means in MEANS if means not in done)
