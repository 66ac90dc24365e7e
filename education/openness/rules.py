"""What may be told to whom, and when: 先进事迹, 党务公开, 亮身份, 留言. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from partyportal.core.days import months_after, quarter_of, quarter_words

# ── A piece on its way: what may be done in which state, and where it leads ──
DRAFT, SUBMITTED, RETURNED, PUBLISHED, WITHDRAWN = "draft", "submitted", "returned", "published", "withdrawn"
REVISE, CONSENT, SUBMIT, SEND_BACK, PUBLISH, CORRECT, DROP, WITHDRAW = (
    *("revise", "consent", "submit", "send_back"),
    *("publish", "correct", "drop", "withdraw"),
)
WAYS: Mapping[str, tuple[frozenset[str], str]] = {
    REVISE: (frozenset({DRAFT, RETURNED}), DRAFT),
    CONSENT: (frozenset({DRAFT, RETURNED, SUBMITTED}), ""),  # the state stays as it is
    SUBMIT: (frozenset({DRAFT, RETURNED}), SUBMITTED),
    SEND_BACK: (frozenset({SUBMITTED}), RETURNED),
    PUBLISH: (frozenset({SUBMITTED}), PUBLISHED),
    CORRECT: (frozenset({PUBLISHED}), DRAFT),
    DROP: (frozenset({DRAFT, RETURNED}), PUBLISHED),
    WITHDRAW: (frozenset({DRAFT, RETURNED, SUBMITTED, PUBLISHED}), WITHDRAWN),
}


def may(act: str, state: str) -> bool:
    """Whether a piece in this state allows the act."""
    return state in WAYS[act][0]


def after(act: str, state: str) -> str:
    """The state the act leads to."""
    return WAYS[act][1] or state


# ── How often what is disclosed ──────────────────────────────────────────────
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
EVENT = "event"


@dataclass(frozen=True)
class Period:
    """A period of the catalogue: its first and last day, and by when it is to be disclosed."""

    start: date
    end: date
    due_on: date


def period_of(how_often: str, day: date, *, days: int, is_ahead: bool = False) -> Period:
    """The period that holds a day. 期初公开 (a plan) counts its days from the first day, all else from the day after the last."""
    months = MONTHS[how_often]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = months_after(first, months)
    return Period(first, following - timedelta(days=1), (first if is_ahead else following) + timedelta(days=days - 1))


def period_asked(how_often: str, today: date, *, days: int, is_ahead: bool = False) -> Period:
    """The latest period one may be asked for: a plan of the running period, else what the last ended one brought."""
    running = period_of(how_often, today, days=days, is_ahead=is_ahead)
    return running if is_ahead else period_of(how_often, running.start - timedelta(days=1), days=days, is_ahead=is_ahead)


def is_asked(period: Period, *, in_force: date | None, until: date | None, founded_on: date) -> bool:
    """Whether the catalogue asks an organisation for a period: in force and founded on its first day, and not ended by its last."""
    if in_force is None:
        return False
    return in_force <= period.start and founded_on <= period.start and (until is None or period.end < until)


def period_words(how_often: str, start: date) -> str:
    """2026 年 3 月, 2026 年第三季度, 2026 年上半年, 2026 年."""
    if how_often == "month":
        return f"{start.year} 年 {start.month} 月"
    if how_often == "quarter":
        return f"{start.year} 年{quarter_words(quarter_of(start))}"
    if how_often == "half":
        return f"{start.year} 年{'上' if start.month == 1 else '下'}半年"
    return f"{start.year} 年"


# ── Names ────────────────────────────────────────────────────────────────────
DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "长孙",
        "宇文",
        "轩辕",
        "端木",
        "南宫",
        "呼延",
        "万俟",
        "闻人",
        "赫连",
        "独孤",
        "拓跋",
    ]
)


def reduced(name: str) -> str:
    """王某 of 王建国, 欧阳某 of 欧阳明: what a page open to many says of somebody who has not agreed to more.

    个人信息保护法第六条: 处理个人信息应当限于实现处理目的的最小范围; 第二十五条: 不得公开其处理的个人信息，取得个人单独同意的除外.
    """
    surname = name[:2] if len(name) > 2 and name[:2] in DOUBLE_SURNAMES else name[:1]
    return f"{surname}某" if name else ""


def whole_names(text: str, names: Iterable[str], *, agreed: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The whole names a text tells without leave, each with what would be enough. A hint: it changes nothing by itself."""
    allowed = set(agreed)
    return [(name, reduced(name)) for name in dict.fromkeys(names) if len(name) > 1 and name in text and name not in allowed]


# ── Comments ─────────────────────────────────────────────────────────────────
HELD, PASSED, REFUSED, TAKEN_DOWN, TAKEN_BACK = "held", "passed", "refused", "taken_down", "taken_back"
PASS, REFUSE, REPORT, KEEP, TAKE_DOWN, TAKE_BACK = "pass", "refuse", "report", "keep", "take_down", "take_back"
COMMENT_WAYS: Mapping[str, tuple[frozenset[str], str]] = {
    PASS: (frozenset({HELD}), PASSED),
    REFUSE: (frozenset({HELD}), REFUSED),
    REPORT: (frozenset({PASSED}), PASSED),
    KEEP: (frozenset({PASSED}), PASSED),
    TAKE_DOWN: (frozenset({PASSED}), TAKEN_DOWN),
    TAKE_BACK: (frozenset({HELD, PASSED}), TAKEN_BACK),
}
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def may_with_comment(act: str, state: str) -> bool:
    """Whether a comment in this state allows the act."""
    return state in COMMENT_WAYS[act][0]


def plain(text: str) -> str:
    """What somebody typed as plain text: without signs that cannot be seen or turn the line round, at most one empty line."""
    lines = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


# ── Pledges ──────────────────────────────────────────────────────────────────
WRITTEN, CONFIRMED, SENT_BACK, DROPPED = "written", "confirmed", "sent_back", "dropped"
_FIRST_MONTH = 12  # of the year before


def may_pledge(year: int, today: date) -> bool:
    """A year's pledges are written from December of the year before to its end."""
    return date(year - 1, _FIRST_MONTH, 1) <= today <= date(year, 12, 31)


def judged_until(year: int, *, months: int) -> date:
    """The last day of a meeting that judges a year's pledges: so many months of the next year."""
    return months_after(date(year, 12, 31), months)


def may_judge(year: int, confirmed_on: date, held_on: date, *, months: int) -> bool:
    """Whether a meeting of that day judges a pledge confirmed on that: not before it stood, not after everybody forgot it."""
    return max(confirmed_on, date(year, 1, 1)) <= held_on <= judged_until(year, months=months)
