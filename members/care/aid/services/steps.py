"""What every act on a case has in common: the lock, who must keep out, the step, the audit row, and the line to whom it is about."""

from datetime import date
from decimal import Decimal

from django.urls import reverse

from members.care.aid import rules
from members.care.aid.models import Case, Step
from members.care.aid.services.words import sealed
from members.care.fund.services import claims
from partyportal.core import audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import Notice, User

MAKING = (rules.APPLY, rules.RESUBMIT, rules.VOTE, rules.VOTE_DOWN)
# Who checks may not have made; each with what the earlier hand was.
CHECKING: dict[str, tuple[tuple[str, ...], str]] = {
    rules.REVIEW: (MAKING, "申请或者评议是你登记的，由别人审核。"),
    rules.APPROVE: ((*MAKING, rules.REVIEW), "你已经登记或者审核过这件，由别人审批。"),
    rules.PREPARE: ((rules.APPROVE,), "这件是你批的，由别人开付款单。"),
    rules.PAY: ((rules.APPROVE, rules.PREPARE), "这件是你批的或者付款单是你开的，由别人确认。"),
}
# One's own case: applied for, mended and taken back by oneself, and nothing else.
OWN = (rules.APPLY, rules.RESUBMIT, rules.WITHDRAW)


def hold(case: Case, act: str, *, version: int | None = None) -> Case:
    """The case locked, at the right step, and as whoever acts has seen it."""
    related = ("programme", "member", "organisation")
    held = Case.objects.select_for_update(of=("self",)).select_related(*related).defer("member__id_number").get(pk=case.pk)
    if version is not None and version != held.version:
        raise Stale("这件救助刚才有人办过。看过再办。")
    if not rules.may_do(act, held.state):
        raise DomainError(f"这件救助现在是“{held.get_state_display()}”，不能再办“{Step.Act(act).label}”。看过再办。")
    return held


def barred(case: Case, act: str, user: User) -> str:
    """Why this person may not do this; empty when they may. 经办的不审核，审核的不审批，本人和亲属回避."""
    if user.pk == case.member.user_id and act not in OWN:
        return "这是你自己的事项，由别人来办。"
    related = {one.pk for one in case.recused.all()}
    if user.pk in related and act not in OWN:
        return "你与本人有亲属关系，要回避，由别人来办。"
    earlier, sentence = CHECKING.get(act, ((), ""))
    if any(step.by_id == user.pk and step.act in earlier for step in case.steps.all()):
        return sentence
    return ""


def check_hand(held: Case, act: str, by: User) -> None:
    """Refuse whoever must keep out."""
    if sentence := barred(held, act, by):
        raise DomainError(sentence)


def move(
    held: Case,
    act: str,
    *,
    by: User | None,
    day: date,
    today: date,
    note: str = "",
    amount: Decimal | None = None,
    changed: tuple[str, ...] = (),
    **of_step,
) -> Case:
    """Take the case one step on: its state, the step's row, the audit row and a line to the person. `changed` are columns set before."""
    held.state = rules.next_state(act, held.programme.needs)
    held.acted_on, held.version = today, held.version + 1
    held.closed_on = today if held.state in rules.OVER else None
    held.save(update_fields=["state", "acted_on", "version", "closed_on", *changed])
    write_step(held, act, by=by, day=day, note=note, amount=amount, **of_step)
    return held


def write_step(held: Case, act: str, *, by: User | None, day: date, note: str = "", amount: Decimal | None = None, **of_step) -> Step:
    """The row of one step; the audit row names the case and no person, for the log is read without `care.see`."""
    step = Step.objects.create(case=held, act=act, day=day, by=by, amount=amount, sealed_note=sealed(held, note), **of_step)
    audit.record(f"aid.case.{act}", held, by=by, path=held.organisation.path, day=day, amount=amount, state=held.state)
    _tell(held, step)
    return step


def _tell(held: Case, step: Step) -> None:
    """One line into the inbox of whom it is about, if they have an account and did not do it themselves. No reasons: those stand in the case."""
    user = held.member.user_id
    if user is None or user == step.by_id:
        return
    Notice.objects.create(
        user_id=user,
        key=f"aid:{step.uid}",
        title=f"{held.programme.name}：{step.get_act_display()}",
        reason=f"现在是“{held.get_state_display()}”",
        url=reverse("aid:case", args=[held.uid]),
    )


def release(held: Case, *, by: User, today: date, reason: str) -> None:
    """The fund's money for this case is free again; nothing was set aside before the approval."""
    if held.claim is not None:
        claims.release(held.claim, by=by, today=today, reason=reason)


def say(note: str, *, field: str = "note") -> str:
    """A reason that must be there."""
    if not note.strip():
        raise DomainError("写明理由，本人看得到。", field=field)
    return note.strip()


def check_day(day: date, *, since: date, today: date, field: str = "day") -> None:
    """A day of something that has happened since another day."""
    if day > today:
        raise DomainError("这一天还没有到。", field=field)
    if day < since:
        raise DomainError(f"不能早于 {since:%Y-%m-%d}。", field=field)
