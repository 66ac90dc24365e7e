"""名册核对: its periods, and the limits that make a file contradictory. Pure: today is an argument."""

from datetime import date, timedelta

from members.rules.ages import NO_PROBATION
from partyportal.core.days import month_end, quarter_of, quarter_words

NOTICE = timedelta(days=30)  # a branch is told this long before a period ends

# From 1969-04 to 1977-08 the constitution knew no 预备期, and before that it was other than a year.
PROBATION_SINCE = NO_PROBATION[1] + timedelta(days=1)
# 2026 细则 Art31: a year, extended once by a year at most; Art34: a transferred member's 转正 may wait six months more.
LONGEST_PROBATION = 30  # months
# 教育管理条例 Art24: six months without contact, then 停止党籍; two years after that 除名.
LOST_MONTHS = 6
SUSPENDED_YEARS = 2


def check_period(day: date, months: int) -> tuple[date, date]:
    """The first and the last day of the period a day lies in; periods begin with the year and never outlast it."""
    first = (day.month - 1) // months * months + 1
    last = min(first + months - 1, 12)
    return date(day.year, first, 1), month_end(date(day.year, last, 1))


def period_words(start: date, months: int) -> str:
    """第四季度, 11 月, 下半年, 2026 年; else from which month to which."""
    last = min(start.month + months - 1, 12)
    return {
        1: f"{start.month} 月",
        3: quarter_words(quarter_of(start)),
        6: "上半年" if start.month == 1 else "下半年",
        12: f"{start.year} 年",
    }.get(months, f"{start.month}–{last} 月")


def check_is_near(today: date, last: date) -> bool:
    """Whether a branch is told to look its roster through."""
    return last - NOTICE <= today
