"""What a book covers, what of an absence it may say, and how its contents are digested. Pure: no Django, no clock."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from partyportal.core.days import chinese_day, month_end, months_after

# 党员教育管理工作条例 Art23: of the old and the ill nothing is demanded; which of them is ill stays in the branch. PIPL Art28: 医疗健康 is sensitive.
# So a book that leaves the branch says 请假 of who is ill, and repeats no free text about anybody's absence.
TOLD_REASONS = {"away": "外出", "duty": "公务", "mobile": "流动党员", "aged": "支部同意免会"}


def told_reason(reason: str) -> str:
    """What a printed book says of why somebody was not there: never an illness, never free text."""
    return TOLD_REASONS.get(reason, "")


def miss_words(*, due: int, done: int, made_up_on: Sequence[date], reason: str, words: str, planned: date | None) -> str:
    """What a book says of a meeting not held in its time: what there is, when it was made up, and why it was missed.

    A make-up never turns a miss into a meeting held in time (ADR 29): both are told.
    """
    told = [f"应开 {due} 次，已开 {done} 次" if due > 1 else "没有按时开" if made_up_on else "没有记录"]
    if made_up_on:
        told.append(f"{'、'.join(chinese_day(day) for day in made_up_on)}补开")
    if reason:
        told.append(f"{reason}：{words.rstrip('。')}")
        if planned and done + len(made_up_on) < due:
            told.append(f"计划 {chinese_day(planned)}补")
    return "；".join(told)


def last_of(span: str, start: date) -> date:
    """The last day a book covers."""
    if span == "month":
        return month_end(start)
    if span == "year":
        return month_end(months_after(start, 11))
    return start


def is_judged(month: date, as_of: date) -> bool:
    """Whether what falls due in a month may be called missing: only once the month is over."""
    return month_end(month) < as_of


def digest_of(content: Mapping) -> str:
    """SHA-256 of a record: its JSON in UTF-8 with sorted keys and no spaces, so that anybody can work it out again."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def file_safe(name: str) -> str:
    """A name that every file system takes."""
    return "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in name).strip(" .")[:80] or "_"


def check_list(files: Iterable[tuple[str, str]]) -> str:
    """清单 of (name, digest) as `sha256sum -c` reads it: digest, two spaces, name."""
    return "".join(f"{digest}  {name}\n" for name, digest in files)


def printable(text: str) -> str:
    """Text without the signs that no document format takes (controls, lone surrogates, non-characters)."""
    return "".join(
        sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and not 0xD800 <= ord(sign) < 0xE000 and ord(sign) & 0xFFFE != 0xFFFE)
    )
