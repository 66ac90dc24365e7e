"""Taking the condolences out as a sheet: one line a step, no numbers of persons, every file audited."""

from collections.abc import Iterator
from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from members.care.models import CondolenceStep
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

HEADINGS = ("党支部", "姓名", "去世日期", "事项", "由谁办", "应办日期", "结果", "办的日期", "去的人")


@transaction.atomic
def export_condolences(condolences: QuerySet, *, by: User) -> IO[bytes]:
    """The steps of these condolences, branch by branch."""
    steps = CondolenceStep.objects.filter(condolence__in=condolences.order_by().values("pk"))
    rows = steps.select_related("condolence__member", "condolence__organisation", "organisation").defer("condolence__member__id_number")
    audit.record("care.condolence.exported", by=by, members=rows.values("condolence").distinct().count())
    return write_xlsx(HEADINGS, _lines(rows.order_by("condolence__organisation__code", "condolence_id", "pk")), sheet="去世慰问")


def _lines(rows: QuerySet) -> Iterator[tuple]:
    for step in rows.iterator(chunk_size=1000):
        held = step.condolence
        outcome = step.get_outcome_display() if step.outcome else ""
        place = held.organisation.short_name
        yield (
            place,
            held.member.name,
            held.died_on,
            step.get_kind_display(),
            step.organisation.short_name,
            step.due_on,
            outcome,
            step.done_on,
            step.who,
        )
