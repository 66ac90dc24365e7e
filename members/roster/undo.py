"""Taking a written batch back, set-based: what may go, what must stay and why, and then the writing.

The plan is one statement, read for the preview and again under lock at the undo. A person changed since the batch
wrote them is a conflict and stays as they are; a new one whom other rows name is ended instead of removed.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db import connection, transaction

from members.models import Affiliation, ImportBatch, ImportedRow, Member, MemberClass, MemberPast, Owed, StagedRow, Suspension
from members.roster.dated import as_far_as, put_back
from members.roster.fields import COMPARED
from members.roster.posts import CHAIR_TAKEN, reopen
from members.roster.staging import copy, written
from partyportal.core import audit, crypto, personkeys, pinyin
from partyportal.core.models import User

REMOVED, ENDED, RESTORED, CONFLICT = "removed", "ended", "restored", "conflict"
VERDICTS = (REMOVED, ENDED, RESTORED, CONFLICT)

# Why a row is not taken back; whatever else stands in `why` is the model whose rows name an ended person.
WHY = {
    "edited": "导入以后又改过资料",
    "moved": "导入以后又换过支部",
    "left": "组织关系已经不在本县",
    "out_of_scope": "现在不在这次导入的范围内",
    "dissolved": "原来的支部已经撤销",
    "worked": "已经在新支部有记实或职务",
    "chair": "原来的职务已由别人接任、已经换届或党组织已撤销",
    "today": "组织关系今天才开始，明天起才能终止",
    "forgotten": "前后值已按规定销毁",
}
_CHUNK = 5000
# Parts of the person: they go with them. Everything else that names a member keeps the member.
_PARTS = (Affiliation, MemberClass, Suspension, MemberPast, Owed, ImportedRow, StagedRow)


@cache
def _references() -> str:
    """Every table of the project that names a member, asked of the models: an app that comes later is in it."""
    found = {}
    for relation in Member._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.related_model not in _PARTS:
            meta = relation.related_model._meta
            found[meta.label_lower, relation.field.column] = meta.db_table
    selects = [
        f'SELECT t."{column}" AS member_id, \'{label}\' AS kind FROM {table} t JOIN fresh f ON f.member_id = t."{column}"'
        for (label, column), table in sorted(found.items())
    ]
    selects.append("SELECT m.id, 'core.user' FROM members_member m JOIN fresh f ON f.member_id = m.id WHERE m.user_id IS NOT NULL")
    return " UNION ALL ".join(selects)


@cache
def plan() -> str:
    """For every row of a batch its verdict and why. Parameters: batch, paths, today."""
    return f"""
    WITH written AS MATERIALIZED (
        SELECT w.* FROM members_importedrow w WHERE w.batch_id = %(batch)s
    ), fresh AS MATERIALIZED (
        SELECT member_id FROM written WHERE outcome = 'new'
    ), homes AS MATERIALIZED (
        SELECT a.member_id, count(*) AS many, max(a.start) AS start
        FROM members_affiliation a WHERE a.member_id IN (SELECT member_id FROM written) GROUP BY a.member_id
    ), named AS MATERIALIZED (
        SELECT member_id, array_agg(DISTINCT kind::varchar) AS kinds FROM ({_references()}) r GROUP BY member_id
    ), looked AS (
        SELECT w.id, w.row, w.member_id, w.outcome, w.dated, homes.start, m.left_on,
            coalesce(named.kinds, '{{}}') || CASE
                WHEN w.outcome = 'new' AND (homes.many > 1 OR m.branch_id <> w.branch_id) THEN ARRAY['members.affiliation'::varchar]
                ELSE '{{}}'
            END AS kinds,
            array_remove(ARRAY[
                CASE WHEN m.version <> w.version THEN 'edited' END,
                CASE WHEN m.left_on IS NOT NULL THEN 'left'
                     WHEN w.outcome = 'new' THEN NULL
                     WHEN w.dated IS NOT NULL AND {as_far_as("w.dated -> 'after'")} <> w.dated -> 'after' OR m.branch_id <> w.branch_id THEN 'moved' END,
                CASE WHEN NOT (home.path LIKE ANY (%(paths)s) AND coalesce(there.path, home.path) LIKE ANY (%(paths)s)) THEN 'out_of_scope' END,
                CASE WHEN w.outcome = 'moved' AND there.dissolved_on IS NOT NULL THEN 'dissolved' END,
                CASE WHEN w.outcome = 'moved' AND (EXISTS (
                    SELECT FROM members_fact f
                    WHERE f.member_id = m.id AND f.superseded_at IS NULL AND f.day >= homes.start AND f.organisation_id = w.branch_id
                ) OR EXISTS (
                    SELECT FROM members_office o
                    WHERE o.member_id = m.id AND o.organisation_id = w.branch_id AND o.start >= homes.start
                )) THEN 'worked' END,
                CASE WHEN jsonb_exists(w.dated, 'offices') AND {CHAIR_TAKEN} THEN 'chair' END,
                CASE WHEN w.outcome <> 'new' AND k.subject IS NULL THEN 'forgotten' END
            ]::varchar[], NULL) AS conflicts
        FROM written w
        JOIN members_member m ON m.id = w.member_id
        JOIN branches_organisation home ON home.id = m.branch_id
        LEFT JOIN homes ON homes.member_id = w.member_id
        LEFT JOIN named ON named.member_id = w.member_id
        LEFT JOIN core_personkey k ON k.subject = m.uid
        LEFT JOIN branches_organisation there ON there.id = (w.dated #>> '{{before,affiliations,-1,organisation_id}}')::bigint
    ), told AS (
        SELECT l.*, CASE WHEN outcome = 'new' AND kinds <> '{{}}' AND start >= %(today)s THEN conflicts || 'today'::varchar ELSE conflicts END
            AS because
        FROM looked l
    )
    SELECT id, "row", member_id, outcome, dated,
        CASE WHEN because <> '{{}}' THEN '{CONFLICT}' WHEN outcome <> 'new' THEN '{RESTORED}' WHEN kinds <> '{{}}' THEN '{ENDED}'
             ELSE '{REMOVED}' END AS verdict,
        CASE WHEN because <> '{{}}' THEN because WHEN outcome = 'new' THEN kinds ELSE '{{}}' END AS why
    FROM told
    """


def parameters(batch: ImportBatch, *, paths: list[str], today: date) -> dict:
    return {"batch": batch.pk, "paths": [path + "%" for path in paths], "today": today}


_MANY = 1000


def ask(select: str, batch: ImportBatch, params: dict) -> list[tuple]:
    """Read from the plan. The rows of a large batch may be a minute old and without statistics: as in compare, a planner
    that takes them for few would loop over all of them for each."""
    if batch.writes <= _MANY:
        return _fetched(select, params)
    with transaction.atomic(), connection.cursor() as cursor:
        _beware(cursor, batch)
        found = _fetched(select, params)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return found


def _fetched(select: str, params: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(select, params)
        return cursor.fetchall()


def _beware(cursor, batch: ImportBatch) -> None:
    if batch.writes > _MANY:
        cursor.execute("SET LOCAL enable_nestloop = off")


@dataclass
class Taken:
    """How many people of each verdict."""

    removed: int = 0
    ended: int = 0
    restored: int = 0
    returned: int = 0
    conflicts: int = 0

    @property
    def done(self) -> int:
        return self.removed + self.ended + self.restored


def counted(batch: ImportBatch, *, paths: list[str], today: date) -> Taken:
    """What an undo would do, in one statement."""
    [counts] = ask(_count(f"({plan()}) p"), batch, parameters(batch, paths=paths, today=today))
    return Taken(*counts)


def _count(source: str) -> str:
    """In the order of `Taken`."""
    verdicts = ", ".join(f"count(*) FILTER (WHERE verdict = '{verdict}')" for verdict in (REMOVED, ENDED, RESTORED))
    moved = f"count(*) FILTER (WHERE verdict = '{RESTORED}' AND outcome = 'moved')"
    return f"SELECT {verdicts}, {moved}, count(*) FILTER (WHERE verdict = '{CONFLICT}') FROM {source}"


# ── The writing ─────────────────────────────────────────────────────────────
_ACT = """
SELECT o.path, 'members.member', m.uid, m.uid,
    jsonb_build_object('batch', %s::text, 'row', t.row, 'organisation', o.code, 'fields', to_jsonb(w.fields)) || %s::jsonb, NULL::bytea
FROM import_undo t JOIN members_member m ON m.id = t.member_id JOIN branches_organisation o ON o.id = m.branch_id
JOIN members_importedrow w ON w.id = t.id
WHERE t.verdict = %s ORDER BY t.row
"""

_SEALED = f"""
SELECT t.id, m.uid, k.wrapped, w.sealed
FROM import_undo t JOIN members_importedrow w ON w.id = t.id JOIN members_member m ON m.id = t.member_id
JOIN core_personkey k ON k.subject = m.uid
WHERE t.verdict = '{RESTORED}' AND t.id > %s ORDER BY t.id LIMIT {_CHUNK}
"""

_SET = ("pinyin", "initials", *COMPARED)
# The record is made once a row, below a fence: as a function in the join it could only be reached by a loop.
_RESTORE = f"""
UPDATE members_member m SET {", ".join(f"{name} = (x.was).{name}" for name in _SET)}, version = m.version + 1, updated_at = now()
FROM (
    SELECT h.id, jsonb_populate_record(h, b.before) AS was
    FROM import_undo t JOIN import_before b ON b.id = t.id JOIN members_member h ON h.id = t.member_id OFFSET 0
) x
WHERE m.id = x.id
"""

# What an earlier batch wrote stands again, at the member's new version: it can be undone in its turn.
_STANDS_AGAIN = f"""
UPDATE members_importedrow e SET version = m.version
FROM import_undo t JOIN members_importedrow w ON w.id = t.id JOIN members_member m ON m.id = t.member_id
WHERE t.verdict = '{RESTORED}' AND e.member_id = t.member_id AND e.undone = '' AND e.version = w.version_before
"""

_END = f"""
UPDATE members_affiliation a SET "end" = %(today)s, end_reason = 'undone' FROM import_undo t
WHERE t.verdict = '{ENDED}' AND a.member_id = t.member_id AND a."end" IS NULL
"""

_HELD = f"""
SELECT t.member_id FROM import_undo t WHERE t.verdict = '{ENDED}' AND (
    EXISTS (SELECT FROM members_office o WHERE o.member_id = t.member_id AND o."end" IS NULL)
    OR EXISTS (SELECT FROM members_suspension s WHERE s.member_id = t.member_id AND s."end" IS NULL)
    OR EXISTS (SELECT FROM members_groupmembership g WHERE g.member_id = t.member_id AND (g."end" IS NULL OR g.start >= %(today)s))
) ORDER BY t.member_id
"""


def take_back(
    batch: ImportBatch, *, paths: list[str], today: date, by: User | None, leave: Callable[[Member], None], step: Callable[[str, int], None]
) -> Taken:
    """Take the batch back inside the caller's transaction, which ends with it. `leave` ends the affiliation of one who holds posts, through
    the one door; the others are ended together."""
    with connection.cursor() as cursor:
        step("核对导入以后的改动", 0)
        cursor.execute(
            "SELECT FROM members_member WHERE id IN (SELECT member_id FROM members_importedrow WHERE batch_id = %s) ORDER BY id FOR UPDATE",
            [batch.pk],
        )
        _beware(cursor, batch)
        cursor.execute(f"CREATE TEMP TABLE import_undo ON COMMIT DROP AS {plan()}", parameters(batch, paths=paths, today=today))
        cursor.execute("CREATE UNIQUE INDEX ON import_undo (id)")
        cursor.execute("ANALYZE import_undo")
        cursor.execute(_count("import_undo"))
        taken = Taken(*cursor.fetchone())
        if taken.restored:
            step("恢复原值", 0)
            _restore(batch, by=by)
        if taken.ended:
            step("终止组织关系", taken.restored)
            _end(batch, today=today, by=by, leave=leave)
        cursor.execute(
            "UPDATE members_importedrow w SET undone = t.verdict, why = t.why FROM import_undo t WHERE w.id = t.id AND t.verdict <> 'removed'"
        )
        if taken.removed:
            step("移除新增的人", taken.restored + taken.ended)
            _remove(batch, by=by)
        cursor.execute("DROP TABLE import_undo")
    return taken


def _audit(code: str, batch: ImportBatch, verdict: str, *, by: User | None, **told) -> None:
    audit.record_from(code, _ACT, [str(batch.uid), json.dumps(told, default=str), verdict], by=by)


def _restore(batch: ImportBatch, *, by: User | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE import_before (id bigint, before jsonb) ON COMMIT DROP")
        last = 0
        while True:
            cursor.execute(_SEALED, [last])
            rows = cursor.fetchall()
            if not rows:
                break
            copy("import_before", ("id", "before"), written(_before(rows)), never_null=("before",))
            last = rows[-1][0]
        cursor.execute("ANALYZE import_before")
        cursor.execute(_RESTORE)
        cursor.execute("DROP TABLE import_before")
        cursor.execute(
            f"""
            CREATE TEMP TABLE import_dated ON COMMIT DROP AS
            SELECT member_id, dated -> 'before' AS dated FROM import_undo WHERE verdict = '{RESTORED}' AND dated IS NOT NULL
            """
        )
        if cursor.rowcount:
            cursor.execute("ANALYZE import_dated")
            put_back("import_dated")
        cursor.execute("DROP TABLE import_dated")
        reopen(f"(SELECT dated FROM import_undo WHERE verdict = '{RESTORED}' AND jsonb_exists(dated, 'offices'))", by=by)
        cursor.execute(_STANDS_AGAIN)
    _audit("members.member.edit_undone", batch, RESTORED, by=by)


def _before(rows: list[tuple]) -> Iterator[str]:
    """Each person's values before the batch, by column; sounds follow a name."""
    for pk, uid, wrapped, sealed in rows:
        before = {name: pair[0] for name, pair in opened(sealed, wrapped, uid).items() if name in COMPARED}
        if "name" in before:
            before["pinyin"], before["initials"] = pinyin.person(before["name"])
        yield f"{pk}\t{json.dumps(before, ensure_ascii=True)}"


def opened(sealed: bytes, wrapped: bytes, uid: uuid.UUID) -> dict[str, list]:
    """{field: [before, after]} of one person, under their own key."""
    return json.loads(crypto.decrypt_with(personkeys.unwrap(bytes(wrapped), uid), bytes(sealed)))


def _end(batch: ImportBatch, *, today: date, by: User | None, leave: Callable[[Member], None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"today": today})
        for member in Member.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()]).order_by("pk"):
            leave(member)
        cursor.execute(_END, {"today": today})
    _audit("members.member.registration_ended", batch, ENDED, by=by, end=today)


def _remove(batch: ImportBatch, *, by: User | None) -> None:
    """Remove people nothing else names, their parts first. Whoever names one meanwhile is told by the foreign key."""
    _audit("members.member.registration_undone", batch, REMOVED, by=by)
    gone = f"SELECT member_id FROM import_undo WHERE verdict = '{REMOVED}'"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM core_personkey WHERE subject IN (SELECT uid FROM members_member WHERE id IN ({gone}))")
        for model in _PARTS:
            if model is not StagedRow:  # a preview that knows them finds them gone
                cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE member_id IN ({gone})")
        cursor.execute(f"DELETE FROM members_member WHERE id IN ({gone})")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
