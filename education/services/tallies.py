"""The counts of meetings: moved by triggers as meetings move; dropped, refilled and compared here."""

from django.db import connection, transaction

_COUNTED = """
    SELECT e.organisation_id, e.group_id, e.kind, date_part('year', e.held_on)::int AS year,
           sum(1::bigint << 5 * (date_part('month', e.held_on)::int - 1))::bigint AS counts
    FROM education_meeting e
    WHERE e.state = 'confirmed' AND NOT EXISTS (SELECT FROM education_makeup m WHERE m.meeting_id = e.id AND m.ended_at IS NULL)
    GROUP BY 1, 2, 3, 4
"""
_WRONG = f"""
SELECT count(*) FROM ({_COUNTED}) AS c
FULL JOIN education_meetingtally t
  ON t.organisation_id = c.organisation_id AND coalesce(t.group_id, 0) = coalesce(c.group_id, 0) AND t.kind = c.kind AND t.year = c.year
WHERE coalesce(t.counts, 0) <> coalesce(c.counts, 0)
"""


@transaction.atomic
def rebuild_tallies(*, check: bool = False) -> int:
    """Refill the counts from the meetings, or only compare; returns how many rows stood wrong. Writers of meetings wait meanwhile."""
    with connection.cursor() as cursor:
        if not check:
            cursor.execute("LOCK TABLE education_meeting, education_makeup, education_meetingtally IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_WRONG)
        (wrong,) = cursor.fetchone()
        if wrong and not check:
            cursor.execute("DELETE FROM education_meetingtally")
            cursor.execute(f"INSERT INTO education_meetingtally (organisation_id, group_id, kind, year, counts) {_COUNTED}")
    return wrong
