"""The clocks of members who are away or out of touch: when contact is due, when a relation should move, when 党籍 may stop. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from members.rules.quality import LOST_MONTHS, SUSPENDED_YEARS
from partyportal.core.days import months_after, years_after

# 教育管理条例 Art25: away six months or more to a relatively fixed place → the relation moves.
TRANSFER_AFTER_MONTHS = 6
# Art34: members studying abroad are contacted at least once each half-year.
ABROAD_CONTACT_MONTHS = 6
# Art31(6): six consecutive months without organisation life, dues or assigned work.
SILENT_MONTHS = 6
# The means to have tried before anybody is reported as lost. The text says 通过各种方式; these are the ones a branch has.
MEANS = ("phone", "visit", "kin")


def is_away(*, start: date, until: date, months: int) -> bool:
    """流动党员: cannot join the home branch for at least so many consecutive months (中办 2024 意见 by S13: six).

    `until` is the day of the return: away 2026-03-02 until 2026-09-02 is six months, until 2026-09-01 is not.
    """
    return until >= months_after(start, months)


def transfer_due_on(*, start: date, place_fixed: bool) -> date | None:
    """Art25: 外出六个月以上并且地点相对固定的，应当转移组织关系. The day six months are full; None where the place is not fixed."""
    return months_after(start, TRANSFER_AFTER_MONTHS) if place_fixed else None


def contact_due_on(*, last: date, months: int) -> date:
    """The day by which a member away must have been reached again, `months` after the last time (Art33; abroad Art34)."""
    return months_after(last, months)


def overdue_before(today: date, months: int) -> date:
    """The first day `d` whose `months_after(d, months)` is not before today: whoever was last reached before it is overdue.

    The same clock turned round, so that the database can ask it of a column.
    """
    first = months_after(today, -months)
    # 31 March less one month: 28 February falls due on 28 March already, so it is overdue as well.
    return first if first.day == today.day else first + timedelta(days=1)


def may_suspend_on(clock: date) -> date:
    """Art24: 失去联系六个月以上 … 停止党籍. The clock starts at the last 组织生活 or 党费 (national form's instructions, S21)."""
    return months_after(clock, LOST_MONTHS)


def may_remove_on(suspended_on: date) -> date:
    """Art24: 停止党籍二年后确实无法取得联系的，按照自行脱党予以除名."""
    return years_after(suspended_on, SUSPENDED_YEARS)


def means_untried(tried: Iterable[str]) -> tuple[str, ...]:
    """Of the means to be tried before 停止党籍 (Art24: 通过各种方式查找), those not yet tried."""
    done = set(tried)
    return tuple(means for means in MEANS if means not in done)
