"""三会一课, done against due: one definition in SQL, read by the heat table, the rows behind a cell, the duties and the cards.

A cell's grain is (branch or 党小组, kind, month). An organisation owes what falls due in a month if it existed for the
whole of it; it counts where its span hung on the month's last day, so a merger never rewrites last year. 支委会 is owed
where as many full members belonged on that last day as the requirement says. A meeting answers the month in which its
period falls due; more than were due do not make up for another period.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from branches.models import Organisation
from education.models import Meeting
from education.rules import due_month, last_day, months_on

PERIODS = {"month": 1, "quarter": 3, "year": 12}
ORDER = [kind.value for kind in Meeting.Kind]


def _index(day: str) -> str:
    """SQL: how many months a day lies after the first month asked for."""
    return f"(date_part('year', {day}) * 12 + date_part('month', {day}))::int - %(origin)s"


def _answers(which: str) -> str:
    """SQL: confirmed meetings and the month each answers, by the rules that `which` picks."""
    return f"""
        SELECT e.organisation_id, coalesce(e.group_id, 0) AS group_id, r.id AS rule_id,
               CASE r.period WHEN 'month' THEN (%(by_month)s)[e.held_on - %(opens)s]
                             WHEN 'quarter' THEN (%(by_quarter)s)[e.held_on - %(opens)s]
                             ELSE (%(by_year)s)[e.held_on - %(opens)s] END AS month
        FROM education_meeting e JOIN rule r ON r.kind = e.kind AND r.nth = 1 AND {which}
        WHERE e.organisation_id IN (SELECT organisation_id FROM unit) AND e.state = 'confirmed' AND e.held_on > %(opens)s AND e.held_on <= %(last)s"""


# Months are small integers counted from the first one asked for, and the months of a year in which a branch met are the bits
# of one number: a county-year is 110,000 cells, and as rows they cost four times as much. A requirement of two meetings a
# period is two rules, met by the first and by the second.
CELLS = f"""
rule AS MATERIALIZED (
    SELECT r.id, nth, r.kind, r.period, r.times, r.minimum_full_members AS minimum, r.needs_groups,
           greatest(0, {_index("r.start")}) AS lo,
           least(%(months)s - 1, {_index('r."end"')} - 1, {_index("r.followed")} - 1) AS hi
    FROM (
        -- A later requirement of a kind takes over from the month it starts in.
        SELECT *, lead(start) OVER (PARTITION BY kind ORDER BY start) AS followed
        FROM education_requirement WHERE organisation_kind = 'branch'
    ) AS r, generate_series(1, r.times) AS nth
),
-- The months in which a rule's meeting falls due: each, the quarter's last, December.
falls AS MATERIALIZED (
    SELECT r.id AS rule_id, at AS month
    FROM rule r, generate_series(r.lo, r.hi) AS at
    WHERE r.nth = 1 AND (%(origin)s + at) %% CASE r.period WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 ELSE 12 END = 0
),
-- Branches and 党小组, and the months for whose whole length they existed while the span held on the last day.
unit AS MATERIALIZED (
    SELECT s.id, s.kind, CASE s.kind WHEN 'group' THEN s.parent_id ELSE s.organisation_id END AS organisation_id,
           CASE s.kind WHEN 'group' THEN s.organisation_id ELSE 0 END AS group_id,
           CASE s.kind WHEN 'group' THEN regexp_replace(s.path, '[0-9]+/$', '') ELSE s.path END AS path,
           nullif(split_part(s.path, '/', %(depth)s), '')::bigint AS child,
           greatest(0, {_index("s.start")}, {_index("(o.founded_on - 1)")} + 1) AS lo,
           least(%(months)s - 1, {_index('s."end"')} - 1, {_index("o.dissolved_on")} - 1) AS hi
    FROM branches_organisationspan s JOIN branches_organisation o ON o.id = s.organisation_id
    WHERE s.kind IN ('branch', 'group') AND s.path LIKE ANY (%(paths)s)
      AND s.start <= %(last)s AND (s."end" IS NULL OR s."end" > %(first)s)
),
-- How many full members a branch had, from one month's end to another's; what happened before counts in the first.
full_member AS MATERIALIZED (
    SELECT u.id AS unit_id, greatest(a.start, m.full_on) AS come, a."end" AS gone
    FROM unit u
    JOIN members_affiliation a ON a.organisation_id = u.organisation_id AND u.kind = 'branch'
    JOIN members_member m ON m.id = a.member_id
    WHERE m.full_on IS NOT NULL AND (a."end" IS NULL OR a."end" > m.full_on)
),
movement AS (
    SELECT unit_id, CASE WHEN come < %(first)s THEN 0 ELSE {_index("come")} END AS month, count(*) AS step
    FROM full_member WHERE come <= %(last)s GROUP BY 1, 2
    UNION ALL
    SELECT unit_id, CASE WHEN gone < %(first)s THEN 0 ELSE {_index("gone")} END, -count(*)
    FROM full_member WHERE gone <= %(last)s GROUP BY 1, 2
),
strength AS MATERIALIZED (
    SELECT unit_id, sum(sum(step)) OVER past AS full_members, month AS lo, coalesce(lead(month) OVER past - 1, %(months)s - 1) AS hi
    FROM movement
    GROUP BY unit_id, month
    WINDOW past AS (PARTITION BY unit_id ORDER BY month)
),
owed AS MATERIALIZED (
    SELECT u.organisation_id, u.group_id, u.path, u.child, r.id AS rule_id, r.nth,
           greatest(u.lo, r.lo) AS lo, least(u.hi, r.hi) AS hi
    FROM unit u JOIN rule r ON r.needs_groups = (u.kind = 'group') AND r.minimum = 0
    UNION ALL
    SELECT u.organisation_id, u.group_id, u.path, u.child, r.id, r.nth,
           greatest(u.lo, r.lo, s.lo), least(u.hi, r.hi, s.hi)
    FROM unit u JOIN rule r ON r.needs_groups = (u.kind = 'group') AND r.minimum > 0
    JOIN strength s ON s.unit_id = u.id AND s.full_members >= r.minimum
),
-- Of each branch and rule the months answered, as bits.
held AS MATERIALIZED (
    SELECT organisation_id, group_id, rule_id, 1 AS nth, bit_or(1::bigint << month) AS months
    FROM ({_answers("r.times = 1")}) AS answers WHERE month BETWEEN 0 AND 62
    GROUP BY organisation_id, group_id, rule_id
    UNION ALL
    SELECT organisation_id, group_id, rule_id, nth, bit_or(1::bigint << month)
    FROM (
        SELECT *, row_number() OVER (PARTITION BY organisation_id, group_id, rule_id, month) AS nth
        FROM ({_answers("r.times > 1")}) AS answers WHERE month BETWEEN 0 AND 62
    ) AS counted
    GROUP BY organisation_id, group_id, rule_id, nth
),
-- Joined before anything else, and kept: the planner, who knows little of a CTE, would else scan all of `held` for each cell.
answered AS MATERIALIZED (
    SELECT o.*, coalesce(h.months, 0) AS months
    FROM owed o
    LEFT JOIN held h ON h.organisation_id = o.organisation_id AND h.group_id = o.group_id AND h.rule_id = o.rule_id AND h.nth = o.nth
),
cell AS (
    SELECT a.organisation_id, a.group_id, a.path, r.kind, r.period, f.month, 1 AS due, (a.months >> f.month & 1)::int AS done
    FROM answered a
    JOIN rule r ON r.id = a.rule_id AND r.nth = a.nth
    JOIN falls f ON f.rule_id = a.rule_id AND f.month BETWEEN a.lo AND a.hi
)
"""

# The sums of cells by child and month. Branches whose year looks alike are counted before they are spread over the months.
HEAT = f"""
WITH {CELLS},
alike AS (
    SELECT child, rule_id, lo, hi, months, count(*) AS units FROM answered GROUP BY 1, 2, 3, 4, 5
)
SELECT a.child, f.month, sum(a.units)::int AS due, coalesce(sum(a.units) FILTER (WHERE a.months >> f.month & 1 = 1), 0)::int AS done
FROM alike a JOIN falls f ON f.rule_id = a.rule_id AND f.month BETWEEN a.lo AND a.hi
GROUP BY 1, 2
"""


def parameters(*, first: date, last: date, paths: Iterable[str], depth: int = 0) -> dict:
    """What CELLS asks for: the months `first` … `last` (first days), the subtrees, and which step of the path is the `child`."""
    origin = first.year * 12 + first.month
    if not 0 <= last.year * 12 + last.month - origin < 63:
        raise ValueError("the bits of one number hold five years of months")
    opens = date(first.year, 1, 1) - timedelta(days=1)
    days = [opens + timedelta(days=n) for n in range(1, (last_day(last) - opens).days + 1)]

    def answered(period: str) -> list[int]:
        return [(month := due_month(period, day)).year * 12 + month.month - origin for day in days]

    return {
        "first": first,
        "last": last_day(last),
        "origin": origin,
        "months": last.year * 12 + last.month - origin + 1,
        "opens": opens,
        "by_month": answered("month"),
        "by_quarter": answered("quarter"),
        "by_year": answered("year"),
        "paths": [f"{path}%" for path in paths],
        "depth": depth or 1000,
    }


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one branch (or 党小组) owed of one kind in one month, and did."""

    organisation_id: int
    group_id: int | None
    kind: str
    period: str
    month: date
    due: int
    done: int

    @property
    def label(self) -> str:
        return Meeting.Kind(self.kind).label


def cells(*, first: date, last: date, paths: Iterable[str]) -> list[Cell]:
    """The cells of some subtrees, months `first` … `last` (first days of months): one statement."""
    asked = parameters(first=first, last=last, paths=paths)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {CELLS} SELECT organisation_id, group_id, kind, period, month, sum(due)::int, sum(done)::int FROM cell GROUP BY 1, 2, 3, 4, 5",
            asked,
        )
        rows = cursor.fetchall()
    found = [
        Cell(organisation_id=o, group_id=g or None, kind=kind, period=period, month=months_on(first, month), due=due, done=done)
        for o, g, kind, period, month, due, done in rows
    ]
    return sorted(found, key=lambda c: (c.month, c.organisation_id, ORDER.index(c.kind), c.group_id or 0))


def done_and_due(*, first: date, last: date, within: Organisation | None = None) -> dict[str, tuple[int, int]]:
    """A branch's path of that time → (done, due) over the months: what a card's indicator divides. One statement, any size.

    `within` takes the branches that hung under the organisation then, wherever it hung itself.
    """
    return _summed("path", first, last, within)


def done_and_due_by_month(*, first: date, last: date, within: Organisation | None = None) -> dict[date, tuple[int, int]]:
    """A month → (done, due): the same cells, summed the other way."""
    return {months_on(first, month): sums for month, sums in sorted(_summed("month", first, last, within).items())}


def _summed(column: str, first: date, last: date, within: Organisation | None) -> dict:
    asked = parameters(first=first, last=last, paths=[f"%/{within.pk}/" if within else "/"])
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {CELLS} SELECT {column}, sum(done)::int, sum(due)::int FROM cell GROUP BY 1", asked)
        return {key: (done, due) for key, done, due in cursor.fetchall()}
