"""One case as its page shows it: the twenty-five steps with what was done, the papers, and what is next."""

from dataclasses import dataclass
from datetime import date

from members.development.models import Ballot, Case, Inspection, StepRecord
from members.development.parameters import PUBLICITY_WORKDAYS
from members.development.rules.path import CaseFacts, Outlook, missing_publicity
from members.development.rules.procedure import STAGES, Procedure
from members.development.rules.steps import MATERIALS, Step
from members.development.selectors.facts import facts_of, outlook_of, rules_on
from partyportal.core.parameters import value_on
from partyportal.core.workdays import calendar


@dataclass(frozen=True, kw_only=True)
class Line:
    """One of the twenty-five as it stands: done, next, still to come, or done before the file was opened."""

    step: Step
    record: StepRecord | None
    state: str
    words: str  # what is said of it: who decided, the count, the number of the document

    @property
    def day(self) -> date | None:
        return self.record.day if self.record else None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper the procedure asks for, and since when it is there."""

    kind: str
    label: str
    held_on: date | None
    place: str
    is_due: bool  # asked for by now


@dataclass(frozen=True, kw_only=True)
class File:
    """All the page needs."""

    rules: Procedure
    facts: CaseFacts
    outlook: Outlook
    stages: tuple[tuple[str, tuple[Line, ...]], ...]
    papers: tuple[Paper, ...]
    refused: tuple[StepRecord, ...]
    publicity: str  # what is still to be publicised, and until when at least
    inspection_due: date | None


def file_of(case: Case, *, today: date) -> File:
    """A handful of statements, whatever the case's length."""
    rules, facts = rules_on(case, today), facts_of(case)
    ahead = outlook_of(case, facts, on=today)
    records = list(case.records.select_related("organisation", "recorded_by", "voided_by").order_by("-round", "-day", "-id"))
    ballots = {ballot.record_id: ballot for ballot in Ballot.objects.filter(record__case=case)}
    standing: dict[str, StepRecord] = {}
    for record in records:
        if record.voided_at is None and record.outcome == StepRecord.Outcome.PASSED and record.step in facts.days:
            standing.setdefault(record.step, record)
    lines = [_line(step, standing.get(step.code), ballots, case, ahead) for step in rules.steps]
    return File(
        rules=rules,
        facts=facts,
        outlook=ahead,
        stages=tuple((name, tuple(line for line in lines if line.step.stage == stage)) for stage, name in STAGES.items()),
        papers=_papers(case, rules, ahead),
        refused=tuple(record for record in records if record not in standing.values()),
        publicity=_publicity(rules, facts, ahead, today),
        inspection_due=ahead.due_on if ahead.step and ahead.step.code == "cultivate" else None,
    )


def _line(step: Step, record: StepRecord | None, ballots: dict[int, Ballot], case: Case, ahead: Outlook) -> Line:
    if record is not None:
        return Line(step=step, record=record, state="done", words=_words(step, record, ballots.get(record.pk)))
    if step.number < case.begins_at:
        return Line(step=step, record=None, state="before", words="建档以前办的")
    state = "next" if case.is_open and ahead.step is not None and ahead.step.code == step.code else "later"
    return Line(step=step, record=None, state=state, words="")


def _words(step: Step, record: StepRecord, ballot: Ballot | None) -> str:
    parts = [str(record.organisation)] if step.decider.superior else []
    if record.by_whom:
        parts.append(record.by_whom)
    if ballot:
        written = f"，书面意见 {ballot.written} 份" if ballot.written else ""
        parts.append(f"应到会 {ballot.entitled} 人，到会 {ballot.present} 人{written}，赞成 {ballot.in_favour} 票")
    if record.verdict:
        parts.append(record.get_verdict_display() + (f" {record.months} 个月" if record.months else ""))
    if record.days or record.hours:
        parts.append("，".join(f"{value} {unit}" for value, unit in ((record.days, "天"), (record.hours, "学时")) if value))
    parts += [text for text in (record.document_number, record.note) if text]
    return " · ".join(parts)


def _papers(case: Case, rules: Procedure, ahead: Outlook) -> tuple[Paper, ...]:
    held = {paper.kind: paper for paper in case.papers.all()}
    now = ahead.step.number if ahead.step else 99
    first = {}
    for step in rules.steps:
        for kind in step.materials:
            first.setdefault(kind, step.number)
    asked = [kind for kind in MATERIALS if kind in held or first.get(kind, 0) >= case.begins_at]
    return tuple(
        Paper(
            kind=kind,
            label=MATERIALS[kind],
            held_on=held[kind].held_on if kind in held else None,
            place=held[kind].place if kind in held else "",
            is_due=kind not in held and first.get(kind, 99) <= now,
        )
        for kind in asked
        if kind in held or kind in first
    )


def _publicity(rules: Procedure, facts: CaseFacts, ahead: Outlook, today: date) -> str:
    """From the committee's answer on: where, and the first day on which it could be full if it began then."""
    open_places = missing_publicity(rules, facts) if ahead.step and ahead.step.code == "introducers" else ()
    if not open_places:
        return ""
    days, start = calendar(), facts.days["candidate_agreed"]
    need = max(rules.publicity_workdays, value_on(today, PUBLICITY_WORKDAYS))
    until = days.last_of(start, need)
    beyond = days.beyond(start, until)
    return f"{'、'.join(open_places)}要满 {need} 个工作日；{start} 起公示，到 {until} 满{'。' + beyond if beyond else ''}"


def inspections_of(case: Case) -> list[Inspection]:
    """Every inspection, the latest first."""
    return list(case.inspections.order_by("-day", "-id"))
