"""Comparing what is staged with what is held: one statement, run for the preview and again under lock at the commit."""

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from members.models import ImportBatch, Member, Outcome, StagedRow
from members.roster.fields import DIFFERING, MERGED

# Out of sight and held elsewhere is refused without saying where.
_OUT_OF_SCOPE = (
    '[{"column": "公民身份号码", "code": "out_of_scope", "shown": "", '
    '"message": "这个人的组织关系不在你可以导入的范围内，请核对号码，或按组织关系转接办理。"}]'
)
_BRANCH_OUT_OF_SCOPE = '[{"column": "所在党支部", "code": "out_of_scope", "shown": "", "message": "这个党支部不在你可以导入的范围内。"}]'
_DATES = (
    '[{"column": "加入党组织日期", "code": "date_order", "shown": "", '
    '"message": "比名册里已登记的转为正式党员日期还晚，请核对，或把转正日期一起填上。"}]'
)
_MOVED_TOO_EARLY = (
    '[{"column": "所在党支部", "code": "date_order", "shown": "", '
    '"message": "移动日期早于现在这段组织关系的开始日期，请换一个移动日期再导入。"}]'
)
_GONE = '[{"column": "公民身份号码", "code": "gone", "shown": "", "message": "预览以后，这个人的资料被移走了，请重新上传。"}]'

_COMPARE = f"""
WITH judged AS (
    SELECT s.id, m.id AS member_id, m.uid, {DIFFERING} AS fields,
        s.branch_id IS DISTINCT FROM m.branch_id OR m.left_on IS NOT NULL AS moves,
        CASE
            WHEN NOT (coalesce(home.path, '/') LIKE ANY (%(paths)s)) THEN %(out_of_scope)s
            WHEN {MERGED["full_on"]} < {MERGED["joined_on"]} THEN %(dates)s
            WHEN s.branch_id IS DISTINCT FROM m.branch_id AND EXISTS (
                SELECT FROM members_affiliation a WHERE a.member_id = m.id AND a.start > %(day)s
            ) THEN %(moved_too_early)s
        END::jsonb AS faults
    FROM members_stagedrow s
    JOIN members_member m ON m.id_index = s.id_index
    LEFT JOIN branches_organisation home ON home.id = m.branch_id
    WHERE s.batch_id = %(batch)s AND s.outcome <> 'refused' AND (s.member_id IS NOT NULL OR m.uid <> s.uid)
), told AS (
    SELECT *, CASE
        WHEN faults IS NOT NULL THEN 'refused' WHEN moves THEN 'moved' WHEN fields <> '{{}}' THEN 'changed' ELSE 'unchanged'
    END AS outcome
    FROM judged
)
UPDATE members_stagedrow s
SET member_id = t.member_id, uid = t.uid, fields = t.fields, outcome = t.outcome, faults = t.faults
FROM told t
WHERE s.id = t.id AND (s.member_id, s.fields, s.outcome) IS DISTINCT FROM (t.member_id, t.fields, t.outcome)
"""


_REFUSE = """
UPDATE members_stagedrow s SET outcome = 'refused', faults = %(faults)s::jsonb
WHERE s.batch_id = %(batch)s AND s.outcome <> 'refused' AND {}
"""
_IN_SCOPE = "NOT EXISTS (SELECT FROM branches_organisation o WHERE o.id = s.branch_id AND o.path LIKE ANY (%(paths)s))"
_STILL_HELD = "s.member_id IS NOT NULL AND NOT EXISTS (SELECT FROM members_member m WHERE m.id = s.member_id)"


def compare(batch: ImportBatch, *, paths: list[str]) -> None:
    """Say of every good row whether it is new, changed, moved or unchanged; `paths` is where the importer may import.

    A row already refused stays refused; a row whose member is gone since the preview becomes so.
    """
    prefixes = [path + "%" for path in paths]
    with connection.cursor() as cursor:
        # The rows are seconds old and without statistics: a planner that takes them for none would loop over
        # twenty thousand of them twenty thousand times. Until the transaction ends, joins are hashed or merged.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for faults, holds in ((_BRANCH_OUT_OF_SCOPE, _IN_SCOPE), (_GONE, _STILL_HELD)):
            cursor.execute(_REFUSE.format(holds), {"faults": faults, "batch": batch.pk, "paths": prefixes})
        cursor.execute(
            _COMPARE,
            {
                "batch": batch.pk,
                "day": batch.day,
                "paths": prefixes,
                "out_of_scope": _OUT_OF_SCOPE,
                "dates": _DATES,
                "moved_too_early": _MOVED_TOO_EARLY,
            },
        )


def count(batch: ImportBatch) -> None:
    """Put the counts that stand on the batch (in memory; the caller saves it)."""
    counts = dict(StagedRow.objects.filter(batch=batch).order_by().values_list("outcome").annotate(Count("id")))
    for outcome in Outcome.values:
        setattr(batch, outcome, counts.get(outcome, 0))
    batch.rows = sum(counts.values())
    batch.missing = missing_from(batch).count()


def missing_from(batch: ImportBatch) -> QuerySet[Member]:
    """At home in the batch's organisation, and their number nowhere in the staged file; a refused row's number is in it."""
    at_home = Member.objects.at_home().filter(branch__path__startswith=batch.organisation.path if batch.organisation else "/")
    in_the_file = StagedRow.objects.filter(batch=batch, id_index=OuterRef("id_index"))
    return at_home.filter(~Exists(in_the_file))
