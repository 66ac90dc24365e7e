"""Writing a batch: inserts and updates from what is staged, each one statement whatever the number of rows.

The order is: new members (whose number somebody may just have registered: then the row is compared like any held
one), the comparison again, locks on those who will change, the comparison once more under the locks, the writes.
"""

import json
import uuid
from collections.abc import Callable, Iterator

from django.db import connection

from branches.models import Organisation
from branches.services.organisations import dissolved_among
from members.models import ImportBatch, Office, StagedRow
from members.roster import compare
from members.roster.dated import DATED
from members.roster.fields import AFTER, BEFORE, CHOSEN, COMPARED, OPENING, VALUES
from members.roster.posts import end_posts, keep
from members.roster.staging import copy, sealed_changes, written
from members.roster.suspensions import write_standing
from members.rules.classes import member_class
from partyportal.core import audit, personkeys, pinyin
from partyportal.core.errors import DomainError
from partyportal.core.models import User

_LOCK = 0x726F7374  # one roster is written at a time; everything else goes on
_CHUNK = 5000
_WORKED_OUT = ("member_class", "pinyin", "initials")

_LOCK_CHANGING = """
SELECT FROM members_member WHERE id IN (SELECT member_id FROM members_stagedrow WHERE batch_id = %s AND outcome IN ('changed', 'moved'))
ORDER BY id FOR NO KEY UPDATE
"""

# With whoever is registered: where they belong, their class, their key and what the batch wrote. The trigger on affiliations finds
# the branch already right and changes nothing. A number somebody else has just registered is nobody's here: its row is compared.
_NEW_MEMBERS = f"""
WITH made AS (
    INSERT INTO members_member (uid, name, pinyin, initials, id_number, id_masked, id_index, id_tail_index,
        {", ".join(VALUES)}, branch_id, version, created_at, updated_at)
    SELECT s.uid, s.name, s.pinyin, s.initials, s.id_number, s.id_masked, s.id_index, s.id_tail_index,
        {", ".join(OPENING[name] for name in VALUES)}, s.branch_id, 1, now(), now()
    FROM members_stagedrow s WHERE s.batch_id = %(batch)s AND s.outcome = 'new' {{among}} ORDER BY s.row
    ON CONFLICT (id_index) DO NOTHING RETURNING id, uid
), begun AS MATERIALIZED (
    SELECT made.id, s.row, s.uid, s.branch_id, s.member_class, greatest(s.joined_on, o.founded_on) AS start, s.wrapped_key, s.fields, s.sealed
    FROM made JOIN members_stagedrow s USING (uid) JOIN branches_organisation o ON o.id = s.branch_id
    WHERE s.batch_id = %(batch)s {{among}}
), affiliations AS (
    INSERT INTO members_affiliation (member_id, organisation_id, start, reason) SELECT id, branch_id, start, 'opening' FROM begun
), classes AS (
    INSERT INTO members_memberclass (member_id, name, start) SELECT id, member_class, start FROM begun
), keys AS (
    INSERT INTO core_personkey (subject, wrapped) SELECT uid, wrapped_key FROM begun
)
INSERT INTO members_importedrow (batch_id, "row", member_id, outcome, fields, sealed, branch_id, version_before, version)
SELECT %(batch)s, "row", id, 'new', fields, sealed, branch_id, 0, 1 FROM begun
"""

_WRITTEN = f"""
INSERT INTO members_importedrow (batch_id, "row", member_id, outcome, fields, sealed, branch_id, version_before, version, dated)
SELECT s.batch_id, s.row, m.id, s.outcome, s.fields, s.sealed, s.branch_id, m.version - 1, m.version,
    CASE WHEN s.dated IS NOT NULL THEN jsonb_build_object('before', s.dated, 'after', {DATED}) END
FROM members_stagedrow s JOIN members_member m ON m.id = s.member_id
WHERE s.batch_id = %s AND s.outcome IN ('changed', 'moved')
"""

# A registration has no values before; those after are with the batch. A change carries both, as an edit by hand does.
_AUDITED = """
SELECT o.path, 'members.member', s.uid, s.uid,
    jsonb_build_object('batch', %s::text, 'row', s.row, 'organisation', o.code, 'fields', to_jsonb(s.fields)),
    CASE WHEN s.outcome <> 'new' THEN s.sealed END
FROM members_stagedrow s JOIN branches_organisation o ON o.id = s.branch_id
WHERE s.batch_id = %s AND s.outcome = %s ORDER BY s.row
"""

_AUDIT_CODES = {"new": "members.member.registered", "changed": "members.member.edited", "moved": "members.member.moved"}

_CHANGING = f"""
SELECT s.id, s.row, m.uid, k.wrapped,
    (SELECT jsonb_object_agg(f, jsonb_build_array({BEFORE} -> f::text, {AFTER} -> f::text)) FROM unnest(s.fields) f)::text,
    CASE WHEN s.outcome = 'moved' THEN jsonb_build_array(home.code, there.code)::text END,
    CASE WHEN 'name' = ANY (s.fields) THEN s.name END,
    {CHOSEN["is_mobile"]}, {CHOSEN["post"]}, there.unit_type,
    (SELECT c.name FROM members_memberclass c WHERE c.member_id = m.id AND c."end" IS NULL)
FROM members_stagedrow s
JOIN members_member m ON m.id = s.member_id
JOIN branches_organisation there ON there.id = s.branch_id
LEFT JOIN branches_organisation home ON home.id = m.branch_id
LEFT JOIN core_personkey k ON k.subject = m.uid
WHERE s.batch_id = %s AND s.outcome IN ('changed', 'moved') AND s.row > %s ORDER BY s.row LIMIT {_CHUNK}
"""

# Where a batch touches the dated rows of a person, it keeps how they stood: an undo puts back exactly those.
_DATED_BEFORE = f"""
UPDATE members_stagedrow s SET dated = {DATED} FROM members_member m
WHERE s.batch_id = %s AND m.id = s.member_id
  AND (s.outcome = 'moved' OR s.outcome = 'changed' AND (s.member_class <> '' OR 'standing' = ANY (s.fields)))
"""

_CHANGES = f"""
UPDATE members_member m
SET {", ".join(f"{name} = {CHOSEN[name]}" for name in COMPARED)},
    pinyin = coalesce(nullif(s.pinyin, ''), m.pinyin), initials = coalesce(nullif(s.initials, ''), m.initials),
    version = m.version + 1, updated_at = now()
FROM members_stagedrow s
WHERE m.id = s.member_id AND s.batch_id = %s AND s.outcome IN ('changed', 'moved')
"""

# A row that began on the very day never held for a whole one: it is corrected, not closed.
_MOVES = (
    """
    UPDATE members_affiliation a SET organisation_id = s.branch_id, "end" = NULL, end_reason = '' FROM members_stagedrow s
    WHERE s.batch_id = %(batch)s AND s.outcome = 'moved' AND a.member_id = s.member_id AND a.start = %(day)s
    """,
    """
    UPDATE members_affiliation a SET "end" = %(day)s, end_reason = 'moved' FROM members_stagedrow s
    WHERE s.batch_id = %(batch)s AND s.outcome = 'moved' AND a.member_id = s.member_id AND a."end" IS NULL AND a.start < %(day)s
    """,
    """
    INSERT INTO members_affiliation (member_id, organisation_id, start, reason)
    SELECT s.member_id, s.branch_id, greatest(%(day)s, last."end"), 'moved'
    FROM members_stagedrow s
    LEFT JOIN LATERAL (SELECT max("end") AS "end" FROM members_affiliation a WHERE a.member_id = s.member_id) last ON true
    WHERE s.batch_id = %(batch)s AND s.outcome = 'moved'
      AND NOT EXISTS (SELECT FROM members_affiliation a WHERE a.member_id = s.member_id AND a."end" IS NULL)
    """,
    """
    DELETE FROM members_groupmembership g USING members_stagedrow s
    WHERE s.batch_id = %(batch)s AND s.outcome = 'moved' AND g.member_id = s.member_id AND g.start >= %(day)s
    """,
    """
    UPDATE members_groupmembership g SET "end" = %(day)s FROM members_stagedrow s
    WHERE s.batch_id = %(batch)s AND s.outcome = 'moved' AND g.member_id = s.member_id AND (g."end" IS NULL OR g."end" > %(day)s)
    """,
)

# `member_class` is empty on a staged row whose class stays as it is.
_RECLASS = (
    """
    UPDATE members_memberclass c SET name = s.member_class FROM members_stagedrow s
    WHERE s.batch_id = %(batch)s AND s.outcome IN ('changed', 'moved') AND s.member_class <> ''
      AND c.member_id = s.member_id AND c."end" IS NULL AND c.start >= %(day)s
    """,
    """
    UPDATE members_memberclass c SET "end" = %(day)s FROM members_stagedrow s
    WHERE s.batch_id = %(batch)s AND s.outcome IN ('changed', 'moved') AND s.member_class <> ''
      AND c.member_id = s.member_id AND c."end" IS NULL AND c.start < %(day)s
    """,
    """
    INSERT INTO members_memberclass (member_id, name, start)
    SELECT s.member_id, s.member_class, %(day)s FROM members_stagedrow s
    WHERE s.batch_id = %(batch)s AND s.outcome IN ('changed', 'moved') AND s.member_class <> ''
      AND NOT EXISTS (SELECT FROM members_memberclass c WHERE c.member_id = s.member_id AND c."end" IS NULL)
    """,
)


def wait_for_turn() -> None:
    """Let no other roster be written or taken back until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def register(batch: ImportBatch, rows: range | None = None) -> int:
    """Write the new people of a batch, or of some rows of it; how many were written."""
    among = "" if rows is None else 'AND s."row" BETWEEN %(first)s AND %(last)s'
    told = {"batch": batch.pk} | ({"first": rows[0], "last": rows[-1]} if rows else {})
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off;" + _NEW_MEMBERS.format(among=among), told)  # as in compare
        return max(cursor.rowcount, 0)


def write(
    batch: ImportBatch,
    *,
    paths: list[str],
    by: User | None,
    registered: int | None,
    end: Callable[[Office, str], None],
    step: Callable[[str, int], None],
) -> None:
    """Write every good row of the batch, as it was chosen, inside the caller's transaction; the batch's counts are then those written.

    `registered` is how many new people already are; None where somebody looked the batch through, so that nothing is yet: then a
    row that changed since is refused instead of written unseen.
    `end` ends a post through the one door; `step` is told what comes next and how many people are done.
    """
    wait_for_turn()
    reviewed = registered is None
    if reviewed:
        step("写入新增的人", 0)
        compare.leave_unticked(batch)
        compare.refuse_outside(batch, paths=paths)
        registered = register(batch)
    step("再核对一遍", registered)
    with connection.cursor() as cursor:
        found = compare.by_outcome(batch)
        if compare.good(found) != registered:  # somebody stands in the file who was not just registered
            compare.again(batch, paths=paths, reviewed=reviewed)
            cursor.execute(_LOCK_CHANGING, [batch.pk])
            if cursor.rowcount:
                compare.again(batch, paths=paths, reviewed=reviewed)
            found = compare.by_outcome(batch)
        compare.count(batch, found)
        if batch.changed or batch.moved:
            step("写入变更和移动", batch.new)
            _seal_changes(batch)
            cursor.execute(_CHANGES, [batch.pk])
            for statement in (*_MOVES, *_RECLASS) if batch.moved else _RECLASS:
                cursor.execute(statement, {"batch": batch.pk, "day": batch.day})
        write_standing(batch, by=by)
        ended = end_posts(batch, end=end) if batch.changed or batch.moved else {}
        if batch.writes:
            step("记下每一行的前后值", batch.writes)
            if batch.changed or batch.moved:
                cursor.execute(_WRITTEN, [batch.pk])
                keep(batch, ended)
            for outcome, code in _AUDIT_CODES.items():
                if getattr(batch, outcome):
                    audit.record_from(code, _AUDITED, [str(batch.uid), batch.pk, outcome], by=by)
        _refuse_dissolved(batch)
        _check_keys()


def _check_keys() -> None:
    """Have the foreign keys checked here and not at the commit, each row by its primary key.

    PostgreSQL plans that check by what it knows of the table, and keeps the plan for the connection. Made while the roster was
    small or empty, it reads the table or a whole index through for every row: a quarter of an hour for twenty thousand.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_member (id)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _refuse_dissolved(batch: ImportBatch) -> None:
    """Asked last, as at the one door: it waits for a dissolution under way and sees how that ended."""
    joined = StagedRow.objects.filter(batch=batch, outcome__in=("new", "moved")).values("branch")
    if gone := dissolved_among(Organisation.objects.filter(pk__in=joined)):
        raise DomainError(f"{gone[0]}刚刚撤销了，这一批没有写入，重新上传再核对。")


def _seal_changes(batch: ImportBatch) -> None:
    """Seal the values before and after of every changed row under that person's key, and work out names and classes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMP TABLE import_sealed (id bigint, sealed bytea, member_class text, pinyin text, initials text) ON COMMIT DROP
            """
        )
        last = 0
        while True:
            cursor.execute(_CHANGING, [batch.pk, last])
            rows = cursor.fetchall()
            if not rows:
                break
            lines = written(_sealed_lines(rows, _keys_of(rows)))
            copy("import_sealed", ("id", "sealed", *_WORKED_OUT), lines, never_null=_WORKED_OUT)
            last = rows[-1][1]
        cursor.execute(
            """
            UPDATE members_stagedrow s
            SET sealed = i.sealed, member_class = i.member_class, pinyin = i.pinyin, initials = i.initials
            FROM import_sealed i WHERE i.id = s.id
            """
        )
        cursor.execute("DROP TABLE import_sealed")
        cursor.execute(_DATED_BEFORE, [batch.pk])


def _keys_of(rows: list[tuple]) -> dict[uuid.UUID, bytes]:
    """Each person's key; whoever has none yet gets one. Before the COPY: a connection does one thing at a time."""
    fresh = personkeys.keys_of([uid for _, _, uid, wrapped, *_ in rows if wrapped is None])
    return fresh | {uid: personkeys.unwrap(wrapped, uid) for _, _, uid, wrapped, *_ in rows if wrapped is not None}


def _sealed_lines(rows: list[tuple], keys: dict[uuid.UUID, bytes]) -> Iterator[str]:
    for pk, _, uid, _, fields, move, name, is_mobile, post, unit_type, current in rows:
        wanted = member_class(is_mobile=is_mobile, post=post, unit_type=unit_type)
        stays = current in {wanted, "exempt"}
        changes = json.loads(fields or "{}")
        if move:
            changes["branch"] = json.loads(move)
        if not stays:
            changes["member_class"] = [current, wanted]
        sounds = pinyin.person(name) if name else ("", "")
        yield "\t".join((str(pk), "\\x" + sealed_changes(keys[uid], changes).hex(), "" if stays else wanted, *sounds))
