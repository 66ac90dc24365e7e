"""Asking the branch, its answer, and laying a question aside: each a dated step with who and why."""

from datetime import date

from django.db import transaction

from education.signals import rules
from education.signals.models import Question, QuestionStep
from partyportal.core import audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

_NOT_NOW = {
    rules.ASK: "现在不用再请支部核实：等支部答复，或者已经看过了。",
    rules.ANSWER: "上级没有在等这件事的答复。",
    rules.DISMISS: "这件事已经看过了，或者情况已变，不用再办。",
}


@transaction.atomic
def ask(question: Question, *, note: str, by: User, today: date, version: int | None = None) -> Question:
    """请核实: the branch is asked in words; it becomes its duty to answer."""
    return _move(question, rules.ASK, note=note, by=by, today=today, version=version)


@transaction.atomic
def answer(question: Question, *, note: str, by: User, today: date, version: int | None = None) -> Question:
    """The branch says how it was. What is wrong in a record is corrected in the record. Who asked does not answer."""
    held = _held(question, version=version)
    if QuestionStep.objects.filter(question=held, act=rules.ASK, by=by).exists():
        raise DomainError("请核实是你发的，由支部答复。")
    return _move(held, rules.ANSWER, note=note, by=by, today=today)


@transaction.atomic
def dismiss(question: Question, *, note: str, by: User, today: date, version: int | None = None) -> Question:
    """看过了: laid aside with a reason, and not found again unless the facts change. Who answered does not judge the answer."""
    held = _held(question, version=version)
    if QuestionStep.objects.filter(question=held, act=rules.ANSWER, by=by).exists():
        raise DomainError("你代支部答复过，由别人来看。")
    return _move(held, rules.DISMISS, note=note, by=by, today=today)


def _held(question: Question, *, version: int | None = None) -> Question:
    held = Question.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=question.pk)
    if version is not None and held.version != version:
        raise Stale("这件事刚才有人办过。看过再办。")
    return held


def _move(question: Question, act: str, *, note: str, by: User, today: date, version: int | None = None) -> Question:
    held = _held(question, version=version)
    if not rules.may_move(act, held.state):
        raise DomainError(_NOT_NOW[act])
    if not note.strip():
        raise DomainError("写上说明，看的人才知道。", field="note")
    held.state, held.acted_on = rules.WAY[act][1], today
    held.version += 1
    if act == rules.ASK:
        held.asked_on = today
    held.save(update_fields=["state", "acted_on", "asked_on", "version"])
    QuestionStep.objects.create(question=held, act=act, on=today, by=by, note=note.strip())
    audit.record(
        f"signals.question.{act}", held, by=by, path=held.organisation.path, organisation=held.organisation.code, kind=held.kind, day=today
    )
    return held
