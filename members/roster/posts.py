"""The posts a batch ends with a move or 停止党籍: kept as they stood with the row that ended them, and taken up again by its undo.

Posts are few, so each is ended through the one door (`end`, a service); only their keeping and return are set-based.
A grant that came with one is not given back: somebody proposes it anew.
"""

from collections import Counter, defaultdict
from collections.abc import Callable

from django.db import connection

from members.models import ImportBatch, Office, Outcome, StagedRow
from members.rules.offices import post_follows
from partyportal.core import audit
from partyportal.core.models import User

_COLUMNS = tuple(field.column for field in Office._meta.concrete_fields if not field.primary_key)
_AS_JSON = "jsonb_build_object({})".format(", ".join(f"'{column}', o.\"{column}\"" for column in _COLUMNS))

# Whoever holds an open post and is moved or suspended by the batch; `dated` still says where they were.
_CONCERNED = f"""
SELECT s.row, o.id, {_AS_JSON}::text, post.path, home.path, there.path, 'standing' = ANY (s.fields) AND s.standing = 'suspended'
FROM members_stagedrow s
JOIN members_office o ON o.member_id = s.member_id AND o."end" IS NULL
JOIN branches_organisation post ON post.id = o.organisation_id
JOIN branches_organisation there ON there.id = s.branch_id
LEFT JOIN LATERAL (
    SELECT (a ->> 'organisation_id')::bigint AS id FROM jsonb_array_elements(s.dated -> 'affiliations') a WHERE a ->> 'end' IS NULL
) was ON s.outcome = 'moved'
LEFT JOIN branches_organisation home ON home.id = was.id
WHERE s.batch_id = %s AND s.outcome IN ('changed', 'moved') AND s.dated IS NOT NULL
ORDER BY s.row, o.id
"""

_KEEP = """
UPDATE members_importedrow w SET dated = w.dated || jsonb_build_object('offices', k.offices)
FROM unnest(%s::int[], %s::jsonb[]) AS k("row", offices) WHERE w.batch_id = %s AND w.row = k.row
"""

# In SQL, of the written row `w`: a post it ended cannot be taken up again as if nothing had been.
CHAIR_TAKEN = """EXISTS (
    SELECT FROM jsonb_populate_recordset(NULL::members_office, w.dated -> 'offices') j
    JOIN branches_organisation chair ON chair.id = j.organisation_id
    WHERE chair.dissolved_on IS NOT NULL
    OR EXISTS (
        SELECT FROM branches_term t JOIN members_importbatch b ON b.id = w.batch_id
        WHERE t.organisation_id = chair.id AND t.start >= b.day AND t.id IS DISTINCT FROM j.term_id
    ) OR EXISTS (
        SELECT FROM members_office n
        WHERE n.organisation_id = chair.id AND n."end" IS NULL AND n.position = j.position
          AND (j.position = 'secretary' OR n.member_id = j.member_id)
    )
)"""

_REOPEN = """
UPDATE members_office o SET "end" = NULL, end_reason = '', end_basis = '', ended_by_id = NULL
FROM {source} s, jsonb_populate_recordset(NULL::members_office, s.dated -> 'offices') j
WHERE o.uid = j.uid
RETURNING o.uid
"""

# One that began on the day of the move was not closed but taken away.
_BRING_BACK = """
INSERT INTO members_office ({columns})
SELECT {said} FROM {source} s, jsonb_populate_recordset(NULL::members_office, s.dated -> 'offices') j
WHERE NOT EXISTS (SELECT FROM members_office o WHERE o.uid = j.uid)
RETURNING uid
"""


def at_stake(batch: ImportBatch) -> Counter[str]:
    """How many posts the rows would end as they are chosen now, by outcome: what the preview says before it is done. One statement."""
    held = StagedRow.objects.filter(
        batch=batch,
        is_ticked=True,
        outcome__in=(Outcome.CHANGED, Outcome.MOVED),
        member__offices__isnull=False,
        member__offices__end=None,
        member__left_on=None,
    ).values_list(*("outcome", "kept", "fields", "standing", "member__offices__organisation__path", "member__branch__path", "branch__path"))
    found: Counter[str] = Counter()
    for outcome, kept, fields, standing, post, left, joined in held:
        moves = outcome == Outcome.MOVED and "branch" not in kept and not post_follows(post, left=left, joined=joined)
        found[outcome] += moves or (standing == "suspended" and "standing" in set(fields) - set(kept))
    return found


def end_posts(batch: ImportBatch, *, end: Callable[[Office, str], None]) -> dict[int, list[str]]:
    """End what does not go along with those the batch moved or suspended, as `membership.move` and `suspend` do for one; a test compares.

    Returns how the ended posts stood, by row of the file.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, [batch.pk])
        concerned = cursor.fetchall()
    ended: dict[int, list[str]] = defaultdict(list)
    offices = Office.objects.select_related("organisation").in_bulk([pk for _, pk, *_ in concerned])
    for row, pk, stood, post, left, joined, suspended in concerned:
        if left is not None and not post_follows(post, left=left, joined=joined):
            end(offices[pk], Office.EndReason.MOVED)
        elif suspended:
            end(offices[pk], Office.EndReason.SUSPENDED)
        else:
            continue
        ended[row].append(stood)
    return ended


def keep(batch: ImportBatch, ended: dict[int, list[str]]) -> None:
    """Let the written rows remember the posts they ended."""
    if ended:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(ended), [f"[{','.join(stood)}]" for stood in ended.values()], batch.pk])


def reopen(source: str, *, by: User | None) -> None:
    """Let the posts kept in the rows of a table `source` of (dated) be held again, from the day they had begun."""
    said = [
        "(SELECT g.id FROM branches_grant g WHERE g.id = j.grant_id)" if column == "grant_id" else f'j."{column}"' for column in _COLUMNS
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN.format(source=source))
        again = [uid for (uid,) in cursor.fetchall()]
        columns = ", ".join(f'"{column}"' for column in _COLUMNS)
        cursor.execute(_BRING_BACK.format(source=source, columns=columns, said=", ".join(said)))
        again += [uid for (uid,) in cursor.fetchall()]
    for office in Office.objects.filter(uid__in=again).select_related("organisation", "member").order_by("pk"):
        place = office.organisation
        audit.record(
            "members.office.reopened",
            office,
            by=by,
            path=place.path,
            subject=office.member.uid,
            organisation=place.code,
            position=office.position,
        )
