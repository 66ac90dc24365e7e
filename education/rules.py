"""What the Party's rules say about meetings and when they fall due. Pure: no Django, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

# 教育管理条例 Art20: 集中学习 of a year, in 学时.
HOURS_DUE = 32

# What a meeting of a kind usually counts as 集中学习 when nobody has said otherwise; the recorder may change it.
USUAL_HOURS = {"lecture": 2, "theme_day": 2}

# How far back a missed meeting is still asked for; what is older stays readable in the compliance page.
CATCH_UP_MONTHS = 3


@dataclass(frozen=True)
class Fault:
    """One refusal and the form field it belongs to."""

    field: str
    message: str


def meeting_faults(
    *, held_on: date, starts_at: time | None, ends_at: time | None, today: date, founded_on: date, dissolved_on: date | None
) -> list[Fault]:
    """What is wrong with a meeting's day and hours."""
    faults = []
    if held_on > today:
        faults.append(Fault("held_on", f"{chinese_day(held_on)}还没到。开过了再记录。"))
    elif held_on < founded_on:
        faults.append(Fault("held_on", f"支部 {chinese_day(founded_on, year=True)}才成立，那时还不能开会。"))
    elif dissolved_on and held_on >= dissolved_on:
        faults.append(Fault("held_on", f"支部 {chinese_day(dissolved_on, year=True)}已撤销。"))
    if starts_at and ends_at and ends_at <= starts_at:
        faults.append(Fault("ends_at", "结束时间须晚于开始时间。"))
    return faults


def chinese_day(day: date, *, year: bool = False) -> str:
    """11月20日, or 2026年11月20日."""
    return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"


def month_of(day: date) -> date:
    return day.replace(day=1)


def months_on(month: date, count: int) -> date:
    """The first of the month `count` months later (earlier if negative)."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def last_day(month: date) -> date:
    return months_on(month, 1) - timedelta(days=1)


def falls_due_in(period: str, month: date) -> bool:
    """A monthly meeting falls due every month, a quarterly one in the quarter's last, a yearly one in December."""
    return period == "month" or (period == "quarter" and month.month % 3 == 0) or (period == "year" and month.month == 12)


def due_month(period: str, day: date) -> date:
    """The month in which a meeting of that period, held on the day, answers what is due."""
    if period == "month":
        return month_of(day)
    if period == "quarter":
        return date(day.year, (day.month + 2) // 3 * 3, 1)
    return date(day.year, 12, 1)


def opens_on(period: str, month: date) -> date:
    """From which day on the duty that falls due in a month is shown: its period's first; a yearly one from October (Art17: 一般 Q4)."""
    if period == "month":
        return month
    return months_on(month, -2)


def period_words(period: str, month: date) -> str:
    """11 月, 第四季度, 2026 年度."""
    if period == "month":
        return f"{month.month} 月"
    if period == "quarter":
        return f"第{'一二三四'[(month.month - 1) // 3]}季度"
    return f"{month.year} 年度"


def clock(starts_at: time | None, ends_at: time | None) -> str:
    """9:00–11:00."""
    return "–".join(f"{at.hour}:{at.minute:02d}" for at in (starts_at, ends_at) if at)


def plain(number: Decimal) -> str:
    """2, 1.5: a number of hours without idle zeros."""
    return f"{number.normalize():f}"


@dataclass(frozen=True)
class Tally:
    """应到 实到 请假 缺席 of a roll; those not expected who did not come are outside all four."""

    expected: int
    present: int
    leave: int
    absent: int
    excused: int


def tally(states: Iterable[str]) -> Tally:
    """Count a roll's states. Whoever is not expected and comes counts as expected and present."""
    count = dict.fromkeys(("present", "leave", "absent", "excused"), 0)
    for state in states:
        count[state] += 1
    return Tally(expected=count["present"] + count["leave"] + count["absent"], **count)
