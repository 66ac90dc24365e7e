"""What a case rests on: papers, inspections, 公示, and the people beside it."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction

from branches.models import Organisation
from members.development.models import Analysis, Case, Companion, Inspection, Material, Publicity
from members.development.parameters import PUBLICITY_WORKDAYS
from members.development.rules.people import contact_count_fault, full_member_fault
from members.development.rules.steps import MATERIALS
from members.development.selectors.authority import COMMITTEES
from members.development.selectors.facts import rules_on
from members.development.selectors.pipeline import counts
from members.development.services.cases import locked, refresh
from members.selectors.voters import voters_on
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on
from partyportal.core.workdays import calendar


@transaction.atomic
def file_materials(case: Case, *, kinds: Iterable[str], held_on: date, place: str, by: User, today: date) -> Case:
    """Papers that are in the file, seen by whoever records them; one already there stays as it was."""
    held = locked(case)
    kinds = [kind for kind in MATERIALS if kind in set(kinds)]
    if not kinds:
        raise DomainError("勾上已经收到的材料。", field="kinds")
    if held_on > today:
        raise DomainError("这一天还没有到。", field="held_on")
    known = set(held.papers.values_list("kind", flat=True))
    new = [kind for kind in kinds if kind not in known]
    Material.objects.bulk_create([Material(case=held, kind=kind, held_on=held_on, place=place, checked_by=by) for kind in new])
    refresh(held, today=today)
    _record("materials.filed", held, by=by, kinds=new, day=held_on)
    return held


@transaction.atomic
def record_inspection(case: Case, *, day: date, by_whom: str, conclusion: str, by: User, today: date) -> Inspection:
    """The half-yearly look at an activist, or one during probation."""
    held = locked(case)
    if day > today:
        raise DomainError("这一天还没有到。", field="day")
    kind = Inspection.Kind.PROBATION if held.member_id else Inspection.Kind.HALF_YEAR
    began = held.records.standing().filter(step="activist").values_list("day", flat=True).first()
    if kind == Inspection.Kind.HALF_YEAR and began is None:
        raise DomainError("还没有确定为入党积极分子，确定以后每半年考察一次（第十一条）。")
    if kind == Inspection.Kind.HALF_YEAR and day < began:
        raise DomainError(f"{began} 才确定为入党积极分子，考察不能更早。", field="day")
    if kind == Inspection.Kind.PROBATION and day < held.member.joined_on:
        raise DomainError(f"{held.member.joined_on} 才接收为预备党员，考察不能更早。", field="day")
    row = _kept(Inspection(case=held, kind=kind, day=day, by_whom=by_whom, conclusion=conclusion, recorded_by=by), "inspection_once_a_day")
    refresh(held, today=today)
    _record("inspection.recorded", held, by=by, day=day, kind=kind)
    return row


@transaction.atomic
def record_publicity(
    case: Case, *, place: str, where: str, start: date, end: date, objections: str, is_upheld: bool, by: User, today: date
) -> Publicity:
    """A 公示 that is over: at least as many working days as the 细则 and the county ask, by the calendar of holidays."""
    held = locked(case)
    agreed = held.records.standing().filter(step="candidate_agreed").values_list("day", flat=True).first()
    rules = rules_on(held, start)
    if agreed is None:
        raise DomainError("上级党委还没有同意列为发展对象，同意以后再公示（第十三条）。")
    if start < agreed:
        raise DomainError(f"上级党委 {agreed} 才同意，公示不能更早开始（第十三条）。", field="start")
    if end > today:
        raise DomainError("公示还没有结束，结束以后再登记。", field="end")
    if end < start:
        raise DomainError("止日不得早于起日。", field="end")
    if rules.publicity_workdays:
        need, days = max(rules.publicity_workdays, value_on(start, PUBLICITY_WORKDAYS)), calendar()
        if (held_for := days.count(start, end)) < need:
            until = days.last_of(start, need)
            beyond = days.beyond(start, until)
            raise DomainError(
                f"{start} 到 {end} 只有 {held_for} 个工作日，要满 {need} 个，到 {until} 才满（第十三条）{'。' + beyond if beyond else ''}。",
                field="end",
            )
    row = _kept(
        Publicity(case=held, place=place, where=where, start=start, end=end, objections=objections, is_upheld=is_upheld, recorded_by=by),
        "publicity_once",
    )
    refresh(held, today=today)
    _record("publicity.recorded", held, by=by, start=start, end=end, place=place, upheld=is_upheld)
    return row


@transaction.atomic
def analyse(*, organisation: Organisation, year: int, day: date, findings: str, by: User, today: date) -> Analysis:
    """A committee's yearly look at its activists as a body; how many there are is counted, not typed (2026 Art11)."""
    if organisation.kind not in COMMITTEES:
        raise DomainError("积极分子队伍由基层党委和县委组织部每年分析，党总支、党支部不用。", field="organisation")
    if day > today:
        raise DomainError("这一天还没有到。", field="day")
    if day.year not in {year, year + 1}:
        raise DomainError(f"{year} 年的分析，日期写在当年或者下一年初。", field="day")
    found = counts(Case.objects.all().within(organisation), today=today).stages
    many = {stage: number for stage, _, number, _ in found}
    row = Analysis(
        organisation=organisation,
        year=year,
        day=day,
        applicants=many[1],
        activists=many[2],
        candidates=many[3],
        findings=findings,
        recorded_by=by,
    )
    _kept(row, "analysis_once_a_year", field="year")
    audit.record("development.analysis.recorded", row, by=by, path=organisation.path, organisation=organisation.code, year=year, day=day)
    return row


@transaction.atomic
def change_contacts(case: Case, *, people: Iterable[int], on: date, reason: str, by: User, today: date) -> Case:
    """Others accompany the applicant from a day on (2026 Art9): one or two full members of the branch."""
    held, people = locked(case), list(dict.fromkeys(people))
    if fault := contact_count_fault(len(people)):
        raise DomainError(fault.message, field=fault.field)
    if on > today:
        raise DomainError("这一天还没有到。", field="day")
    seat(held, kind=Companion.Kind.CONTACT, people=people, day=on, reason=reason)
    _record("contacts.changed", held, by=by, day=on, people=len(people))
    return held


def seat(held: Case, *, kind: str, people: list[int], day: date, reason: str = "") -> None:
    """Full members of that day beside the applicant; who is no longer named ends."""
    known = {voter.member_id: voter for voter in voters_on(held.organisation, day)}
    for member in people:
        voter = known.get(member)
        if voter is None:
            raise DomainError("选的人那天不在这个党支部，从名单里选。", field="people")
        if fault := full_member_fault(name=voter.name, full_on=voter.full_on, suspended=voter.suspended, day=day):
            raise DomainError(fault.message, field=fault.field)
    standing = held.companions.filter(kind=kind, end=None)
    if standing.filter(start__gt=day).exists():
        raise DomainError("现在的人比这一天晚才开始，日期往后改。", field="day")
    standing.exclude(member__in=people).update(end=day, end_reason=reason or "换人")
    stay = set(held.companions.filter(kind=kind, end=None).values_list("member_id", flat=True))
    Companion.objects.bulk_create([Companion(case=held, member_id=member, kind=kind, start=day) for member in people if member not in stay])


def _kept(row, constraint: str, *, field: str | None = None):
    """Save a dated row; the same once more is told, not stored twice."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as refusal:
        if constraint not in str(refusal):
            raise
        raise DomainError(next(c.violation_error_message for c in row._meta.constraints if c.name == constraint), field=field) from None
    return row


def _record(act: str, case: Case, *, by: User, **data) -> None:
    audit.record(f"development.{act}", case, by=by, path=case.branch.path, subject=case.uid, organisation=case.branch.code, **data)
