"""What the Party's rules say about meetings and when they fall due. Pure: no Django, no clock."""

import difflib
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from partyportal.core.days import chinese_day, month_of, months_after, quarter_of, quarter_words

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


def due_month(period: str, day: date) -> date:
    """The month in which a meeting of that period, held on the day, answers what is due."""
    if period == "month":
        return month_of(day)
    if period == "quarter":
        return date(day.year, quarter_of(day) * 3, 1)
    return date(day.year, 12, 1)


def opens_on(period: str, month: date) -> date:
    """From which day on the duty that falls due in a month is shown: its period's first; a yearly one from October (Art17: 一般 Q4)."""
    if period == "month":
        return month
    return months_after(month, -2)


def period_words(period: str, month: date) -> str:
    """11 月, 第四季度, 2026 年度."""
    if period == "month":
        return f"{month.month} 月"
    if period == "quarter":
        return quarter_words(quarter_of(month))
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


@dataclass(frozen=True)
class Item:
    """One item of an agenda as text: title, what was said, what was decided."""

    title: str
    said: str = ""
    decided: str = ""
    reporter: str = ""


# How people number items, widest first; dictation writes the word instead of the sign. A text is cut by one of them alone.
_HEADINGS = (
    re.compile(r"^(?:议题|议程)\s*[一二三四五六七八九十\d]*\s*[:：、.．]\s*(?P<title>.+)$"),
    re.compile(r"^第[一二三四五六七八九十]+\s*(?:项(?:议题)?|个?议题|件事)\s*[,，:：、]?\s*(?P<title>.+)$"),
    re.compile(r"^[一二三四五六七八九十]+\s*[、.．]\s*(?P<title>.+)$"),
    re.compile(r"^[（(]\s*[一二三四五六七八九十]+\s*[)）]\s*(?P<title>.+)$"),
    re.compile(r"^\d{1,2}\s*(?:[、.．](?!\d)|[)）])\s*(?P<title>.+)$"),
)
_DECIDED = re.compile(r"^(?:议定|决定|决议|会议决定|会议议定|会议同意|结论)(?:事项)?\s*[:：,，]\s*(?P<words>.+)$")
_REPORTER = re.compile(r"[（(]\s*(?P<name>[^（）()]{2,20}?)\s*(?:同志)?(?:汇报|主讲|报告|领学)\s*[)）]\s*$")
_TITLE_AT_MOST = 120


def split_minutes(text: str) -> list[Item]:
    """Cut minutes into items of an agenda by the widest numbering found in at least one line; without one, no items.

    What stands before the first heading becomes an item of its own, so that no word is lost. "议定：" opens what was decided,
    "（张三汇报）" at a heading's end names who reported.
    """
    lines = [line.strip() for line in text.replace("\r", "").split("\n")]
    heading = next((one for one in _HEADINGS if any(one.match(line) for line in lines)), None)
    if heading is None:
        return []
    items: list[dict[str, list[str]]] = []
    for line in lines:
        if not line:
            continue
        if match := heading.match(line):
            items.append({"title": [match["title"].strip()], "said": [], "decided": []})
        elif not items:
            items.append({"title": ["开场"], "said": [line], "decided": []})
        elif match := _DECIDED.match(line):
            items[-1]["decided"].append(match["words"].strip())
        else:
            items[-1]["said"].append(line)
    return [_item(one) for one in items]


def _item(parts: dict[str, list[str]]) -> Item:
    """A heading that runs on into its paragraph is cut at its first stop: the rest was said."""
    title, said = parts["title"][0], list(parts["said"])
    reporter = ""
    head, stop, rest = title.partition("。")
    if (stop and rest) or len(title) > _TITLE_AT_MOST:
        title, said = (head, [rest, *said]) if stop and len(head) <= _TITLE_AT_MOST else (title[:40], [title, *said])
    if match := _REPORTER.search(title):
        title, reporter = title[: match.start()].strip() or title, match["name"]
    return Item(
        title=title.rstrip("。：: "),
        said="\n".join(line for line in said if line),
        decided="\n".join(parts["decided"]),
        reporter=reporter,
    )


def whole_text(*, topic: str, minutes: str, decisions: str, agenda: Iterable[Item]) -> str:
    """What was said at a meeting as one text, which a revision keeps and an approval stands for; empty while nothing was written."""
    parts = []
    for at, item in enumerate(agenda, 1):
        parts.append(f"议题 {at}：{item.title}{f'（{item.reporter}汇报）' if item.reporter else ''}")
        parts += [line for line in item.said.splitlines() if line.strip()]
        parts += [f"议定：{item.decided}"] if item.decided else []
    parts += [line for line in minutes.replace("\r", "").split("\n") if line.strip()]
    parts += [f"议定事项：{decisions}"] if decisions.strip() else []
    return "\n".join([f"主题：{topic}", *parts]) if parts else ""


@dataclass(frozen=True)
class Changed:
    """One line of two texts set side by side: kept, taken out, or put in."""

    sign: str  # " ", "-", "+"
    line: str


def changes(before: str, after: str) -> list[Changed]:
    """How one text became the other, line by line."""
    told = difflib.ndiff(before.splitlines(), after.splitlines())
    return [Changed(line[0], line[2:]) for line in told if line[0] in " -+"]


def drawn(uids: Iterable[UUID], *, seed: str, count: int) -> list[UUID]:
    """Draw by lot: whoever has the smallest digest of seed and uid. Each is as likely, and the seed draws the same again."""
    return sorted(uids, key=lambda uid: hashlib.sha256(f"{seed}:{uid}".encode()).digest())[:count]


def exclusion_faults(*, start: date, end: date | None, agreed_on: date, longest_months: int) -> list[Fault]:
    """From when and for how long a member may be left out of 应到: never before the branch agreed, never for good."""
    faults = []
    if start < agreed_on:
        faults.append(Fault("start", f"支部 {chinese_day(agreed_on, year=True)}才同意，不能从更早的日子起不计应到。"))
    if end is not None and end <= start:
        faults.append(Fault("end", "止日要晚于起日。"))
    elif end is not None and end > months_after(start, longest_months):
        faults.append(Fault("end", f"一次最多 {longest_months} 个月，到期支部再议。"))
    return faults


def leave_faults(*, day: date, today: date, farthest_days: int) -> list[Fault]:
    """Leave is asked before: for today at the latest, and not for a day nobody has thought of."""
    if day < today:
        return [Fault("day", f"{chinese_day(day)}已经过了。没有来的原因告诉记录会议的人。")]
    if (day - today).days > farthest_days:
        return [Fault("day", f"最多提前 {farthest_days} 天请假。")]
    return []
