"""停止党籍 that a batch says or takes back, as dated rows with the batch as what they rest on. Few people, so plain rows."""

from datetime import date

from django.db import connection

from members.models import ImportBatch, Suspension
from partyportal.core import audit
from partyportal.core.models import User

# Of a new member the day of the batch too, but not before they belong anywhere; since when it really is, the decision will say.
_SAID = """
SELECT m.id, m.uid, o.path, greatest(%(day)s, (SELECT max(a.start) FROM members_affiliation a WHERE a.member_id = m.id))
FROM members_stagedrow s
JOIN members_member m ON m.uid = s.uid
JOIN branches_organisation o ON o.id = s.branch_id
WHERE s.batch_id = %(batch)s AND s.standing = 'suspended'
  AND (s.outcome = 'new' OR s.outcome IN ('changed', 'moved') AND 'standing' = ANY (s.fields))
ORDER BY s.row
"""

_TAKEN_BACK = """
SELECT p.id, m.uid, o.path, p.start
FROM members_stagedrow s
JOIN members_member m ON m.id = s.member_id
JOIN members_suspension p ON p.member_id = m.id AND p."end" IS NULL
JOIN branches_organisation o ON o.id = s.branch_id
WHERE s.batch_id = %(batch)s AND s.standing = 'normal' AND s.outcome IN ('changed', 'moved') AND 'standing' = ANY (s.fields)
ORDER BY s.row
"""


def basis_of(batch: ImportBatch) -> str:
    """The batch as what the row rests on; its uid leads to who wrote it, when and from which file."""
    return f"名册导入批次 {batch.uid}"


def write_standing(batch: ImportBatch, *, by: User | None) -> None:
    """Open a row for everyone the batch says is under 停止党籍, and end that of everyone it says is no longer."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID, {"batch": batch.pk, "day": batch.day})
        said, back = cursor.fetchall(), []
        if batch.changed or batch.moved:
            cursor.execute(_TAKEN_BACK, {"batch": batch.pk})
            back = cursor.fetchall()
    if not said and not back:
        return
    rows = [
        Suspension(member_id=pk, start=start, reason=Suspension.Reason.RECORDED, basis=basis_of(batch), decided_by=by)
        for pk, _, _, start in said
    ]
    Suspension.objects.bulk_create(rows, batch_size=1000)
    # One that began on the very day never stood for a whole one: the audit row remembers it.
    Suspension.objects.filter(pk__in=[pk for pk, _, _, start in back if start >= batch.day]).delete()
    Suspension.objects.filter(pk__in=[pk for pk, _, _, start in back if start < batch.day]).update(
        end=batch.day, outcome=Suspension.Outcome.RESTORED
    )
    _audit("members.member.suspended", batch, [(uid, path, {"start": start}) for _, uid, path, start in said], by=by)
    _audit("members.member.restored", batch, [(uid, path, {"end": batch.day}) for _, uid, path, _ in back], by=by)


def _audit(code: str, batch: ImportBatch, told: list[tuple[str, str, dict[str, date]]], *, by: User | None) -> None:
    audit.record_many(
        code,
        (
            {"path": path, "target_kind": "members.member", "target_uid": uid, "subject": uid, "data": {"batch": str(batch.uid)} | days}
            for uid, path, days in told
        ),
        by=by,
    )
