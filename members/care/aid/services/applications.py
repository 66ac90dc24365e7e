"""申请: by the member, by the family through the branch, or by the branch in the member's name; one by one or from a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from branches.access import can
from members.care.aid import rules
from members.care.aid.models import Case, Programme, Step
from members.care.aid.selectors.eligibility import standing_cases, unqualified
from members.care.aid.services.papers import add_files
from members.care.aid.services.steps import hold, move, release, say, write_step
from members.care.aid.services.words import sealed
from members.models import Member
from members.services import membership
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

AskedBy = Case.AskedBy


@transaction.atomic
def apply(
    programme: Programme,
    *,
    member: Member,
    amount: Decimal,
    need: str,
    by: User,
    today: date,
    asked_by: str = AskedBy.BRANCH,
    relation: str = "",
    asker: str = "",
    files: Iterable[UploadedFile] = (),
    recused: Iterable[User] = (),
) -> Case:
    """申请: one case of this programme, member and year. Of one's own account it is the member's own asking."""
    held = membership.locked(member)
    branch = held.branch
    if held.left_on is not None or branch is None:
        raise DomainError(f"{held.name}的组织关系不在本县，由现在的党组织帮扶。")
    if held.user_id == by.pk:
        asked_by, relation, asker = AskedBy.MEMBER, "", ""
    elif not can(by, "care.record", branch):
        raise DomainError("只能为自己支部的党员申请。")
    _check_programme(programme, today)
    if fault := rules.amount_fault(amount, limit=programme.amount, is_fixed=programme.is_fixed):
        raise DomainError(fault, field="amount")
    if not need.strip():
        raise DomainError("写明有什么困难，审核的人才能判断。", field="need")
    if asked_by == AskedBy.FAMILY and not (relation and asker.strip()):
        raise DomainError("家属提出的，写明是谁、与本人什么关系。", field="asker" if relation else "relation")
    if programme.bars_unqualified and unqualified([held.pk]):
        raise DomainError(f"{held.name}最近一次民主评议不合格，这个项目不能给。", field="programme")
    if standing_cases(programme.code, [held.pk], today.year):
        raise DomainError(f"{held.name}今年已经有一件{programme.name}，一年一件。", field="programme")
    case = Case(
        programme=programme,
        programme_code=programme.code,
        member=held,
        organisation=branch,
        year=today.year,
        asked_by=asked_by,
        relation=relation if asked_by == AskedBy.FAMILY else "",
        amount_asked=amount,
        state=rules.next_state(rules.APPLY, programme.needs),
        applied_on=today,
        acted_on=today,
        recorded_by=by,
    )
    case.sealed_need = sealed(case, need)
    case.sealed_asker = sealed(case, asker) if asked_by == AskedBy.FAMILY else None
    case.save()
    case.recused.set(recused)
    add_files(case, files, by=by, today=today)
    write_step(case, rules.APPLY, by=by, day=today, amount=amount)
    return case


@dataclass(frozen=True)
class Opened:
    """What opening from a list came to: the cases, and whom it passed over with the reason."""

    cases: list[Case]
    passed_over: list[tuple[Member, str]]


@transaction.atomic
def open_from_list(programme: Programme, *, members: Iterable[Member], by: User, today: date) -> Opened:
    """按名单开: one act opens a case for each, by the branch in their name and at the programme's sum; six statements, whatever their number."""
    _check_programme(programme, today)
    named = Member.objects.filter(pk__in=[one.pk for one in members])
    wanted = list(named.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    people = list(Member.objects.filter(pk__in=wanted).select_related("branch").defer("id_number").order_by("branch__code", "pinyin", "pk"))
    if not people:
        raise DomainError("先在名单上选人。", field="members")
    barred = unqualified([one.pk for one in people]) if programme.bars_unqualified else set()
    standing = standing_cases(programme.code, [one.pk for one in people], today.year)
    chosen, passed_over = [], []
    for one in people:
        if one.left_on is not None or one.branch is None or not can(by, "care.record", one.branch):
            passed_over.append((one, "组织关系不在你管的支部"))
        elif one.user_id == by.pk:
            passed_over.append((one, "自己的由自己申请，或者由别人来开"))
        elif one.pk in barred:
            passed_over.append((one, "最近一次民主评议不合格"))
        elif one.pk in standing:
            passed_over.append((one, "今年已有这个项目的救助"))
        else:
            chosen.append(one)
    cases = Case.objects.bulk_create(
        Case(
            programme=programme,
            programme_code=programme.code,
            member=one,
            organisation=one.branch,
            year=today.year,
            asked_by=AskedBy.BRANCH,
            amount_asked=programme.amount,
            state=rules.next_state(rules.APPLY, programme.needs),
            applied_on=today,
            acted_on=today,
            recorded_by=by,
        )
        for one in chosen
    )
    Step.objects.bulk_create(Step(case=one, act=rules.APPLY, day=today, by=by, amount=one.amount_asked) for one in cases)
    _audit_opened(cases, by=by, today=today)
    return Opened(cases, passed_over)


def _audit_opened(cases: list[Case], *, by: User, today: date) -> None:
    rows = [
        {
            "target_kind": "aid.case",
            "target_uid": one.uid,
            "path": one.organisation.path,
            "data": {"day": today, "amount": one.amount_asked, "state": one.state},
        }
        for one in cases
    ]
    audit.record_many("aid.case.apply", rows, by=by)


def _check_programme(programme: Programme, today: date) -> None:
    if not Programme.objects.on(today).filter(pk=programme.pk).exists():
        raise DomainError(f"{programme.name}现在不受理，换一个项目。", field="programme")


@transaction.atomic
def resubmit(
    case: Case,
    *,
    need: str,
    by: User,
    today: date,
    amount: Decimal | None = None,
    files: Iterable[UploadedFile] = (),
    version: int | None = None,
) -> Case:
    """补齐再报: the same case goes its way from the beginning; what was decided before stays among the steps."""
    held = hold(case, rules.RESUBMIT, version=version)
    _check_party(held, by)
    amount = amount or held.amount_asked
    if fault := rules.amount_fault(amount, limit=held.programme.amount, is_fixed=held.programme.is_fixed):
        raise DomainError(fault, field="amount")
    if not need.strip():
        raise DomainError("写明有什么困难，补了什么。", field="need")
    if held.steps.filter(by=by, act__in=[rules.REVIEW, rules.APPROVE]).exists():
        raise DomainError("你审核过这件，由别人补报。")
    add_files(held, files, by=by, today=today)
    held.sealed_need, held.amount_asked, held.recorded_by = sealed(held, need), amount, by
    held.reviewed_by = held.approved_by = None
    changed = ("sealed_need", "amount_asked", "recorded_by", "reviewed_by", "approved_by")
    return move(held, rules.RESUBMIT, by=by, day=today, today=today, amount=amount, changed=changed)


@transaction.atomic
def withdraw(case: Case, *, note: str, by: User, today: date, version: int | None = None) -> Case:
    """撤回: by whom it is about or by the branch, until it is being paid. What the fund held for it is free again."""
    held = hold(case, rules.WITHDRAW, version=version)
    _check_party(held, by)
    release(held, by=by, today=today, reason="申请撤回")
    held.amount = None
    return move(held, rules.WITHDRAW, by=by, day=today, today=today, note=say(note), changed=("amount",))


@transaction.atomic
def recuse(case: Case, *, user: User, by: User) -> Case:
    """回避: this person is related to the member and decides nothing here."""
    held = Case.objects.select_for_update(of=("self",)).select_related("organisation", "member").get(pk=case.pk)
    if held.state in rules.OVER:
        raise DomainError("这件已经办结。")
    if not can(by, "care.record", held.organisation):
        raise DomainError("由支部或者上级党组织登记回避。")
    held.recused.add(user)
    audit.record("aid.case.recused", held, by=by, path=held.organisation.path)
    return held


def _check_party(held: Case, by: User) -> None:
    if by.pk != held.member.user_id and not can(by, "care.record", held.organisation):
        raise DomainError("由本人或者原来的支部来办。")
