"""A course's bank of questions and its paper."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from education.study import rules
from education.study.models import Course, Paper, PaperPart, Question
from education.study.services.courses import locked, record, require_enough
from partyportal.core.cells import heading, plain, squeeze
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.workbook import open_workbook

AT_MOST = 2_000
_LOOKED_AT = 20  # rows among which the headings are found
_ALIASES = {"题干": "题目", "试题": "题目", "正确答案": "答案", "类别": "分类", "章节": "分类", "类型": "题型", "说明": "解析"} | {
    letter: f"选项{letter}" for letter in rules.LETTERS
}
_READ = {"题型": squeeze, "答案": squeeze}  # a full-width Ａ is an A
_DIFFERS = "已经有这道题，选项或答案不一样。以这份为准的，先停用原来那道，再导入。"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of a sheet, in the manner of the roster: good rows are stored, refused ones told one by one."""

    rows: int
    new: int
    unchanged: int
    refused: int
    errors: list[rules.RowFault] = field(default_factory=list)


@transaction.atomic
def import_questions(course: Course, *, content: bytes, by: User, now: datetime) -> Imported:
    """Add a sheet's questions to the bank. One that is there already is left alone; one that says otherwise is refused."""
    held = locked(course)
    if held.closed_on:
        raise DomainError("课程已经结束，不再加题。", field="file")
    places, rows = _sheet(content)
    standing = Question.objects.filter(course=held, retired_at=None)
    known = {one.text: (one.kind, one.options, one.answer) for one in standing}
    made, errors, refused, unchanged = [], [], set(), 0
    for number, cells in rows:
        said = {name: _READ.get(name, plain)(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        told = rules.read_question(said, number)
        if isinstance(told, list):
            errors += told
            refused.add(number)
        elif told.text not in known:
            known[told.text] = told.kind, told.options, told.answer
            made.append(Question(course=held, added_by=by, added_at=now, **vars(told)))
        elif known[told.text] == (told.kind, told.options, told.answer):
            unchanged += 1
        else:
            errors.append(rules.RowFault(row=number, column="题目", code="differs", message=_DIFFERS))
            refused.add(number)
    Question.objects.bulk_create(made)
    record("questions.imported", held, by=by, new=len(made), refused=len(refused))
    return Imported(rows=len(rows), new=len(made), unchanged=unchanged, refused=len(refused), errors=errors)


def _sheet(content: bytes) -> tuple[dict[str, int], list[tuple[int, list]]]:
    """Where each column stands, and the rows under the headings that say anything."""
    for sheet in open_workbook(content).sheets():
        rows = [(number, cells) for number, cells in sheet if any(plain(cell) for cell in cells)]
        for at, (_, cells) in enumerate(rows[:_LOOKED_AT]):
            places = {_ALIASES.get(word, word): place for place, word in reversed(list(enumerate(map(heading, cells)))) if word}
            if all(name in places for name in rules.REQUIRED):
                if len(rows) - at - 1 > AT_MOST:
                    raise DomainError(f"一次最多导入 {AT_MOST} 道题，分几次导入。", field="file")
                return {name: place for name, place in places.items() if name in rules.HEADINGS}, rows[at + 1 :]
    raise DomainError("没有找到表头。要有题型、题目、答案三列，可以先下载模板。", field="file")


@transaction.atomic
def retire_question(question: Question, *, by: User, now: datetime) -> Question:
    """No longer drawn; tries of the past keep it. A paper that needs it says so first."""
    course = locked(question.course)
    held = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if held.retired_at:
        raise DomainError("这道题已经停用了。")
    held.retired_at, held.retired_by = now, by
    held.save(update_fields=["retired_at", "retired_by"])
    paper = Paper.objects.filter(course=course).prefetch_related("parts").first()
    if paper:
        require_enough(course, {part.stratum: part.count for part in paper.parts.all()})
    record("question.retired", course, by=by, question=held.uid)
    return held


@transaction.atomic
def set_paper(
    course: Course,
    *,
    parts: Mapping[str, int],
    pass_percent: int,
    attempts_allowed: int,
    closes_on: date,
    minutes: int | None = None,
    by: User,
    today: date,
) -> Paper:
    """How the course is tested. Once somebody has begun, all are asked by the same paper."""
    held = locked(course)
    if held.closed_on:
        raise DomainError("课程已经结束，不再设考试。")
    counts = {stratum: count for stratum, count in parts.items() if count}
    if not counts:
        raise DomainError("至少抽一道题。", field="parts")
    if closes_on < today:
        raise DomainError("考试截止从今天起选一天。", field="closes_on")
    if minutes is not None and minutes < 2 * sum(counts.values()):
        raise DomainError(f"时间太紧：{sum(counts.values())} 道题至少给 {2 * sum(counts.values())} 分钟，或者不限时。", field="minutes")
    require_enough(held, counts)
    paper = Paper.objects.filter(course=held).first()
    if paper and paper.attempts.exists():
        raise DomainError("已经有人考过，考试不能再改。")
    if held.opened_on and paper is None:
        raise DomainError("课程已经开放，学时由支部确认，不能再加考试。另建一门。")
    said = {"pass_percent": pass_percent, "attempts_allowed": attempts_allowed, "closes_on": closes_on, "minutes": minutes, "set_by": by}
    paper, _ = Paper.objects.update_or_create(course=held, defaults=said)
    paper.parts.all().delete()
    PaperPart.objects.bulk_create([PaperPart(paper=paper, stratum=stratum, count=count) for stratum, count in counts.items()])
    record("paper.set", held, by=by, questions=sum(counts.values()), pass_percent=pass_percent, attempts=attempts_allowed)
    return paper
