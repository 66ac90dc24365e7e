"""Replay: the ledger of a period as it stood at a moment, and the same definition over the facts and versions known then."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from points.settlement.post import steer_planner
from points.settlement.scope import Scope
from points.settlement.sources import known_facts, known_schemes
from points.settlement.sql import desired


@dataclass(frozen=True)
class Replayed:
    """A member's points of a period: as they stood at the moment, as the definition says of what was known then, and as they stand now."""

    member_id: int
    stood: Decimal
    recomputed: Decimal
    now: Decimal

    @property
    def is_changed(self) -> bool:
        return self.stood != self.now

    @property
    def was_settled(self) -> bool:
        """Whether all that was known had been settled: facts of the last minute may not have been."""
        return self.stood == self.recomputed


@transaction.atomic
def replay(scope: Scope, *, first: date, last: date, at: datetime) -> list[Replayed]:
    """Every member of the scope with points of the period then or now, in order of member. One statement, nothing is written."""
    if scope.members == ():
        return []
    params = scope.params | {"at": at, "since": first, "until": last}
    steer_planner(scope)
    with connection.cursor() as cursor:
        known = desired(scope, facts=known_facts(scope), schemes=known_schemes(), params=params)
        cursor.execute(
            f"""
            WITH {known},
            then_should AS (SELECT member_id, sum(cents) AS cents FROM desired WHERE day BETWEEN %(since)s AND %(until)s GROUP BY member_id),
            stands AS (
                SELECT member_id, coalesce(sum(points) FILTER (WHERE posted_at <= %(at)s), 0) AS stood, sum(points) AS now
                FROM points_entry WHERE day BETWEEN %(since)s AND %(until)s {scope.having("member_id")} GROUP BY member_id
            )
            SELECT member_id, coalesce(stood, 0)::numeric(12, 2), (coalesce(cents, 0) / 100.0)::numeric(12, 2), coalesce(now, 0)::numeric(12, 2)
            FROM then_should FULL JOIN stands USING (member_id) ORDER BY member_id
            """,
            params,
        )
        rows = [Replayed(*row) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
    return rows
