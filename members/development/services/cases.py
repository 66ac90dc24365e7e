"""A case's own row: opened, corrected, moved to another branch, stopped. Its projection is worked out here after every act."""

from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, transaction

from branches.models import Organisation
from members.development.models import Case, CasePlace, Material, StepRecord
from members.development.rules.path import age_fault, postponement_fault, probation_until
from members.development.rules.procedure import in_force
from members.development.selectors.facts import facts_of, outlook_of, rules_on
from members.models import Affiliation, Member
from members.services import membership
from members.services.people import derived
from partyportal.core import audit
from partyportal.core.days import months_after
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

FROM_ROSTER = 21  # a probationary member whose admission is not in the portal begins with 继续教育考察
PERSON = (
    "name",
    "sex",
    "ethnicity",
    "birth_on",
    "id_number",
    "education",
    "unit",
    "post",
    "mobile_phone",
    "address",
    "is_mobile",
)


def locked(case: Case) -> Case:
    """The case as it is now, held until the transaction ends; an ended one takes no more acts."""
    held = Case.objects.select_for_update(of=("self",)).select_related("organisation", "member__branch").get(pk=case.pk)
    if not held.is_open:
        raise DomainError(f"{held.name}的发展档案{held.get_state_display()}，不能再办。")
    return held


def refuse_stale(case: Case, *, version: int) -> None:
    """The case as it is now must be the one that was read."""
    if Case.objects.select_for_update(of=("self",)).values_list("version", flat=True).get(pk=case.pk) != version:
        raise Stale("这份档案刚才被别人改过。看过新的再办。")


def refresh(case: Case, *, today: date) -> Case:
    """Work out stage, next step and its days from the dated rows, and count the version on."""
    facts = facts_of(case)
    ahead = outlook_of(case, facts, on=today)
    case.stage = ahead.step.stage if ahead.step else 5
    case.next_step = ahead.step.code if ahead.step else ""
    case.not_before, case.due_on, case.is_limit = ahead.earliest, ahead.due_on, ahead.is_limit
    case.version += 1
    case.save()
    return case


@transaction.atomic
def open_case(*, organisation: Organisation, applied_on: date, by: User, today: date, **person) -> Case:
    """Open a case with the written application: the first step is done with it."""
    _refuse_no_branch(organisation)
    if applied_on > today:
        raise DomainError("申请日期还没有到。", field="applied_on")
    if fault := age_fault(birth_on=person["birth_on"], applied_on=applied_on):
        raise DomainError(fault.message, field=fault.field)
    if Member.objects.at_home().with_id_number(person["id_number"]).exists():
        raise DomainError("这个公民身份号码的人已经是党员，不用再发展。", field="id_number")
    case = _opened(
        Case(organisation=organisation, applied_on=applied_on, procedure=in_force(applied_on).code, created_by=by, **person),
        start=applied_on,
    )
    StepRecord.objects.create(case=case, step="apply", day=applied_on, organisation=organisation, recorded_by=by)
    Material.objects.create(case=case, kind="application", held_on=applied_on, checked_by=by)
    refresh(case, today=today)
    _record("opened", case, by=by, day=applied_on, procedure=case.procedure)
    return case


@transaction.atomic
def open_for_member(member: Member, *, by: User, today: date) -> Case:
    """A case for a probationary member of the roster, begun at the fifth stage so that 转正 can be handled."""
    held = Member.objects.select_for_update(no_key=True, of=("self",)).select_related("branch").get(pk=member.pk)
    if held.category != Member.Category.PROBATIONARY:
        raise DomainError(f"{held.name}不是预备党员，不用办转正。")
    if held.left_on is not None:
        raise DomainError(f"{held.name}的组织关系已经不在本县。")
    if (known := Case.objects.open().filter(member=held).first()) is not None:
        return known
    rules = in_force(held.joined_on)
    copied = {name: getattr(held, name) for name in PERSON if name not in {"unit", "is_mobile"}}
    case = _opened(
        Case(
            organisation=held.branch,
            member=held,
            procedure=rules.code,
            begins_at=FROM_ROSTER,
            stage=5,
            probation_until=probation_until(rules, assembly_on=held.joined_on),
            created_by=by,
            **copied,
        ),
        start=held.joined_on,
    )
    refresh(case, today=today)
    _record("opened", case, by=by, day=held.joined_on, procedure=case.procedure, member=held.uid)
    return case


@transaction.atomic
def edit_case(case: Case, *, version: int, by: User, today: date, **changes) -> Case:
    """Correct what is kept of the person, before the admission; afterwards the member's own file is the place."""
    held = locked(case)
    if held.version != version:
        raise Stale("这份档案刚才被别人改过。看过新的再改，你填的还在下面。")
    if held.member_id:
        raise DomainError(f"{held.name}已经是预备党员，资料在党员名册里改。")
    before_after = {name: [getattr(held, name), value] for name, value in changes.items() if getattr(held, name) != value}
    if not before_after:
        return held
    for name, value in changes.items():
        setattr(held, name, value)
    if fault := age_fault(birth_on=held.birth_on, applied_on=held.applied_on):
        raise DomainError(f"按这个出生日期，{fault.message}", field="id_number")
    _derive(held)
    with _once():
        refresh(held, today=today)
    audit.record(
        "development.case.edited",
        held,
        by=by,
        path=held.branch.path,
        subject=held.uid,
        changes=before_after,
        fields=sorted(before_after),
    )
    return held


@transaction.atomic
def move_case(case: Case, *, to: Organisation, on: date, note: str, by: User, today: date) -> Case:
    """The applicant works or lives elsewhere now: the time of cultivation counts on there (2026 Art12)."""
    held = locked(case)
    _refuse_no_branch(to)
    if held.member_id:
        raise DomainError(f"{held.name}已经是预备党员，走组织关系转接。")
    current = held.places.get(end=None)
    if current.organisation_id == to.pk:
        raise DomainError(f"{held.name}已经由这个党支部培养。", field="to")
    if on > today:
        raise DomainError("这一天还没有到。", field="on")
    if on <= current.start:
        raise DomainError(f"{current.start} 才由现在的支部培养，要晚于那天。", field="on")
    left = held.organisation
    CasePlace.objects.filter(pk=current.pk).update(end=on)
    CasePlace.objects.create(case=held, organisation=to, start=on, note=note)
    held.companions.filter(end=None, start__lt=on).update(end=on, end_reason="转到新单位，由新支部指定")
    held.organisation = to
    refresh(held, today=today)
    _record("moved", held, by=by, day=on, **{"from": left.code, "to": to.code})
    return held


@transaction.atomic
def stop_case(case: Case, *, reason: str, note: str, on: date, by: User, today: date) -> Case:
    """End a case before its time, with the reason. A probationary member's ends with the membership, not here."""
    held = locked(case)
    if reason not in set(Case.StopReason.values) - {Case.StopReason.CANCELLED}:
        raise DomainError("选一个终止的缘由。", field="reason")
    if held.member_id and reason != Case.StopReason.MISTAKEN and held.member.left_on is None:
        raise DomainError(f"{held.name}已经是预备党员，取消资格要由支部大会讨论、党委审批；去世、离开本县在名册里办。", field="reason")
    if on > today:
        raise DomainError("这一天还没有到。", field="on")
    close(held, state=Case.State.STOPPED, on=on, reason=reason, note=note)
    _record("stopped", held, by=by, day=on, reason=reason)
    return held


@transaction.atomic
def postpone(case: Case, *, until: date, by: User, today: date) -> Case:
    """Who was transferred here during probation may be discussed up to six months later (2026 Art34)."""
    held = locked(case)
    if not held.member_id or held.probation_until is None:
        raise DomainError("只有预备党员可以推迟讨论转正。")
    moved = {Affiliation.Reason.MOVED, Affiliation.Reason.TRANSFERRED_IN}
    if not held.member.affiliations.filter(reason__in=moved, start__gt=held.member.joined_on, end=None).exists():
        raise DomainError(f"{held.name}预备期内没有转入过，不能推迟讨论（第三十四条）。", field="until")
    if fault := postponement_fault(rules_on(held, today), probation_until=held.probation_until, until=until):
        raise DomainError(fault.message, field=fault.field)
    held.postponed_until = until
    membership.put_off_full(held.member, until=until, by=by)
    refresh(held, today=today)
    _record("postponed", held, by=by, until=until)
    return held


def close(held: Case, *, state: str, on: date, reason: str = "", note: str = "") -> None:
    """End the case's row; its steps stay."""
    held.state, held.closed_on, held.stop_reason, held.stop_note = state, on, reason, note
    held.not_before = held.due_on = None
    held.next_step, held.is_limit = "", False
    held.version += 1
    held.save()


def extend(held: Case, *, months: int) -> None:
    """A longer probation; 转正 is applied for and discussed once more."""
    held.extension, held.round = months, held.round + 1
    held.probation_until = months_after(held.member.joined_on, held.rules.probation_months + months)
    held.postponed_until = None


def _opened(case: Case, *, start: date) -> Case:
    _derive(case)
    with _once():
        case.save()
    CasePlace.objects.create(case=case, organisation=case.organisation, start=start)
    return case


def _derive(case: Case) -> None:
    for name, value in derived(name=case.name, id_number=case.id_number).items():
        setattr(case, name, value)
    case.full_clean(exclude=["id_number", "id_index", "id_tail_index"], validate_unique=False, validate_constraints=False)


@contextmanager
def _once():
    """Of two who open a case for one person at the same moment the later is told so; a savepoint keeps the transaction usable."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if "case_open_once" not in str(fault) and "case_one_per_member" not in str(fault):
            raise
        raise DomainError("这个公民身份号码已经有正在发展的档案，接着那一份办。", field="id_number") from None


def _refuse_no_branch(organisation: Organisation) -> None:
    if not organisation.is_branch:
        raise DomainError("发展党员由党支部办，选一个党支部。", field="organisation")
    if organisation.dissolved_on is not None:
        raise DomainError("这个党支部已经撤销。", field="organisation")


def _record(act: str, case: Case, *, by: User, **data) -> None:
    branch = case.branch
    audit.record(f"development.case.{act}", case, by=by, path=branch.path, subject=case.uid, organisation=branch.code, **data)
