"""When a plan puts a meeting, what clears an entry, and of which kind a talk is. Pure: no Django, no clock."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from education.rules import due_month
from partyportal.core.days import month_end


@dataclass(frozen=True)
class Fault:
    field: str
    message: str


def planned_day(month: date, *, usual: int, founded_on: date) -> date:
    """The usual day of a month, its last day if it has no such day. 支部工作条例第十六条: 主题党日每月相对固定 1 天."""
    day = month.replace(day=min(usual, month_end(month).day))
    return max(day, founded_on)


def entry_faults(*, planned_on: date, year: int, today: date, moved: bool) -> list[Fault]:
    """A day of the plan's own year, and none that is over: what was held is recorded, not planned."""
    if planned_on.year != year:
        return [Fault("planned_on", f"这是 {year} 年的计划，日期要在这一年里。")]
    if moved and planned_on < today:
        return [Fault("planned_on", "这一天已经过了。开过的直接记录。")]
    return []


def unanswered(
    entries: Iterable[tuple[Hashable, str, date]], held: Iterable[tuple[Hashable, date]], periods: dict[Hashable, str]
) -> set[int]:
    """Which entries no meeting answers yet, by their place in the list.

    `entries` are (what, kind, day) in order of their days, `held` (what, day), `periods` of each what. In a period the first
    meeting answers the first entry, the second the second: matched by kind, group and period, never by a click.
    """
    left = Counter((what, due_month(periods[what], day)) for what, day in held if what in periods)
    open_ = set()
    for at, (what, _, day) in enumerate(entries):
        key = (what, due_month(periods[what], day))
        if left[key]:
            left[key] -= 1
        else:
            open_.add(at)
    return open_


def direction(first_in_committee: bool, second_in_committee: bool) -> str:
    """支部工作条例第十九条: 支委之间, 支委和党员之间, 党员和党员之间."""
    return {2: "committee", 1: "across", 0: "members"}[first_in_committee + second_in_committee]


def directions_asked(*, in_committee: bool, committee: int, others: int) -> list[str]:
    """Of which kinds a member owes a talk a year (Art19): of the 支委会 with the others of it and with members, of the others with the 支委会
    and among themselves; none where there is nobody to talk with."""
    if in_committee:
        return [*(["committee"] if committee > 1 else []), *(["across"] if others else [])]
    return [*(["across"] if committee else []), *(["members"] if others > 1 else [])]


def talk_faults(*, held_on: date, today: date, same: bool) -> list[Fault]:
    """Of two people, on a day that has come."""
    if same:
        return [Fault("second", "谈心谈话是两个人，另选一个。")]
    if held_on > today:
        return [Fault("held_on", "这一天还没到。谈过了再记。")]
    return []


def step_days(starts_on: date, steps: Iterable[tuple[int, str]]) -> list[tuple[date, str]]:
    """The days of a template's steps for a campaign that starts on a day."""
    return [(starts_on + timedelta(days=after), title) for after, title in steps]
