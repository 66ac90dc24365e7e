"""The one door by which a step is done or taken back. Whatever a step ends in (admission, 转正, cancellation) happens with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from branches.models import Organisation
from members.development.models import Ballot, BallotExclusion, Case, Companion, Material, StepRecord
from members.development.rules.path import (
    CaseFacts,
    day_fault,
    extension_fault,
    leaving_fault,
    order_fault,
    outlook,
    training_fault,
)
from members.development.rules.people import contact_count_fault, introducer_count_fault, introducer_fault
from members.development.rules.procedure import Procedure
from members.development.rules.steps import Step
from members.development.rules.votes import Count, count_fault
from members.development.selectors.authority import COMMITTEES, approver_of, has_power, superiors_of
from members.development.selectors.facts import facts_of, last_done, rules_on
from members.development.services import acts
from members.development.services.cases import close, locked, refresh
from members.development.services.evidence import seat
from members.selectors.voters import voters_on
from members.services import membership
from partyportal.core import audit
from partyportal.core.days import months_after
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

Outcome, Verdict = StepRecord.Outcome, StepRecord.Verdict
WRITTEN_INTO_ROSTER = frozenset({"approval", "full_approval"})


@dataclass(frozen=True, kw_only=True)
class Votes:
    """What a 支部大会's count was; who is left out of 应到会, with the reason, by member id."""

    present: int
    written: int = 0
    in_favour: int
    against: int = 0
    abstained: int = 0
    exclusions: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is told of a step as it was done. Each step asks for some of it."""

    day: date
    outcome: str = Outcome.PASSED
    by_whom: str = ""
    document_number: str = ""
    note: str = ""
    days: int | None = None
    hours: int | None = None
    leaving_on: date | None = None
    verdict: str = ""
    months: int | None = None
    people: tuple[int, ...] = ()  # member ids
    materials: frozenset[str] = frozenset()  # papers of this step that came with it
    votes: Votes | None = None


@transaction.atomic
def record_step(case: Case, *, step: str, said: Said, by: User, today: date, organisation: Organisation | None = None) -> StepRecord:
    """Do the next step of a case. `organisation` is who decides, for what a superior committee decides."""
    held = locked(case)
    facts, rules = facts_of(held), rules_on(held, said.day)
    if step not in rules.by_code:
        raise DomainError("没有这一步。")
    asked = rules.by_code[step]
    _refuse(order_fault(rules, step, facts))
    decider = _decider(asked, held, organisation, said.day)
    _refuse(day_fault(rules, asked, facts, day=said.day, today=today, reason=said.note))
    record = StepRecord(
        case=held,
        step=step,
        round=held.round,
        day=said.day,
        outcome=said.outcome,
        organisation=decider,
        by_whom=said.by_whom,
        document_number=said.document_number,
        note=said.note,
        recorded_by=by,
    )
    if said.outcome == Outcome.PASSED:
        came = said.materials.intersection(asked.materials) - facts.materials
        Material.objects.bulk_create([Material(case=held, kind=kind, held_on=said.day, checked_by=by) for kind in sorted(came)])
        _refuse_missing(rules, replace(facts, materials=facts.materials | came))
    _check_own(rules, asked, held, said, record)
    record.save()
    if asked.vote:
        _keep_ballot(record, held, said)
    follow = _PASSED.get(step) if record.outcome == Outcome.PASSED else _REFUSED.get(step)
    if follow:
        follow(held, record, said, by=by, today=today)
    if held.is_open:
        refresh(held, today=today)
    _record("recorded", record, by=by, number=asked.number, outcome=record.outcome, verdict=record.verdict)
    return record


@transaction.atomic
def void_step(case: Case, *, reason: str, by: User, today: date, shown: int | None = None) -> StepRecord:
    """Take the last step back, with the reason: its row stays and says so. What has reached the roster is not taken back here.

    `shown` is the id of the step the user was shown: asked twice at once, one step goes back, not two.
    """
    held = locked(case)
    if not reason.strip():
        raise DomainError("写上哪里记错了。", field="reason")
    record = last_done(held)
    if record is not None and shown is not None and record.pk != shown:
        raise Stale("最后一步刚才变了，看过现在的再撤回。")
    if record is None or record.step == "apply":
        raise DomainError("没有可以撤回的步骤。申请登记错了，终止这份档案，再登记一份。")
    last = held.rules.by_code[record.step]
    if last.code in WRITTEN_INTO_ROSTER:
        raise DomainError(f"“{last.name}”已经写进党员名册，不能撤回；名册里的日期在那里改。")
    _void(record, reason=reason.strip(), by=by)
    if last.code in {"contacts", "introducers"}:
        kind = Companion.Kind.CONTACT if last.code == "contacts" else Companion.Kind.INTRODUCER
        held.companions.filter(kind=kind, end=None).update(end=Greatest("start", Value(record.day)), end_reason="步骤撤回")
    if last.code == "full_assembly":
        _remind_again(held, by=by)
    refresh(held, today=today)
    _record("voided", record, by=by, number=last.number)
    return record


# ── Before a step is written ────────────────────────────────────────────────
def _decider(step: Step, held: Case, organisation: Organisation | None, day: date) -> Organisation:
    """Who decides, if it may: 2026 Art22 is asked of the organisation's dated power, not of a kind."""
    branch = held.branch
    if not step.decider.superior:
        return branch
    if organisation is None:
        raise DomainError(f"第 {step.number} 步“{step.name}”由{step.decider.label}办，选上是哪个党委。", field="organisation")
    if organisation.pk not in {above.pk for above in superiors_of(branch)}:
        raise DomainError(f"{organisation}不是{branch}的上级，不能办这一步。", field="organisation")
    able = approver_of(branch, day)
    whose = f"由{able}办" if able else "先由县委组织部给有关党委登记审批权限"
    if organisation.kind not in COMMITTEES:
        act = "审批预备党员，只能审议" if step.decider.needs_power else "办这一步"
        raise DomainError(f"{organisation}是{organisation.get_kind_display()}，不能{act}（第二十二条），{whose}。", field="organisation")
    if step.decider.needs_power and not has_power(organisation, day):
        raise DomainError(f"{organisation} {day} 没有审批预备党员的权限（第二十二条），{whose}。", field="organisation")
    return organisation


def _refuse_missing(rules: Procedure, facts: CaseFacts) -> None:
    lacking = outlook(rules, facts, usual_days=0).missing
    if lacking:
        raise DomainError(f"{'，'.join(lacking)}。补齐再记这一步。")


def _check_own(rules: Procedure, step: Step, held: Case, said: Said, record: StepRecord) -> None:
    """What this step alone asks; what it tells goes onto the record."""
    if step.code == "contacts":
        _refuse(contact_count_fault(len(said.people)))
    elif step.code == "introducers":
        _refuse(introducer_count_fault(len(set(said.people))))
        known = {voter.member_id: voter for voter in voters_on(held.organisation, said.day)}
        for member in said.people:
            if voter := known.get(member):
                own = {"name": voter.name, "full_on": voter.full_on, "sanctions": voter.sanctions, "suspended": voter.suspended}
                _refuse(introducer_fault(rules, day=said.day, **own))
    elif step.code == "training":
        _refuse(training_fault(rules, days=said.days, hours=said.hours))
        record.days, record.hours = said.days, said.hours
    elif step.code == "prereview" and said.outcome == Outcome.PASSED:
        _refuse(leaving_fault(rules, leaving_on=said.leaving_on, day=said.day))
        record.leaving_on = said.leaving_on
    elif step.code == "volunteer_form" and not said.document_number:
        raise DomainError("写上入党志愿书的编号。", field="document_number")
    elif step.code == "talk" and not said.by_whom:
        raise DomainError("写上是谁谈的话。", field="by_whom")
    elif step.code == "full_assembly":
        _check_verdict(rules, held, said)
        record.verdict, record.months = said.verdict, said.months if said.verdict == Verdict.EXTENDED else None
    if said.outcome == Outcome.REFUSED and not said.note:
        raise DomainError("没有通过的，写上原因。", field="note")


def _check_verdict(rules: Procedure, held: Case, said: Said) -> None:
    if said.verdict not in Verdict.values:
        raise DomainError("选一项决议：按期转正、延长预备期，或者取消资格。", field="verdict")
    if said.verdict == Verdict.EXTENDED:
        _refuse(extension_fault(rules, months=said.months, extended=bool(held.extension)))


def _keep_ballot(record: StepRecord, held: Case, said: Said) -> None:
    """The count with what it is a count of: 应到会 is worked out from the rolls of that day, never typed."""
    if said.votes is None:
        raise DomainError("写上到会和票数。", field="present")
    able = {voter.member_id for voter in voters_on(held.branch, record.day) if voter.may_vote}
    left_out = dict(said.votes.exclusions)
    if left_out.keys() - able or set(left_out.values()) - set(BallotExclusion.Reason.values):
        raise DomainError("不计应到会的人要从有表决权的人里选，并写明缘由。", field="exclusions")
    votes = said.votes
    count = Count(
        entitled=len(able) - len(left_out),
        present=votes.present,
        written=votes.written,
        in_favour=votes.in_favour,
        against=votes.against,
        abstained=votes.abstained,
    )
    _refuse(count_fault(count))
    ballot = Ballot.objects.create(
        record=record,
        entitled=count.entitled,
        present=count.present,
        written=count.written,
        in_favour=count.in_favour,
        against=count.against,
        abstained=count.abstained,
    )
    BallotExclusion.objects.bulk_create(
        [BallotExclusion(ballot=ballot, member_id=member, reason=reason) for member, reason in left_out.items()]
    )
    if not count.passes:
        record.outcome, record.note = Outcome.REFUSED, record.note or "赞成没有超过应到会有表决权人数的半数"
        record.save(update_fields=["outcome", "note"])


# ── What follows a step ─────────────────────────────────────────────────────
def _companions(kind: str):
    def follow(held: Case, record: StepRecord, said: Said, *, by: User, today: date) -> None:
        seat(held, kind=kind, people=list(dict.fromkeys(said.people)), day=record.day)

    return follow


def _admit(held: Case, record: StepRecord, said: Said, *, by: User, today: date) -> None:
    acts.admit(held, basis=record.document_number, by=by)


def _decide_full(held: Case, record: StepRecord, said: Said, *, by: User, today: date) -> None:
    resolution = held.records.standing().get(step="full_assembly", round=held.round)
    acts.decide_full(held, resolution=resolution, on=record.day, basis=record.document_number, by=by)


def _file(held: Case, record: StepRecord, said: Said, *, by: User, today: date) -> None:
    close(held, state=Case.State.DONE, on=record.day)


def _discussed(held: Case, record: StepRecord, said: Said, *, by: User, today: date) -> None:
    """The branch has done its part: the roster's reminder moves to the day by which the committee decides (Art33)."""
    months = rules_on(held, record.day).by_code["full_approval"].maximum
    membership.put_off_full(held.member, until=months_after(record.day, months), by=by)


def _remind_again(held: Case, *, by: User) -> None:
    membership.put_off_full(held.member, until=held.postponed_until or held.probation_until, by=by)


def _discuss_again(*steps: str):
    """A superior's no sends the branch's resolution back: it is discussed again, and the old one says why it no longer holds."""

    def follow(held: Case, record: StepRecord, said: Said, *, by: User, today: date) -> None:
        for earlier in held.records.standing().filter(step__in=steps, round=held.round):
            _void(earlier, reason=f"{record.organisation} {record.day} 没有批准，支部重新讨论", by=by)
        if "full_assembly" in steps:
            _remind_again(held, by=by)

    return follow


_PASSED = {
    "contacts": _companions(Companion.Kind.CONTACT),
    "introducers": _companions(Companion.Kind.INTRODUCER),
    "approval": _admit,
    "full_assembly": _discussed,
    "full_approval": _decide_full,
    "filed": _file,
}
_REFUSED = {
    "candidate_agreed": _discuss_again("candidate"),
    "prereview": _discuss_again("branch_review"),
    "approval": _discuss_again("assembly", "party_talk"),
    "full_approval": _discuss_again("full_assembly"),
}


def _void(record: StepRecord, *, reason: str, by: User) -> None:
    record.voided_at, record.voided_by, record.void_reason = timezone.now(), by, reason[:200]
    record.save(update_fields=["voided_at", "voided_by", "void_reason"])


def _refuse(fault) -> None:
    if fault:
        raise DomainError(fault.message, field=fault.field)


def _record(act: str, record: StepRecord, *, by: User, **data) -> None:
    case = record.case
    audit.record(
        f"development.step.{act}",
        case,
        by=by,
        path=case.branch.path,
        subject=case.uid,
        step=record.step,
        day=record.day,
        organisation=record.organisation.code,
        **data,
    )
