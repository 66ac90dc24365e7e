"""Opening a period: base scores and what is carried over are facts, so the settlement needs no word about either."""

from datetime import date

from django.db import connection, transaction

from partyportal.core.days import quarter_of, quarter_words
from points.rules.kinds import BASE, LAST_YEAR, YEAR_BASE
from points.settlement.sources import LAST_YEARS_POINTS, at_home


@transaction.atomic
def open_period(day: date) -> int:
    """Give every member at home in the quarter of `day` its base facts, once, whatever classes are passed; returns how many were new.

    One a quarter for everybody; one a year, and last year's points, only where a published item asks for them.
    A fact's day is the first of its quarter or year, or the day the member came. What it is worth is the scheme's to say.
    """
    quarter = quarter_of(day)
    opened = _give(BASE, date(day.year, quarter * 3 - 2, 1), day, f"{day.year}Q{quarter}", f"{day.year} 年{quarter_words(quarter)}基础分")
    if _is_asked_for(YEAR_BASE, day.year):
        opened += _give(YEAR_BASE, date(day.year, 1, 1), day, f"{day.year}", f"{day.year} 年基础分")
    return opened + carry_over(day.year, until=day)


@transaction.atomic
def carry_over(year: int, *, until: date | None = None) -> int:
    """Make each member's fact of last year's points say what last year's ledger says; returns how many revisions were written.

    Below nothing is nothing. A member who had no points and has no fact gets none.
    """
    if not _is_asked_for(LAST_YEAR, year):
        return 0
    first = date(year, 1, 1)
    params = {
        "kind": LAST_YEAR,
        "first": first,
        "day": until or date(year, 12, 31),
        "period": str(year),
        "title": f"{year - 1} 年积分",
        "year": year,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE, params)
        cursor.execute(_CARRIED, params)
        return cursor.rowcount


def _give(kind: str, first: date, day: date, period: str, title: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_BASE_FACTS, {"kind": kind, "first": first, "day": day, "period": period, "title": title})
        return cursor.rowcount


def _is_asked_for(kind: str, year: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
                SELECT FROM points_item i JOIN points_scheme s ON s.id = i.scheme_id
                WHERE i.fact_kind = %s AND s.published_at IS NOT NULL AND s.start <= %s
            )
            """,
            [kind, date(year, 12, 31)],
        )
        return cursor.fetchone()[0]


_COLUMNS = "uid, kind, key, revision, member_id, organisation_id, member_class, day, units, title, evidence, is_void, recorded_at"

_KEY = "%(kind)s || ':' || m.uid || ':' || %(period)s"

_BASE_FACTS = f"""
INSERT INTO members_fact ({_COLUMNS})
SELECT gen_random_uuid(), %(kind)s, {_KEY}, 1, m.id, here.organisation_id, c.name, here.day, 1, %(title)s, '积分办法', false, statement_timestamp()
FROM {at_home("day")}
WHERE m.standing = 'normal' AND m.merged_into_id IS NULL
ON CONFLICT DO NOTHING
"""

# Two runs at once: the second waits here for the rows of the first, finds them superseded, and writes nothing below.
_SUPERSEDE = f"""
UPDATE members_fact f SET superseded_at = statement_timestamp()
FROM members_member m LEFT JOIN ({LAST_YEARS_POINTS}) carried ON carried.member_id = m.id
WHERE f.kind = %(kind)s AND f.member_id = m.id AND f.key = {_KEY} AND f.superseded_at IS NULL AND f.units <> coalesce(carried.units, 0)
  AND m.id IN (SELECT m.id FROM {at_home("day")} WHERE m.merged_into_id IS NULL)
"""
_CARRIED = f"""
INSERT INTO members_fact ({_COLUMNS})
SELECT gen_random_uuid(), %(kind)s, {_KEY}, coalesce(past.revision, 0) + 1, m.id, coalesce(past.organisation_id, here.organisation_id),
       coalesce(past.member_class, c.name), coalesce(past.day, here.day), coalesce(carried.units, 0), %(title)s, '上年积分台账', false, statement_timestamp()
FROM {at_home("day")}
LEFT JOIN ({LAST_YEARS_POINTS}) carried ON carried.member_id = m.id
LEFT JOIN LATERAL (
    SELECT f.revision, f.superseded_at, f.organisation_id, f.member_class, f.day FROM members_fact f WHERE f.key = {_KEY} ORDER BY f.revision DESC LIMIT 1
) past ON true
WHERE m.merged_into_id IS NULL AND CASE WHEN past.revision IS NULL THEN carried.units > 0 ELSE past.superseded_at IS NOT NULL END
ON CONFLICT DO NOTHING
"""
