"""去世慰问: its three steps, each done once or declined by the family."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from members.care.models import CondolenceStep
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

Outcome = CondolenceStep.Outcome


@transaction.atomic
def record_step(step: CondolenceStep, *, outcome: str, done_on: date, who: str, by: User, today: date) -> CondolenceStep:
    """Write down that a step was done, by whom and when, or that the family did not wish it."""
    held = CondolenceStep.objects.select_for_update(of=("self",)).select_related("condolence__organisation").get(pk=step.pk)
    condolence = held.condolence
    if condolence.withdrawn_at is not None:
        raise DomainError("这条去世登记已经更正，不用再办。")
    if held.outcome:
        raise DomainError(f"{held.get_kind_display()}已经登记过：{held.get_outcome_display()}。")
    if outcome not in Outcome.values:
        raise DomainError("选已办，或者家属婉辞。", field="outcome")
    if done_on > today:
        raise DomainError("这一天还没有到。", field="done_on")
    if done_on < condolence.died_on:
        raise DomainError(f"不能早于去世日期 {condolence.died_on:%Y-%m-%d}。", field="done_on")
    if outcome == Outcome.DONE and not who.strip():
        raise DomainError("写明去的人。", field="who")
    held.outcome, held.done_on, held.who = outcome, done_on, who.strip()
    held.recorded_by, held.recorded_at = by, timezone.now()
    held.save(update_fields=["outcome", "done_on", "who", "recorded_by", "recorded_at"])
    path = condolence.organisation.path
    audit.record("care.condolence.recorded", condolence, by=by, path=path, kind=held.kind, state=outcome, day=done_on)
    return held
