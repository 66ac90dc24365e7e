"""What counts as study, and how a test is drawn and judged. Pure: no Django, no clock."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

HALF = Decimal("0.5")
LETTERS = "ABCDEF"
YES, NO = "A", "B"
JUDGEMENTS = [[YES, "对"], [NO, "错"]]


# ── 学时 ────────────────────────────────────────────────────────────────────
def hours_of_half_days(half_days: int, *, each: int) -> Decimal:
    """培训班: so many 学时 each half day (the county's table, usually 4)."""
    return Decimal(half_days * each)


def hours_of_minutes(minutes: int, *, an_hour: int) -> Decimal:
    """A lesson or a day at a 站点: a 学时 is a school hour (usually 45 minutes); what is begun counts by halves, down."""
    return (Decimal(minutes) / an_hour / HALF).to_integral_value(ROUND_DOWN) * HALF


def half_days_between(starts_on: date, ends_on: date) -> int:
    """The most half days a 培训班 of these days can have."""
    return 2 * ((ends_on - starts_on).days + 1)


# ── Tests ───────────────────────────────────────────────────────────────────
def draw(pool: Mapping[str, Sequence[str]], counts: Mapping[str, int], seed: int) -> list[str]:
    """So many of each kind, each as likely as any other, and again the same from the same seed.

    Questions stand in the order of a digest of seed and question: no library's generator is involved, so a review
    draws the same in ten years.
    """

    def lot(uid: str) -> str:
        return hashlib.sha256(f"{seed}:{uid}".encode()).hexdigest()

    drawn = [uid for stratum in sorted(counts) for uid in sorted(pool.get(stratum, ()), key=lot)[: counts[stratum]]]
    return sorted(drawn, key=lambda uid: lot(f"order:{uid}"))


def normal_answer(letters: Iterable[str]) -> str:
    """CA, "a c" and ["C", "A"] are one answer: AC."""
    return "".join(sorted({letter for letter in "".join(letters).upper() if letter in LETTERS}))


def judged(answers: Mapping[str, str], key: Mapping[str, str]) -> int:
    """How many were right: all letters of a question, and no others."""
    return sum(normal_answer(answers.get(uid, "")) == right for uid, right in key.items())


def is_passed(*, correct: int, total: int, pass_percent: int) -> bool:
    """At the mark is enough: 6 of 10 pass at 60 %."""
    return total > 0 and correct * 100 >= total * pass_percent


def is_in_time(at: datetime, *, until: datetime | None, grace_minutes: int) -> bool:
    """Handed in by the limit, and a few minutes for a slow line."""
    return until is None or at <= until + timedelta(minutes=grace_minutes)


# ── A bank from a sheet ─────────────────────────────────────────────────────
KINDS = {"单选": "single", "单选题": "single", "多选": "multiple", "多选题": "multiple", "判断": "judgement", "判断题": "judgement"}
RIGHT = {"对": YES, "正确": YES, "√": YES, "是": YES, "A": YES, "错": NO, "错误": NO, "×": NO, "否": NO, "B": NO}
HEADINGS = ("题型", "题目", *(f"选项{letter}" for letter in LETTERS), "答案", "解析", "分类")
REQUIRED = ("题型", "题目", "答案")
LONGEST = {"题目": 400, **{f"选项{letter}": 200 for letter in LETTERS}, "解析": 400, "分类": 20}


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """One fault of a row, in the manner of the roster: code, the sheet's own row number, column, sentence."""

    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ReadQuestion:
    """A row that is a question."""

    kind: str
    stratum: str
    text: str
    options: list[list[str]]
    answer: str
    explanation: str


def read_question(cells: Mapping[str, str], row: int) -> ReadQuestion | list[RowFault]:
    """A row's question, or every fault of it."""
    faults = [
        RowFault(row=row, column=name, code="required", message=f"没有{name}。填上再导入。") for name in REQUIRED if not cells.get(name)
    ]
    if faults:
        return faults
    kind = KINDS.get(cells["题型"])
    if kind is None:
        return [RowFault(row=row, column="题型", code="unknown_choice", message="题型写单选、多选或判断。")]
    faults = [
        RowFault(row=row, column=name, code="too_long", message=f"{name}最多 {most} 字，现在 {len(cells[name])} 字。")
        for name, most in LONGEST.items()
        if len(cells.get(name, "")) > most
    ]
    options = JUDGEMENTS if kind == "judgement" else [[letter, text] for letter in LETTERS if (text := cells.get(f"选项{letter}"))]
    if kind != "judgement":
        faults += _option_faults(options, row)
    answer = RIGHT.get(cells["答案"].upper(), "") if kind == "judgement" else normal_answer(cells["答案"])
    faults += _answer_faults(kind, cells["答案"], answer, options, row)
    if faults:
        return faults
    return ReadQuestion(
        kind=kind,
        stratum=cells.get("分类") or "一般",
        text=cells["题目"],
        options=options,
        answer=answer,
        explanation=cells.get("解析", ""),
    )


def _option_faults(options: list[list[str]], row: int) -> list[RowFault]:
    letters = "".join(letter for letter, _ in options)
    if len(options) < 2:
        return [RowFault(row=row, column="选项B", code="required", message="至少写两个选项。")]
    if not LETTERS.startswith(letters):
        return [RowFault(row=row, column="选项A", code="gap", message="选项从 A 起连着写，中间不空。")]
    if len({text for _, text in options}) < len(options):
        return [RowFault(row=row, column="选项A", code="duplicate", message="有两个选项一样。")]
    return []


def _answer_faults(kind: str, written: str, answer: str, options: list[list[str]], row: int) -> list[RowFault]:
    def fault(message: str) -> list[RowFault]:
        return [RowFault(row=row, column="答案", code="bad_answer", message=message)]

    if kind == "judgement":
        return [] if answer else fault("判断题的答案写对或错。")
    known = {letter for letter, _ in options}
    if not answer or not set(answer) <= known or len(answer) < len("".join(sign for sign in written if sign.isalnum())):
        return fault("答案写选项的字母，例如 A 或 ACD。")
    if kind == "single" and len(answer) != 1:
        return fault("单选题只有一个答案；有几个的，题型改成多选。")
    if kind == "multiple" and len(answer) < 2:
        return fault("多选题至少两个答案；只有一个的，题型改成单选。")
    return []
