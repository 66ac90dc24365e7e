"""积分异议: filed within the window, heard, decided by somebody who had no hand in the line, once taken up; an accepted one corrects the fact."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from branches.access import can
from members.models import Fact, Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core import attachments, audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from partyportal.core.parameters import value_on
from partyportal.core.workdays import calendar
from points.models import Award
from points.publicity import rules
from points.publicity.models import Closing, Objection, Publication, SheetLine, Step
from points.publicity.parameters import APPEAL_DAYS
from points.selectors.schemes import manual_items
from points.services import check_amount, require_open_year, revoke_award, settle_soon
from points.settlement import Scope
from points.settlement.post import lock

Remedy = Objection.Remedy
# Facts that points itself owns; every other is corrected where it was recorded, or the two would part.
OURS = ("points.award:", "points.objection:", "points.veto:")


@transaction.atomic
def object_to(
    publication: Publication,
    *,
    member: Member,
    fact: Fact | None,
    what: str,
    evidence: str = "",
    files: Iterable[UploadedFile] = (),
    by: User,
    today: date,
) -> Objection:
    """提出异议: to one line of the member's own quarter, or that a deed is missing; by the member, or by the branch on their behalf."""
    lock(Scope.of((), publication.year))  # the year shared: a closing waits for this, or this for the closing
    if member.user_id != by.pk and not can(by, "points.publish", publication.organisation):
        raise DomainError("只能对自己的积分提异议。")
    if not SheetLine.objects.filter(publication=publication, member=member).exists():
        raise DomainError("这张公示表上没有这位党员。")
    if Closing.objects.filter(publication=publication).exists() or not rules.may_object(publication.published_on, publication.until, today):
        raise DomainError(f"公示到 {publication.until:%-m月%-d日}，已经过了。有错请向上级党委反映。")
    if fact is not None:
        fact = _disputable(fact, publication, member)
    if not what.strip():
        raise DomainError("写上错在哪里。", field="what")
    objection = Objection.objects.create(
        publication=publication,
        member=member,
        fact=fact,
        what=what.strip(),
        evidence=evidence.strip(),
        filed_by=by,
        filed_on=today,
        acted_on=today,
    )
    objection.files.set(attachments.store(files, by=by))
    _step(objection, rules.FILE, note=objection.what, by=by, today=today)
    return objection


def _disputable(fact: Fact, publication: Publication, member: Member) -> Fact:
    """The fact as it stands now, held so that two objections to it come one after the other."""
    held = Fact.objects.select_for_update().filter(key=fact.key, superseded_at=None).first()
    first, last = rules.first_day(publication.year, publication.quarter), rules.last_day(publication.year, publication.quarter)
    if held is None or held.is_void or held.member_id != member.pk or not first <= held.day <= last:
        raise DomainError("这一笔刚才改过了，刷新再看。")
    if Objection.objects.filter(fact__key=held.key, state__in=rules.OPEN).exists():
        raise DomainError("这一笔已经有一件异议在办，等它办完。")
    return held


@transaction.atomic
def hear(objection: Objection, *, note: str, by: User, today: date, version: int | None = None) -> Objection:
    """听取情况: what the member and those who were there say, written down."""
    held = _held(objection, rules.HEAR, version=version)
    if by.pk == held.member.user_id:
        raise DomainError("自己的异议由别人来听取。")
    return _move(held, rules.HEAR, note=note, by=by, today=today)


@transaction.atomic
def reject(objection: Objection, *, note: str, by: User, today: date, version: int | None = None) -> Objection:
    """决定不成立: with the reason; the member may go up once, until a day."""
    held = _held(objection, rules.REJECT, version=version)
    _check_decider(held, by)
    held.appeal_until = calendar().last_of(today + timedelta(days=1), value_on(today, APPEAL_DAYS))
    return _move(held, rules.REJECT, note=note, by=by, today=today)


@transaction.atomic
def appeal(objection: Objection, *, note: str, by: User, today: date, version: int | None = None) -> Objection:
    """申请复议: once, to the committee above, within the days."""
    held = _held(objection, rules.APPEAL, version=version)
    if by.pk not in {held.filed_by_id, held.member.user_id}:
        raise DomainError("由提出异议的人申请复议。")
    if not rules.may_appeal(held.appeal_until, today):
        raise DomainError(f"复议要在 {held.appeal_until:%-m月%-d日}以前申请，已经过了。")
    return _move(held, rules.APPEAL, note=note, by=by, today=today)


@transaction.atomic
def uphold(objection: Objection, *, note: str, by: User, today: date, version: int | None = None) -> Objection:
    """复议维持: the committee finds as the branch did; that is the end of it."""
    held = _held(objection, rules.UPHOLD, version=version)
    _check_decider(held, by)
    return _move(held, rules.UPHOLD, note=note, by=by, today=today)


@transaction.atomic
def withdraw(objection: Objection, *, note: str, by: User, today: date, version: int | None = None) -> Objection:
    """撤回: by whoever it came from, while nothing is decided."""
    held = _held(objection, rules.WITHDRAW, version=version)
    if by.pk not in {held.filed_by_id, held.member.user_id}:
        raise DomainError("由提出异议的人撤回。")
    return _move(held, rules.WITHDRAW, note=note, by=by, today=today)


@transaction.atomic
def accept(
    objection: Objection,
    *,
    remedy: str,
    note: str,
    by: User,
    today: date,
    version: int | None = None,
    day: date | None = None,
    units: Decimal | None = None,
    grade: str = "",
    item: str = "",
    title: str = "",
) -> Objection:
    """决定成立: the fact is revised, voided or recorded, and the correction posts itself. A fact of another room is corrected there."""
    held = _held(objection, rules.ACCEPT, version=version)
    _check_decider(held, by)
    _say(note)
    ours = held.fact is None or held.fact.key.startswith(OURS)
    if remedy == Remedy.ELSEWHERE:
        years = set()
    elif held.fact is not None and not ours:
        raise DomainError("这一笔出自原来的记录，选“在原记录里更正”，写明怎么改。", field="remedy")
    elif remedy == Remedy.REVISE:
        years = _revise(held, day=day, units=units, grade=grade, by=by, today=today)
    elif remedy == Remedy.VOID:
        years = _void(held, note=note, by=by, today=today)
    elif remedy == Remedy.RECORD:
        years = _record(held, day=day, units=units, grade=grade, item=item, title=title, by=by, today=today)
    else:
        raise DomainError("选一种更正的办法。", field="remedy")
    held.remedy = remedy
    _move(held, rules.ACCEPT, note=note, by=by, today=today, remedy=remedy)
    for year in years:
        settle_soon(members=[held.member_id], year=year)
    return held


def _revise(held: Objection, *, day: date | None, units: Decimal | None, grade: str, by: User, today: date) -> set[int]:
    standing = _standing(held)
    if standing.key.startswith("points.veto:"):
        raise DomainError("一票否决只能作废，不能改。", field="remedy")
    day, units, grade = day or standing.day, units or standing.units, grade or standing.grade
    if (day, units, grade) == (standing.day, standing.units, standing.grade):
        raise DomainError("和现在的一样。写上改成哪一天、多少。", field="units")
    line = _line(held, key=standing.key, kind=standing.kind, title=standing.title, day=day, units=units, grade=grade, by=by, today=today)
    if item := manual_items(held.publication.organisation, day).filter(fact_kind=standing.kind).first():
        check_amount(item, units=units, grade=grade)
    facts.record([line], by=held.filed_by, confirmed_by=by)
    return {standing.day.year, day.year}


def _void(held: Objection, *, note: str, by: User, today: date) -> set[int]:
    standing = _standing(held)
    kind, _, rest = standing.key.partition(":")
    if kind in {"points.award", "points.veto"}:  # the deed says so too, and settles its own years
        revoke_award(Award.objects.get(uid=rest.partition(":")[0]), reason=note[:200], by=by, today=today)
        return set()
    require_open_year(standing.day.year, organisation=held.publication.organisation, by=by, today=today)
    facts.void([standing.key], by=by)
    return {standing.day.year}


def _record(
    held: Objection, *, day: date | None, units: Decimal | None, grade: str, item: str, title: str, by: User, today: date
) -> set[int]:
    if held.fact is not None:
        raise DomainError("异议说的是已有的一笔，改它或者作废它。", field="remedy")
    if day is None:
        raise DomainError("写上是哪一天。", field="day")
    found = manual_items(held.publication.organisation, day).filter(code=item, is_veto=False).first()
    if found is None:
        raise DomainError("选一个那一天可以人工认定的项目；组织生活、党费这些在原记录里更正。", field="item")
    check_amount(found, units=units or Decimal(1), grade=grade)
    line = _line(
        held,
        key=held.fact_key,
        kind=found.fact_kind,
        title=title.strip() or held.what[:120],
        day=day,
        units=units or Decimal(1),
        grade=grade,
        by=by,
        today=today,
    )
    if found.classes and line.member_class not in found.classes:
        raise DomainError(f"{found.name}不适用于他那一天的分类。", field="item")
    facts.record([line], by=held.filed_by, confirmed_by=by)
    return {day.year}


def _line(
    held: Objection, *, key: str, kind: str, title: str, day: date, units: Decimal, grade: str, by: User, today: date
) -> facts.FactLine:
    first, last = (
        rules.first_day(held.publication.year, held.publication.quarter),
        rules.last_day(held.publication.year, held.publication.quarter),
    )
    if not first <= day <= last:
        raise DomainError(f"日期要在这个季度里（{first:%-m月%-d日}到 {last:%-m月%-d日}）。", field="day")
    if units <= 0:
        raise DomainError("数量要大于 0。", field="units")
    require_open_year(day.year, organisation=held.publication.organisation, by=by, today=today)
    place = places_on([held.member_id], day).get(held.member_id)
    if place is None:
        raise DomainError("这一天他的组织关系不在这里，换个日期。", field="day")
    return facts.FactLine(
        key=key,
        kind=kind,
        member_id=held.member_id,
        organisation_id=place.organisation_id,
        member_class=place.member_class,
        day=day,
        units=units,
        grade=grade,
        title=title,
        evidence=held.evidence or "异议",
    )


def _standing(held: Objection) -> Fact:
    """The fact in dispute as it stands now."""
    standing = Fact.objects.select_for_update().filter(key=held.fact.key, superseded_at=None).first() if held.fact else None
    if standing is None or standing.is_void:
        raise DomainError("这一笔已经作废，不用再改。", field="remedy")
    return standing


def _held(objection: Objection, act: str, *, version: int | None) -> Objection:
    related = ("publication__organisation", "member", "fact", "filed_by")
    held = Objection.objects.select_for_update(of=("self",)).select_related(*related).get(pk=objection.pk)
    if version is not None and version != held.version:
        raise Stale("这件异议刚才有人办过。看过再办。")
    sources, _ = rules.WAY[act]
    if held.state not in sources:
        raise DomainError(f"这件异议现在是“{held.get_state_display()}”，不能再办“{Step.Act(act).label}”。")
    return held


def barred(objection: Objection, user: User) -> str:
    """Why this person may not decide on it; empty when they may. 记录的、确认的、提出的都要回避."""
    fact = objection.fact
    if user.pk in {objection.filed_by_id, objection.member.user_id}:
        return "自己提出的、自己的积分，要由别人决定。"
    if fact is not None and user.pk in {fact.recorded_by_id, fact.confirmed_by_id}:
        return "这一笔是你登记或者确认的，要由别人决定。"
    if objection.state == rules.APPEALED:
        if not can(user, "points.review", objection.publication.organisation):
            return "复议由上级党委决定。"
        if objection.steps.filter(act=rules.REJECT, by=user).exists():
            return "原来是你决定的，复议要由别人决定。"
    return ""


def _check_decider(held: Objection, by: User) -> None:
    if sentence := barred(held, by):
        raise DomainError(sentence)


def _say(note: str) -> None:
    if not note.strip():
        raise DomainError("写上说明，提异议的人看得到。", field="note")


def _move(held: Objection, act: str, *, note: str, by: User, today: date, **data) -> Objection:
    _say(note)
    held.state, held.acted_on, held.version = rules.WAY[act][1], today, held.version + 1
    held.save(update_fields=["state", "acted_on", "version", "appeal_until", "remedy"])
    _step(held, act, note=note.strip(), by=by, today=today, **data)
    return held


def _step(objection: Objection, act: str, *, note: str, by: User, today: date, **data) -> None:
    Step.objects.create(objection=objection, act=act, on=today, by=by, note=note[:300])
    path = objection.publication.organisation.path
    audit.record(f"publicity.objection.{act}", objection, by=by, path=path, subject=objection.member.uid, on=today, **data)
