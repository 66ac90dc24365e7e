"""Comparing what is staged with what is held: one statement, run for the preview and again under lock at the commit."""

from collections import Counter

from django.db import connection
from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from members.models import ImportBatch, Member, Outcome, StagedRow
from members.roster.fields import CHOSEN, MERGED, SEEN, differing
from members.roster.posts import at_stake

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
_MERGED = (
    '[{"column": "公民身份号码", "code": "merged", "shown": "", '
    '"message": "这个号码在一份已合并的档案上，同一个人在文件里另有一行，只留一行；不是同一个人的，先到查重合并里撤销合并。"}]'
)
_DECIDED = (
    '[{"column": "党籍状态", "code": "suspension_decided", "shown": "", '
    '"message": "这个人停止党籍有党委的决定，恢复也要有决定：到失联党员的办理里登记恢复，这一格留空再导入。"}]'
)
_STANDING_TOO_EARLY = (
    '[{"column": "党籍状态", "code": "date_order", "shown": "", '
    '"message": "移动日期早于名册里已登记的停止党籍或组织关系的日子，党籍状态不能从那天起改，请换一个移动日期再导入。"}]'
)
_STANDING_AWAY = '[{"column": "党籍状态", "code": "not_at_home", "shown": "", "message": "这个人的组织关系已经不在本县，党籍状态不能改。"}]'
_GONE = '[{"column": "公民身份号码", "code": "gone", "shown": "", "message": "预览以后，这个人的资料被移走了，请重新上传。"}]'
_CLOSED = (
    '[{"column": "公民身份号码", "code": "closed", "shown": "", '
    '"message": "名册里这个人的档案已经了结（去世或并入另一份档案），导入不能把人编回支部，请核对号码。"}]'
)
_CHANGED_SINCE = (
    '[{"column": "公民身份号码", "code": "changed_since", "shown": "", '
    '"message": "核对以后，这个人的资料又有改动，这一行没有写入，请重新上传再核对。"}]'
)


def _comparison(values: dict[str, str], *, moves: str) -> str:
    """Every good row against the member held; `values` is what each field would become.

    The number of a file merged into another leads to the one kept, unless that person stands in the file twice by it.
    """
    return f"""
    WITH twice AS MATERIALIZED (
        SELECT coalesce(h.merged_into_id, h.id) AS member_id
        FROM members_stagedrow d JOIN members_member h ON h.id_index = d.id_index
        WHERE d.batch_id = %(batch)s
          AND coalesce(h.merged_into_id, h.id) IN (SELECT g.merged_into_id FROM members_member g WHERE g.merged_into_id IS NOT NULL)
        GROUP BY 1 HAVING count(*) > 1
    ), judged AS (
        SELECT s.id, m.id AS member_id, m.uid, {differing(values)} AS fields, {moves} AS moves, {SEEN} AS now,
            CASE
                WHEN NOT (coalesce(home.path, '/') LIKE ANY (%(paths)s)) THEN
                    CASE WHEN home.path LIKE ANY (%(sight)s) THEN {_HELD_ELSEWHERE} ELSE %(out_of_scope)s::jsonb END
                WHEN twice.member_id IS NOT NULL THEN %(merged)s::jsonb
                WHEN {values["full_on"]} < {values["joined_on"]} THEN %(dates)s::jsonb
                WHEN {moves} AND s.branch_id IS DISTINCT FROM m.branch_id AND EXISTS (
                    SELECT FROM members_affiliation a WHERE a.member_id = m.id AND a.start > %(day)s
                ) THEN %(moved_too_early)s::jsonb
                WHEN {moves} AND m.left_on IS NOT NULL AND EXISTS (
                    SELECT FROM members_affiliation a
                    WHERE a.member_id = m.id AND a."end" = m.left_on AND a.end_reason IN ('died', 'merged')
                ) THEN %(closed)s::jsonb
                WHEN {values["standing"]} <> m.standing THEN CASE
                    WHEN m.left_on IS NOT NULL AND NOT {moves} THEN %(standing_away)s::jsonb
                    WHEN m.standing = 'suspended' AND EXISTS (
                        SELECT FROM members_suspension p WHERE p.member_id = m.id AND p."end" IS NULL AND p.reason <> 'recorded'
                    ) THEN %(decided)s::jsonb
                    WHEN EXISTS (
                        SELECT FROM members_suspension p WHERE p.member_id = m.id AND (p.start > %(day)s OR p."end" > %(day)s)
                    ) OR EXISTS (
                        SELECT FROM members_affiliation a WHERE a.member_id = m.id AND a.start > %(day)s
                    ) THEN %(standing_too_early)s::jsonb
                END
            END AS faults
        FROM members_stagedrow s
        JOIN members_member known ON known.id_index = s.id_index
        JOIN members_member m ON m.id = coalesce(known.merged_into_id, known.id)
        LEFT JOIN branches_organisation home ON home.id = m.branch_id
        LEFT JOIN twice ON twice.member_id = m.id AND known.merged_into_id IS NOT NULL
        WHERE s.batch_id = %(batch)s AND s.outcome NOT IN ('refused', 'left') AND (s.member_id IS NOT NULL OR m.uid <> s.uid)
    ), told AS (
        SELECT j.*, CASE
            WHEN faults IS NOT NULL THEN 'refused' WHEN moves THEN 'moved' WHEN fields <> '{{}}' THEN 'changed' ELSE 'unchanged'
        END AS outcome
        FROM judged j
    )
    """


# Whoever may see where the person is may be told; to all others the county beyond their range stays dark.
_HELD_ELSEWHERE = """jsonb_build_array(jsonb_build_object('column', '公民身份号码', 'code', 'out_of_scope', 'shown', '', 'message',
    '这个人现在在' || home.short_name || '，不在这次导入的范围内。要移过来，把导入范围选到含两边的党组织再传，或按组织关系转接办理。'))"""
_MOVES = "(s.branch_id IS DISTINCT FROM m.branch_id OR m.left_on IS NOT NULL)"

_PREVIEW = (
    _comparison(MERGED, moves=_MOVES)
    + """
    UPDATE members_stagedrow s
    SET member_id = t.member_id, uid = t.uid, fields = t.fields, outcome = t.outcome, faults = t.faults, seen = t.now
    FROM told t
    WHERE s.id = t.id AND (s.member_id, s.fields, s.outcome) IS DISTINCT FROM (t.member_id, t.fields, t.outcome)
    """
)

# What a reviewer was not shown is not written: a row whose person changed since the preview is refused if it would still write.
_COMMIT = (
    _comparison(CHOSEN, moves=f"({_MOVES} AND 'branch' <> ALL (s.kept))")
    + """
    , judgement AS (
        SELECT t.id, t.member_id, t.uid, t.fields, t.faults, t.outcome,
            %(reviewed)s AND t.outcome IN ('moved', 'changed') AND s.seen <> t.now AS stale,
            t.outcome = 'unchanged' AND s.kept <> '{}' AS is_left
        FROM told t JOIN members_stagedrow s ON s.id = t.id
    )
    UPDATE members_stagedrow s
    SET member_id = j.member_id, uid = j.uid, fields = j.fields,
        outcome = CASE WHEN stale THEN 'refused' WHEN is_left THEN 'left' ELSE j.outcome END,
        faults = CASE WHEN stale THEN %(changed_since)s::jsonb ELSE j.faults END
    FROM judgement j
    WHERE s.id = j.id
      AND (stale OR is_left OR (s.member_id, s.fields, s.outcome) IS DISTINCT FROM (j.member_id, j.fields, j.outcome))
    """
)

_LEAVE = """
UPDATE members_stagedrow SET outcome = 'left' WHERE batch_id = %s AND NOT is_ticked AND outcome IN ('new', 'changed', 'moved')
"""

_REFUSE = """
UPDATE members_stagedrow s SET outcome = 'refused', faults = %(faults)s::jsonb
WHERE s.batch_id = %(batch)s AND s.outcome NOT IN ('refused', 'left') AND {}
"""
_IN_SCOPE = "NOT EXISTS (SELECT FROM branches_organisation o WHERE o.id = s.branch_id AND o.path LIKE ANY (%(paths)s))"
_STILL_HELD = "s.member_id IS NOT NULL AND NOT EXISTS (SELECT FROM members_member m WHERE m.id = s.member_id)"


def preview(batch: ImportBatch, *, paths: list[str], sight: list[str]) -> None:
    """Say of every good row whether it is new, changed, moved or unchanged; `paths` is where the importer may import,
    `sight` where they see who is held outside of it.

    A row already refused stays refused; a row whose member is gone since the preview becomes so.
    """
    refuse_outside(batch, paths=paths)
    _run(_PREVIEW, batch, paths=paths, sight=sight)


def leave_unticked(batch: ImportBatch) -> None:
    """Put aside the rows the reviewer took the tick from, before anything is written."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, [batch.pk])


def again(batch: ImportBatch, *, paths: list[str], reviewed: bool) -> None:
    """The same at the commit, of what was chosen; a `reviewed` batch writes nothing that was not shown."""
    _run(_COMMIT, batch, paths=paths, sight=[], reviewed=reviewed)


def refuse_outside(batch: ImportBatch, *, paths: list[str]) -> None:
    """Refuse the rows whose branch is not, or no longer, where the importer may import."""
    if paths != ["/"]:  # outside of everything is nothing
        _refuse(batch, _IN_SCOPE, faults=_BRANCH_OUT_OF_SCOPE, paths=_prefixes(paths))


def _refuse(batch: ImportBatch, holds: str, *, faults: str, **told) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE.format(holds), {"batch": batch.pk, "faults": faults, **told})


def _prefixes(paths: list[str]) -> list[str]:
    return [path + "%" for path in paths]


def _run(statement: str, batch: ImportBatch, *, paths: list[str], sight: list[str], **told) -> None:
    with connection.cursor() as cursor:
        # The rows are seconds old and without statistics: a planner that takes them for none would loop over
        # twenty thousand of them twenty thousand times. Until the transaction ends, joins are hashed or merged.
        cursor.execute("SET LOCAL enable_nestloop = off")
        _refuse(batch, _STILL_HELD, faults=_GONE)
        cursor.execute(
            statement,
            {
                "batch": batch.pk,
                "day": batch.day,
                "paths": _prefixes(paths),
                "sight": _prefixes(sight) or [""],
                "out_of_scope": _OUT_OF_SCOPE,
                "dates": _DATES,
                "merged": _MERGED,
                "moved_too_early": _MOVED_TOO_EARLY,
                "closed": _CLOSED,
                "decided": _DECIDED,
                "standing_too_early": _STANDING_TOO_EARLY,
                "standing_away": _STANDING_AWAY,
                "changed_since": _CHANGED_SINCE,
                **told,
            },
        )


def count(batch: ImportBatch, found: dict[str, dict] | None = None) -> None:
    """Put the counts that stand on the batch (in memory; the caller saves it); `found` is what `by_outcome` has just answered."""
    found = by_outcome(batch) if found is None else found
    for outcome in Outcome.values:
        setattr(batch, outcome, found[outcome]["rows"] if outcome in found else 0)
    batch.rows = sum(row["rows"] for row in found.values())
    batch.tally = _tallied(batch, found)
    batch.missing = missing_from(batch).count()


def good(found: dict[str, dict]) -> int:
    """How many rows are to be written or are already so."""
    return sum(row["rows"] for outcome, row in found.items() if outcome not in (Outcome.REFUSED, Outcome.LEFT))


def missing_from(batch: ImportBatch) -> QuerySet[Member]:
    """At home in the batch's organisation, and their number nowhere in the staged file; a refused row's number is in it."""
    at_home = Member.objects.at_home().filter(branch__path__startswith=batch.organisation.path if batch.organisation else "/")
    in_the_file = StagedRow.objects.filter(batch=batch, id_index=OuterRef("id_index"))
    by_a_merged_number = Member.objects.filter(~Q(merged_into=None), Exists(in_the_file)).values("merged_into")
    return at_home.filter(~Exists(in_the_file)).exclude(pk__in=by_a_merged_number)


_CELLS = Coalesce(Func(F("faults"), function="jsonb_array_length"), Func(F("fields"), function="cardinality"), output_field=IntegerField())
# A row of which every difference stays as it is writes nothing, ticked or not.
_KEPT_WHOLE = Q(outcome=Outcome.CHANGED, kept__contains=F("fields")) | Q(outcome=Outcome.MOVED, kept__contains=F("fields")) & Q(
    kept__contains=["branch"]
)
_WRITES = Q(outcome__in=[Outcome.NEW, Outcome.CHANGED, Outcome.MOVED], is_ticked=True) & ~_KEPT_WHOLE


def tally(batch: ImportBatch) -> dict[str, dict[str, int]]:
    """Of each outcome the cells that differ or are wrong, the rows that are to be written as it is chosen now, and the posts that end by it."""
    return _tallied(batch, by_outcome(batch))


def by_outcome(batch: ImportBatch) -> dict[str, dict]:
    """By outcome: rows, cells, rows chosen. One pass over what is staged."""
    staged = StagedRow.objects.filter(batch=batch).order_by().values("outcome")
    counted = staged.annotate(rows=Count("pk"), cells=Sum(_CELLS), chosen=Count("pk", filter=_WRITES))
    return {row["outcome"]: row for row in counted}


def _tallied(batch: ImportBatch, found: dict[str, dict]) -> dict[str, dict[str, int]]:
    posts = at_stake(batch) if {Outcome.CHANGED, Outcome.MOVED} & found.keys() else Counter()
    return {
        outcome: {"cells": row["cells"] or 0, "chosen": row["chosen"], "posts": posts[outcome]}
        for outcome, row in found.items()
        if outcome != Outcome.UNCHANGED
    }
