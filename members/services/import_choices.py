"""What of a previewed roster is to be written: chosen row by row, field by field, or for all that match a filter."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, Func, QuerySet, Value

from members.models import ImportBatch, Outcome, StagedRow
from members.roster import compare
from members.roster.fields import CHOSEN, TIED
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

BRANCH = "branch"  # the difference of a moved row, beside its `fields`

# Chosen apart, two days can contradict each other; what the file and the roster say each for itself does not.
_IMPOSSIBLE = f"""
SELECT s.row, coalesce(nullif(s.name, ''), m.name)
FROM members_stagedrow s JOIN members_member m ON m.id = s.member_id
WHERE s.batch_id = %s AND s.outcome IN ('changed', 'moved') AND s.is_ticked AND s.kept <> '{{}}'
  AND ({CHOSEN["full_on"]} < {CHOSEN["joined_on"]} OR {CHOSEN["joined_on"]} <= {CHOSEN["birth_on"]})
ORDER BY s.row LIMIT 1
"""


@dataclass(frozen=True)
class RowChoice:
    """One row of a page as the reviewer left it: whether it is written, and of which fields 原值 stays."""

    is_ticked: bool
    kept: frozenset[str] = frozenset()


@transaction.atomic
def choose_rows(batch: ImportBatch, *, choices: Mapping[int, RowChoice], by: User) -> None:
    """Keep what a page of the preview says of its rows. A field that hangs on another is chosen with it."""
    _in_review(batch)
    rows = list(StagedRow.objects.select_for_update().filter(batch=batch, row__in=choices, outcome__in=WRITTEN).order_by("row"))
    for row in rows:
        choice, differing = choices[row.row], differences(row)
        kept = {name for name in differing if any(other in choice.kept for other in tied(name) if other in differing)}
        row.is_ticked, row.kept = choice.is_ticked, sorted(kept)
    StagedRow.objects.bulk_update(rows, ["is_ticked", "kept"])
    _refuse_impossible(batch)
    _record(batch, by=by, rows=len(rows))


@transaction.atomic
def choose_all(batch: ImportBatch, *, among: QuerySet[StagedRow], take: bool, field: str = "", by: User) -> int:
    """Take or leave every row of a selection, or one field of each of them; returns how many rows that concerned."""
    _in_review(batch)
    rows = StagedRow.objects.filter(batch=batch, outcome__in=WRITTEN, pk__in=among.order_by().values("pk"))
    if not field:
        count = rows.update(is_ticked=True, kept=[]) if take else rows.update(is_ticked=False)
    else:
        count = _choose_field(list(rows.values_list("pk", flat=True)), field, take=take)
    _refuse_impossible(batch)
    _record(batch, by=by, rows=count, take=take, field=field)
    return count


WRITTEN = (Outcome.NEW, Outcome.CHANGED, Outcome.MOVED)


def differences(row: StagedRow) -> list[str]:
    """What of a row can be chosen for itself."""
    return [*([BRANCH] if row.outcome == Outcome.MOVED else []), *row.fields]


def tied(field: str) -> Collection[str]:
    """The field and those that are chosen with it."""
    return next((group for group in TIED if field in group), (field,))


def _choose_field(pks: list[int], field: str, *, take: bool) -> int:
    count = 0
    for name in tied(field):
        differ = {"outcome": Outcome.MOVED} if name == BRANCH else {"fields__contains": [name]}
        rows = StagedRow.objects.filter(pk__in=pks, **differ)
        count = max(count, rows.count())
        if take:
            rows.filter(kept__contains=[name]).update(kept=Func(F("kept"), Value(name), function="array_remove"))
        else:
            rows.exclude(kept__contains=[name]).update(kept=Func(F("kept"), Value(name), function="array_append"))
    return count


def _in_review(batch: ImportBatch) -> None:
    held = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state != ImportBatch.State.READY:
        raise DomainError(f"这一批{held.get_state_display()}，不能再改选择。")


def _refuse_impossible(batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_IMPOSSIBLE, [batch.pk])
        found = cursor.fetchone()
    if found:
        raise DomainError(f"第 {found[0]} 行{found[1]}：这样选，出生、入党、转正三个日期的先后就不对了。几个日期一起用新值，或一起用原值。")


def _record(batch: ImportBatch, *, by: User, rows: int, **told) -> None:
    batch.tally = compare.tally(batch)
    batch.save(update_fields=["tally"])
    path = batch.organisation.path if batch.organisation else ""
    audit.record("members.roster.chosen", batch, by=by, path=path, rows=rows, **told)
