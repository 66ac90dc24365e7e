"""The standard and the checks: published by the department, checked by the branch, looked at by its superior."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from members.care.stations import rules
from members.care.stations.models import CheckLine, Checklist, ChecklistItem, SelfCheck, Station, StationKind
from members.care.stations.services import locked, said, tell
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

LONGEST = 80
State = SelfCheck.State


@dataclass(frozen=True)
class Found:
    """What was found of one item: there, or missing with what is missing and by when it will be mended."""

    is_met: bool
    note: str = ""
    mend_by: date | None = None


@transaction.atomic
def publish_checklist(
    kind: StationKind, *, required: Sequence[str], others: Sequence[str], every: int, source: str, start: date, by: User, today: date
) -> Checklist:
    """发布标准: a new version from a day on; checks already made keep the version they were made by."""
    StationKind.objects.select_for_update().get(pk=kind.pk)
    if start < today:
        raise DomainError("新标准最早从今天起。", field="start")
    items = [(text.strip(), True) for text in required if text.strip()] + [(text.strip(), False) for text in others if text.strip()]
    if not any(must for _, must in items):
        raise DomainError("至少写一条必备的。", field="required")
    if long := next((text for text, _ in items if len(text) > LONGEST), None):
        raise DomainError(f"“{long[:12]}…”太长，一条最多 {LONGEST} 个字。", field="required")
    if len({text for text, _ in items}) < len(items):
        raise DomainError("有两条是一样的，去掉一条。", field="required")
    last = kind.checklists.order_by("-number").first()
    if last is not None and last.start >= start:
        raise DomainError(f"第 {last.number} 版从 {last.start:%Y-%m-%d} 起，新的要晚于那天。", field="start")
    if last is not None and last.end is None:
        last.end = start
        last.save(update_fields=["end"])
    made = Checklist.objects.create(
        kind=kind, number=last.number + 1 if last else 1, every=every, source=said(source, "依据", "source"), start=start, published_by=by
    )
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=made, order=order, text=text, is_required=must) for order, (text, must) in enumerate(items, 1)
    )
    audit.record("stations.checklist.published", by=by, kind=kind.code, number=made.number, start=start, items=len(items))
    return made


def checklist_on(kind: StationKind, day: date) -> Checklist:
    """The version in force, or the sentence that says there is none."""
    found = Checklist.objects.on(day).filter(kind=kind).first()
    if found is None:
        raise DomainError(f"{kind}还没有标准，请组织部先发布。")
    return found


@transaction.atomic
def check(station: Station, *, found: Mapping[int, Found], day: date, by: User, today: date) -> SelfCheck:
    """自查: every item of the version in force on the day. Of two at once the later is told so."""
    held = locked(station)
    if day > today:
        raise DomainError("这一天还没到。查过了再登记。", field="day")
    if day < held.opened_on:
        raise DomainError(f"阵地 {held.opened_on:%Y-%m-%d} 才启用。", field="day")
    checklist = checklist_on(held.kind, day)
    items = list(checklist.items.all())
    for item in items:
        one = found.get(item.pk)
        if one is None:
            raise DomainError(f"“{item.text}”还没有选。", field=f"item_{item.pk}")
        if not one.is_met and not one.note.strip():
            raise DomainError("写上缺什么。", field=f"note_{item.pk}")
        if not one.is_met and (one.mend_by is None or one.mend_by < today):
            raise DomainError("写上哪天前补上，不早于今天。", field=f"mend_{item.pk}")
    ends = rules.period_end(day, checklist.every)
    if held.checks.counting().filter(period_end__gte=ends).exists():
        raise DomainError("这一期已经自查过。补上了缺的，在自查里登记。", field="day")
    made = SelfCheck.objects.create(station=held, checklist=checklist, day=day, period_end=ends, checked_by=by)
    CheckLine.objects.bulk_create(
        CheckLine(
            self_check=made,
            item=item,
            is_met=(one := found[item.pk]).is_met,
            note="" if one.is_met else one.note.strip(),
            mend_by=None if one.is_met else one.mend_by,
        )
        for item in items
    )
    tell("check.made", made, held, by=by, day=day, missing=sum(not found[item.pk].is_met for item in items))
    return made


def barred(one: SelfCheck, user: User) -> str:
    """Why this user may not review it although the verb is theirs."""
    return "自己登记的自查由别人审核。" if one.checked_by_id == user.pk else ""


@transaction.atomic
def accept(one: SelfCheck, *, by: User, today: date, note: str = "") -> SelfCheck:
    """审核通过: by another than who checked."""
    return _review(one, State.ACCEPTED, note=note.strip(), by=by, today=today)


@transaction.atomic
def send_back(one: SelfCheck, *, by: User, today: date, note: str) -> SelfCheck:
    """退回重查: with what to look at again; the period is open again."""
    return _review(one, State.RETURNED, note=said(note, "哪里要重查", "note"), by=by, today=today)


def _review(one: SelfCheck, state: str, *, note: str, by: User, today: date) -> SelfCheck:
    held = _held(one)
    if held.state != State.WAITING:
        raise DomainError("这次自查刚才有人审核过。")
    if why := barred(held, by):
        raise DomainError(why)
    held.state, held.review_note, held.reviewed_by, held.reviewed_on = state, note, by, today
    held.save(update_fields=["state", "review_note", "reviewed_by", "reviewed_on"])
    tell(f"check.{state}", held, held.station, by=by)
    return held


@transaction.atomic
def mend(line: CheckLine, *, how: str, on: date, by: User, today: date) -> CheckLine:
    """补上了: what was missing is there now."""
    check = _held(line.self_check)
    held = CheckLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if held.is_met or held.mended_on is not None:
        raise DomainError("这一项不缺，或者已经登记补上。")
    if check.state == State.RETURNED:
        raise DomainError("这次自查已经退回，重查时再填。")
    if not check.day <= on <= today:
        raise DomainError(f"补上的日子在 {check.day:%Y-%m-%d} 到今天之间。", field="on")
    held.mended_on, held.mended_how, held.mended_by = on, said(how, "怎么补的", "how"), by
    held.save(update_fields=["mended_on", "mended_how", "mended_by"])
    tell("check.mended", check, check.station, by=by, line=held.uid, day=on)
    return held


def _held(one: SelfCheck) -> SelfCheck:
    return SelfCheck.objects.select_for_update(of=("self",)).select_related("station__organisation").get(pk=one.pk)
