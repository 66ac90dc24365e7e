"""Posting: the differences become entries, and the projections move by the same amounts in the same statement."""

import time
from dataclasses import dataclass

from django.db import connection, transaction

from points.settlement.scope import Scope
from points.settlement.sources import standing_facts
from points.settlement.sql import desired, differences

# The advisory locks of the ledger: (this number, year).
LEDGER = 20190501


@dataclass(frozen=True)
class Settlement:
    """What a settle looked at and posted."""

    facts: int
    entries: int
    seconds: float


@transaction.atomic
def settle(scope: Scope) -> Settlement:
    """Make the ledger agree with the facts in scope: post the differences, and only them. Run twice, it posts nothing.

    The locks are statements of their own: READ COMMITTED gives the posting statement a snapshot taken after them, so it
    sees all that an earlier holder committed. What is owed is struck off before it too: whatever note it saw, the posting
    sees the fact; a fact committed later leaves its own note. Call it once in a transaction: members are locked in order.
    """
    started = time.perf_counter()
    if scope.members == ():
        return Settlement(0, 0, 0.0)
    lock(scope)
    steer_planner(scope)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM members_owed WHERE year = %(year)s {scope.having('member_id')}", scope.params)
        cursor.execute(posting(scope), scope.params)
        facts, entries = cursor.fetchone()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
    return Settlement(facts, entries, time.perf_counter() - started)


def lock(scope: Scope) -> None:
    """Some members: the year shared, then their rows by id. Everybody: the year alone, for an advisory lock each would not fit."""
    with connection.cursor() as cursor:
        if scope.members is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LEDGER, scope.year])
            return
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LEDGER, scope.year])
        cursor.execute(f"SELECT 1 FROM members_member WHERE true {scope.having('id')} ORDER BY id FOR NO KEY UPDATE", scope.params)


def steer_planner(scope: Scope) -> None:
    """For the rest of the transaction. The planner cannot guess how many rows the pieces of `desired` make.

    Every table is cut by the scope itself, so a nested loop is never needed, and where it is chosen for want of a figure it costs hours.
    Hash joins need no order and no figure; with merge joins left out too, planning and running a meeting's settle cost a third less.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off")
        if scope.is_wide:
            cursor.execute("SET LOCAL work_mem = '256MB'")


def posting(scope: Scope) -> str:
    """The one statement. Rows of the projections are taken in order, so two settles of one branch wait instead of deadlocking.

    Numbering the postings member by member also lays a member's entries side by side on disk, where every page about them looks.
    """
    # Of a whole year the facts flow straight into their lines; counting them anew costs less than keeping them.
    looked_at = f"({standing_facts(scope)}) AS facts" if scope.members is None else "facts"
    return f"""
WITH {desired(scope)},
differences AS ({differences(scope)}),
posted AS (
    INSERT INTO points_entry (line, posting, kind, member_id, organisation_id, item_id, fact_id, category, period_start, day, points, posted_at)
    SELECT line,
           posted + row_number() OVER (PARTITION BY member_id, line ORDER BY fact_id, day, points),
           kind, member_id, organisation_id, item_id, fact_id, category, period_start, day, points, statement_timestamp()
    FROM differences
    RETURNING member_id, organisation_id, category, day, points
),
standings AS (
    INSERT INTO points_standing AS held (member_id, year, quarter, category, points, as_of)
    SELECT member_id, %(year)s, extract(quarter FROM day) AS quarter, category, sum(points), statement_timestamp()
    FROM posted GROUP BY member_id, quarter, category ORDER BY member_id, quarter, category
    ON CONFLICT (member_id, year, quarter, category) DO UPDATE SET points = held.points + excluded.points, as_of = excluded.as_of
),
months AS (
    INSERT INTO points_organisationmonth AS held (organisation_id, month, category, points, as_of)
    SELECT organisation_id, date_trunc('month', day)::date AS month, category, sum(points), statement_timestamp()
    FROM posted GROUP BY organisation_id, month, category ORDER BY organisation_id, month, category
    ON CONFLICT (organisation_id, month, category) DO UPDATE SET points = held.points + excluded.points, as_of = excluded.as_of
),
years AS (
    INSERT INTO points_organisationyear AS held (organisation_id, year, category, points, as_of)
    SELECT organisation_id, %(year)s, category, sum(points), statement_timestamp()
    FROM posted GROUP BY organisation_id, category ORDER BY organisation_id, category
    ON CONFLICT (organisation_id, year, category) DO UPDATE SET points = held.points + excluded.points, as_of = excluded.as_of
)
SELECT (SELECT count(*) FROM {looked_at}), (SELECT count(*) FROM posted)
"""
