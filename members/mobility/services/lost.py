"""失联: from opening a case to finding the person, or to the two decisions of the 党委 (教育管理条例 Art24)."""

from datetime import date, timedelta

from django.db import transaction

from members.mobility.models import Contact, LostCase, LostStep, Outflow
from members.mobility.rules.clocks import may_remove_on, may_suspend_on, means_untried
from members.mobility.selectors.lost import may_decide
from members.mobility.selectors.signs import last_sign
from members.mobility.services.outflows import end_for, refuse_not_here
from members.models import Affiliation, Member, Suspension
from members.services import membership, people
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

State, Kind = LostCase.State, LostStep.Kind


@transaction.atomic
def open_case(member: Member, *, why: str, clock: date, today: date, by: User | None, note: str = "") -> LostCase:
    """Open a case: the clock starts at the last 组织生活 or 党费; the roster says 失联 from then, and a registered outflow ends."""
    held = locked(member)
    refuse_not_here(held)
    if LostCase.objects.open().filter(member=held).exists():
        raise DomainError(f"{held.name}已经立了失联台账。")
    if why not in LostCase.Why.values:
        raise DomainError("选一个失联的原因。", field="why")
    if clock >= today:
        raise DomainError("失联起算的日子要在今天以前。", field="clock")
    if clock < held.joined_on:
        raise DomainError(f"{held.name} {held.joined_on:%Y-%m-%d} 才入党，起算的日子不能更早。", field="clock")
    sign = last_sign(held)
    if sign and sign.day > clock:
        raise DomainError(f"{sign.day:%Y-%m-%d} 还有记录（{sign.title}），失联从那天起算。", field="clock")
    end_for(held, on=today, reason=Outflow.EndReason.LOST, today=today, by=by)
    case = LostCase.objects.create(member=held, why=why, clock=clock, last_fact=sign.fact if sign else None)
    _keep_roster(held, clock=clock, today=today, by=by)
    _step(case, Kind.OPENED, day=today, by=by, note=note)
    return case


@transaction.atomic
def report(case: LostCase, *, basis: str, today: date, by: User, note: str = "") -> LostCase:
    """The branch reports to its 党委: six months are full and every means was tried since the clock began."""
    held = _locked(case, State.SEARCHING)
    due = may_suspend_on(held.clock)
    if today < due:
        raise DomainError(f"失联从 {held.clock:%Y-%m-%d} 起算，到 {due:%Y-%m-%d} 才满六个月，还不能报。")
    _refuse_new_sign(held)
    untried = means_untried(held.member.contacts.filter(day__gte=held.clock).values_list("way", flat=True))
    if untried:
        words = "、".join(str(Contact.Way(way).label) for way in untried)
        raise DomainError(f"还没有试过：{words}。各种办法都找过、记下来，再报党委。")
    if not basis.strip():
        raise DomainError("写上支部党员大会的日期或记录编号。", field="basis")
    _to(held, State.REPORTED)
    _step(held, Kind.REPORTED, day=today, by=by, basis=basis, note=note)
    return held


@transaction.atomic
def send_back(case: LostCase, *, note: str, today: date, by: User) -> LostCase:
    """The 党委 sends a report back: the search goes on."""
    held = _locked(case, State.REPORTED)
    _refuse_no_committee(held, by)
    if not note.strip():
        raise DomainError("写上退回的原因，支部才知道再做什么。", field="note")
    _to(held, State.SEARCHING)
    _step(held, Kind.RETURNED, day=today, by=by, note=note)
    return held


@transaction.atomic
def suspend(case: LostCase, *, on: date, basis: str, today: date, by: User) -> LostCase:
    """停止党籍: decided by the 党委 once six months are full (Art24)."""
    held = _locked(case, State.REPORTED)
    _refuse_no_committee(held, by)
    due = may_suspend_on(held.clock)
    if on < due:
        raise DomainError(f"失联到 {due:%Y-%m-%d} 才满六个月，停止党籍的日子不能更早。", field="on")
    _refuse_day_or_basis(on=on, basis=basis, today=today)
    _refuse_new_sign(held)
    held.suspension = membership.suspend(held.member, on=on, reason=Suspension.Reason.LOST_CONTACT, basis=basis.strip(), by=by)
    _to(held, State.SUSPENDED, "suspension")
    _step(held, Kind.SUSPENDED, day=on, by=by, basis=basis)
    return held


@transaction.atomic
def find(case: LostCase, *, on: date, note: str = "", today: date, by: User) -> LostCase:
    """The person was reached. Before 停止党籍 that ends the case; after it the 党委 must still restore."""
    held = _locked(case, State.SEARCHING, State.REPORTED, State.SUSPENDED)
    if not held.clock <= on <= today:
        raise DomainError("联系上的日子要在失联以后、今天以前。", field="on")
    if held.state == State.SUSPENDED:
        _to(held, State.RESURFACED)
        _step(held, Kind.FOUND, day=on, by=by, note=note)
        return held
    _end(held, LostCase.Outcome.FOUND, on=on)
    _keep_roster(held.member, clock=None, today=today, by=by)
    _step(held, Kind.FOUND, day=on, by=by, note=note)
    return held


@transaction.atomic
def restore(case: LostCase, *, on: date, basis: str, today: date, by: User) -> LostCase:
    """恢复党籍 of somebody found again; decided by the 党委."""
    held = _locked(case, State.RESURFACED)
    _refuse_no_committee(held, by)
    _refuse_day_or_basis(on=on, basis=basis, today=today)
    membership.restore(held.member, on=on, basis=basis.strip(), by=by)
    _end(held, LostCase.Outcome.RESTORED, on=on)
    _keep_roster(held.member, clock=None, today=today, by=by)
    _step(held, Kind.RESTORED, day=on, by=by, basis=basis)
    return held


@transaction.atomic
def remove(case: LostCase, *, on: date, basis: str, today: date, by: User) -> LostCase:
    """按自行脱党除名: two years after 停止党籍 and still not reached (Art24)."""
    held = _locked(case, State.SUSPENDED)
    _refuse_no_committee(held, by)
    due = may_remove_on(held.suspension.start)
    if on < due:
        raise DomainError(f"停止党籍 {held.suspension.start:%Y-%m-%d} 起满两年是 {due:%Y-%m-%d}，除名的日子不能更早。", field="on")
    _refuse_day_or_basis(on=on, basis=basis, today=today)
    membership.leave(held.member, on=on, reason=Affiliation.EndReason.REMOVED, by=by, basis=basis.strip())
    _end(held, LostCase.Outcome.REMOVED, on=on)
    _step(held, Kind.REMOVED, day=on, by=by, basis=basis)
    return held


@transaction.atomic
def close_left(*, today: date) -> int:
    """Close the cases of people who left the roster by another door (death, transfer). Returns how many."""
    cases = list(LostCase.objects.open().filter(member__left_on__isnull=False).select_related("member__branch"))
    for case in cases:
        held = _locked(case, *State.values)
        _end(held, LostCase.Outcome.LEFT, on=held.member.left_on)
        _step(held, Kind.CLOSED, day=today, by=None)
    return len(cases)


def _locked(case: LostCase, *states: str) -> LostCase:
    """The case as it is now, its member locked first; refused when it stands elsewhere than the act needs."""
    locked(case.member)
    held = LostCase.objects.select_for_update(of=("self",)).select_related("member__branch", "suspension").get(pk=case.pk)
    if held.state not in states:
        raise DomainError(f"这件事现在是“{held.get_state_display()}”，不能这样办。看过最新的进展再办。")
    return held


def _refuse_new_sign(case: LostCase) -> None:
    sign = last_sign(case.member)
    if sign and sign.day > case.clock:
        raise DomainError(f"{sign.day:%Y-%m-%d} 又有了记录（{sign.title}），先核对是不是联系上了。")


def _refuse_no_committee(case: LostCase, by: User) -> None:
    if not may_decide(by, case):
        raise DomainError("停止、恢复党籍和除名由党委决定，党总支、党支部不能决定，报上级党委。")


def _refuse_day_or_basis(*, on: date, basis: str, today: date) -> None:
    if on > today:
        raise DomainError("决定的日子还没有到。", field="on")
    if not basis.strip():
        raise DomainError("写上党委决定的文号。", field="basis")


def _keep_roster(member: Member, *, clock: date | None, today: date, by: User | None) -> None:
    held = locked(member)
    wanted = {"is_lost": clock is not None, "lost_on": clock}
    if any(getattr(held, name) != value for name, value in wanted.items()):
        people.edit(held, version=held.version, by=by, on=today, **wanted)


def _to(case: LostCase, state: str, *fields: str) -> None:
    case.state = state
    case.save(update_fields=["state", *fields])


def _end(case: LostCase, outcome: str, *, on: date) -> None:
    case.outcome, case.ended_on = outcome, max(on, case.clock + timedelta(days=1))
    _to(case, State.ENDED, "outcome", "ended_on")


def _step(case: LostCase, kind: str, *, day: date, by: User | None, basis: str = "", note: str = "") -> None:
    LostStep.objects.create(case=case, kind=kind, day=day, basis=basis.strip(), note=note.strip(), taken_by=by)
    path = case.member.branch.path if case.member.branch else ""
    audit.record(f"mobility.lost.{kind}", case, by=by, path=path, subject=case.member.uid, day=day, basis=basis.strip())
