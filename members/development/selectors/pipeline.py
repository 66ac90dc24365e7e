"""The cases in sight: counted by stage, found, narrowed, and what is due of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from members.development.models import Case
from members.development.rules.procedure import STAGE_NAMES
from partyportal.core.numbers import number_named

DUE = [("overdue", "已逾期"), ("soon", "30 天内到期"), ("limit", "细则写明期限的")]
SORTS = {"due": "due_on", "name": "pinyin", "branch": "organisation__code", "applied": "applied_on"}
SOON = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many are under way in each stage, and how many are late or nearly."""

    stages: tuple[tuple[int, str, int, int], ...]  # stage, its name, under way, of them overdue
    open: int
    overdue: int
    soon: int


def counts(cases: QuerySet, *, today: date) -> Counts:
    """One statement."""
    late = Q(state=Case.State.OPEN, due_on__lt=today)
    asked = {"open": Count("pk", filter=Q(state=Case.State.OPEN)), "overdue": Count("pk", filter=late)}
    asked["soon"] = Count("pk", filter=Q(state=Case.State.OPEN, due_on__gte=today, due_on__lte=today + SOON))
    for stage in STAGE_NAMES:
        asked[f"stage_{stage}"] = Count("pk", filter=Q(state=Case.State.OPEN, stage=stage))
        asked[f"late_{stage}"] = Count("pk", filter=late & Q(stage=stage))
    found = cases.order_by().aggregate(**asked)
    stages = tuple((stage, name, found[f"stage_{stage}"], found[f"late_{stage}"]) for stage, name in STAGE_NAMES.items())
    return Counts(stages=stages, open=found["open"], overdue=found["overdue"], soon=found["soon"])


def narrowed(cases: QuerySet, *, today: date, q: str = "", stage: str = "", state: str = "", due: str = "", step: str = "") -> QuerySet:
    """The conditions of the page's address; what nobody could have chosen is left out."""
    cases = cases.filter(state=state) if state in Case.State.values else cases.open()
    if q.strip():
        cases = cases.matching(q[:60])
    if (number := number_named(stage)) in STAGE_NAMES:
        cases = cases.filter(stage=number)
    if step:
        cases = cases.filter(next_step=step)
    if due == "overdue":
        cases = cases.filter(due_on__lt=today)
    elif due == "soon":
        cases = cases.filter(due_on__gte=today, due_on__lte=today + SOON)
    elif due == "limit":
        cases = cases.filter(is_limit=True)
    return cases


def in_order(cases: QuerySet, sort: str) -> QuerySet:
    """Overdue first, then what is due next; what has no day last."""
    key = SORTS.get(sort.lstrip("-"))
    if key is None:
        return cases.order_by(F("due_on").asc(nulls_last=True), "pk")
    ordered = F(key).desc(nulls_last=True) if sort.startswith("-") else F(key).asc(nulls_last=True)
    return cases.order_by(ordered, "pk")
