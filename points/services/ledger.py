"""When the ledger is settled: rung on commit, found by beat, opened with each quarter."""

from collections.abc import Iterable
from datetime import date

from celery import current_app
from django.db import connection, transaction

from members.models import Owed
from partyportal.core.doorbell import ring
from points.settlement.post import settle
from points.settlement.scope import WIDE, Scope

BATCH = 500


def settle_soon(*, members: Iterable[int], year: int) -> None:
    """Ring for these members once the transaction has committed. A lost bell is found by `settle_owed`."""
    if ids := sorted(set(members)):
        ring(current_app.tasks["points.tasks.settle_members"], ids, year)


def settle_owed() -> int:
    """Settle whatever the database says is owed, oldest year first; returns how many entries were posted."""
    posted = 0
    for year in sorted(set(Owed.objects.values_list("year", flat=True))):
        owed = sorted(set(Owed.objects.filter(year=year).values_list("member_id", flat=True)))
        if len(owed) > WIDE:
            posted += settle(Scope(year)).entries
            continue
        for at in range(0, len(owed), BATCH):
            posted += settle(Scope.of(owed[at : at + BATCH], year)).entries
    return posted


@transaction.atomic
def open_period(day: date) -> int:
    """Give every member at home in the quarter of `day` its base fact, once, whatever classes are passed; returns how many were new.

    The fact's day is the quarter's first, or the day the member came. What it is worth is the scheme's to say.
    """
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    quarter = (first.month + 2) // 3
    with connection.cursor() as cursor:
        cursor.execute(
            _BASE_FACTS,
            {
                "first": first,
                "day": day,
                "period": f"{first.year}Q{quarter}",
                "title": f"{first.year} 年第{'一二三四'[quarter - 1]}季度基础分",
            },
        )
        return cursor.rowcount


_BASE_FACTS = """
INSERT INTO members_fact (uid, kind, key, revision, member_id, organisation_id, member_class, day, units, title, evidence, is_void, recorded_at)
SELECT gen_random_uuid(), 'scheme.base', 'scheme.base:' || m.uid || ':' || %(period)s, 1, m.id, here.organisation_id, c.name, here.day, 1,
       %(title)s, '积分办法', false, statement_timestamp()
FROM members_member m
JOIN LATERAL (
    SELECT a.organisation_id, greatest(a.start, %(first)s::date) AS day
    FROM members_affiliation a
    WHERE a.member_id = m.id AND a.start <= %(day)s AND (a."end" IS NULL OR a."end" > %(first)s)
    ORDER BY a.start LIMIT 1
) here ON true
JOIN members_memberclass c ON c.member_id = m.id AND c.start <= here.day AND (c."end" IS NULL OR c."end" > here.day)
WHERE m.standing = 'normal' AND m.merged_into_id IS NULL
ON CONFLICT DO NOTHING
"""
