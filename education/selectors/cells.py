"""三会一课, done against due: one definition in SQL, read by the heat table, the rows behind a cell, the duties and the cards.

A cell's grain is (branch or 党小组, kind, month). An organisation owes what falls due in a month if it existed for the
whole of it; it counts where its span hung on the month's last day, so a merger never rewrites last year. 支委会 is owed
where as many full members belonged on that last day as the requirement says. A meeting answers the month in which its
period falls due; more than were due do not make up for another period.

补课 is told, never guessed: a later meeting said to make up for a missed month counts there as made up and nowhere as done, so
no figure of the past moves. A miss may carry a reason; made up or explained, it stays missed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from branches.models import Organisation
from education.models import Meeting
from education.models.tallies import BITS
from partyportal.core.days import month_end, months_after

PERIODS = {"month": 1, "quarter": 3, "year": 12}
ORDER = [kind.value for kind in Meeting.Kind]


def _index(day: str) -> str:
    """SQL: how many months a day lies after the first month asked for."""
    return f"(date_part('year', {day}) * 12 + date_part('month', {day}))::int - %(origin)s"


# The bits of a year's months, January lowest, as the bits of the months in which they answer what is due (rules.due_month).
_ANSWERED = """CASE r.period WHEN 'month' THEN t.months
                       WHEN 'quarter' THEN (t.months | (t.months << 1) | (t.months << 2)) & 2340  -- March, June, September, December
                       ELSE (t.months <> 0)::int << 11 END"""

# Months are small integers counted from the first one asked for, and the months of a year in which a branch met are the bits
# of one number (`MeetingTally`): a county-year is 110,000 cells, and as rows they cost four times as much. A requirement of two
# meetings a period is two rules, met by the first and by the second.
_CELLS = f"""
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
-- Everybody who belonged is counted as full, and the few who were not yet, or became so meanwhile, are put right.
stay AS MATERIALIZED (
    SELECT organisation_id, CASE WHEN start < %(first)s THEN 0 ELSE {_index("start")} END AS come,
           CASE WHEN "end" <= %(last)s THEN {_index('"end"')} END AS gone, count(*) AS members
    FROM members_affiliation
    WHERE start <= %(last)s AND ("end" IS NULL OR "end" > %(first)s) AND {{mine}}
    GROUP BY 1, 2, 3
),
late AS MATERIALIZED (
    SELECT a.organisation_id, CASE WHEN a.start < %(first)s THEN 0 ELSE {_index("a.start")} END AS come,
           CASE WHEN a."end" <= %(last)s THEN {_index('a."end"')} END AS gone,
           CASE WHEN m.full_on <= %(last)s AND (a."end" IS NULL OR a."end" > m.full_on) THEN {_index("greatest(m.full_on, a.start)")} END AS "full"
    FROM members_member m JOIN members_affiliation a ON a.member_id = m.id
    WHERE (m.full_on IS NULL OR m.full_on >= %(first)s) AND a.start <= %(last)s AND (a."end" IS NULL OR a."end" > %(first)s) AND a.{{mine}}
),
movement AS (
    SELECT organisation_id, come AS month, members AS step FROM stay
    UNION ALL
    SELECT organisation_id, gone, -members FROM stay WHERE gone IS NOT NULL
    UNION ALL
    -- Not full when they came …
    SELECT organisation_id, come, -1 FROM late
    UNION ALL
    -- … but from the day of 转正; and whoever left before it was not full when they left.
    SELECT organisation_id, coalesce("full", gone), 1 FROM late WHERE coalesce("full", gone) IS NOT NULL
),
strength AS MATERIALIZED (
    SELECT organisation_id, (sum(sum(step)) OVER past)::int AS full_members, month AS lo, coalesce(lead(month) OVER past - 1, %(months)s - 1) AS hi
    FROM movement
    GROUP BY organisation_id, month
    WINDOW past AS (PARTITION BY organisation_id ORDER BY month)
),
owed AS MATERIALIZED (
    SELECT u.organisation_id, u.group_id, u.path, u.child, r.id AS rule_id, r.nth,
           greatest(u.lo, r.lo) AS lo, least(u.hi, r.hi) AS hi
    FROM unit u JOIN rule r ON r.needs_groups = (u.kind = 'group') AND r.minimum = 0
    UNION ALL
    SELECT u.organisation_id, u.group_id, u.path, u.child, r.id, r.nth,
           greatest(u.lo, r.lo, s.lo), least(u.hi, r.hi, s.hi)
    FROM unit u JOIN rule r ON r.needs_groups = (u.kind = 'group') AND r.minimum > 0
    JOIN strength s ON s.organisation_id = u.organisation_id AND u.kind = 'branch' AND s.full_members >= r.minimum
),
-- Of each branch and rule the months answered, as bits counted from the first month asked for.
tally AS MATERIALIZED (
    SELECT organisation_id, coalesce(group_id, 0) AS group_id, kind, year * 12 + 1 - %(origin)s AS january, months, counts
    FROM education_meetingtally
    WHERE year BETWEEN %(first_year)s AND %(last_year)s AND {{mine}}
),
held AS MATERIALIZED (
    SELECT t.organisation_id, t.group_id, r.id AS rule_id, 1 AS nth,
           bit_or(CASE WHEN january < 0 THEN ({_ANSWERED})::bigint >> -january ELSE ({_ANSWERED})::bigint << january END) AS months
    FROM tally t JOIN rule r ON r.kind = t.kind AND r.nth = 1 AND r.times = 1
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT organisation_id, group_id, rule_id, nth, bit_or(1::bigint << month)
    FROM (
        SELECT t.organisation_id, t.group_id, r.id AS rule_id, r.times, sum(t.counts >> {BITS} * at & {2**BITS - 1}) AS meetings,
               january + CASE r.period WHEN 'month' THEN at WHEN 'quarter' THEN at / 3 * 3 + 2 ELSE 11 END AS month
        FROM tally t JOIN rule r ON r.kind = t.kind AND r.nth = 1 AND r.times > 1, generate_series(0, 11) AS at
        GROUP BY 1, 2, 3, 4, 6
    ) AS counted, generate_series(1, least(times, meetings)::int) AS nth
    WHERE month BETWEEN 0 AND 62
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

# A subtree is found by its branches; of the whole tree every row is asked for, and looking them up one by one would cost more.
CELLS = _CELLS.format(mine="organisation_id IN (SELECT organisation_id FROM unit)")
_CELLS_OF_ALL = _CELLS.format(mine="organisation_id IS NOT NULL")

# What was told of missed months: how many meetings made up for each, and whether a reason stands.
TOLD = f"""
told AS MATERIALIZED (
    SELECT organisation_id, group_id, kind, month, sum(made_up)::int AS made_up, bool_or(explained) AS explained
    FROM (
        SELECT e.organisation_id, coalesce(e.group_id, 0) AS group_id, e.kind, {_index("m.month")} AS month, 1 AS made_up, false AS explained
        FROM education_makeup m JOIN education_meeting e ON e.id = m.meeting_id
        WHERE m.ended_at IS NULL AND e.state = 'confirmed' AND m.month BETWEEN %(first)s AND %(last)s
        UNION ALL
        SELECT organisation_id, coalesce(group_id, 0), kind, {_index("month")}, 0, true
        FROM education_miss WHERE ended_at IS NULL AND month BETWEEN %(first)s AND %(last)s
    ) AS said
    GROUP BY 1, 2, 3, 4
)
"""

# The sums of cells by child and month: due, done; of the missing how many were made up, and how many of the rest have a reason.
# Branches whose year looks alike are counted before they are spread over the months.
_HEAT = f"""
WITH {{cells}}, {TOLD},
alike AS (
    SELECT child, rule_id, lo, hi, months, count(*) AS units FROM answered GROUP BY 1, 2, 3, 4, 5
),
-- Few: joined before anything else, and kept.
asked AS MATERIALIZED (
    SELECT t.*, a.child, a.rule_id, a.nth, a.lo, a.hi
    FROM told t JOIN answered a ON a.organisation_id = t.organisation_id AND a.group_id = t.group_id
    WHERE a.months >> t.month & 1 = 0 AND t.month BETWEEN a.lo AND a.hi
),
missing AS (
    SELECT a.child, a.month, a.explained, a.made_up, count(*)::int AS missing
    FROM asked a
    JOIN rule r ON r.id = a.rule_id AND r.nth = a.nth AND r.kind = a.kind
    JOIN falls f ON f.rule_id = a.rule_id AND f.month = a.month
    GROUP BY a.organisation_id, a.group_id, a.kind, a.child, a.month, a.explained, a.made_up
)
SELECT a.child, f.month, sum(a.units)::int, coalesce(sum(a.units) FILTER (WHERE a.months >> f.month & 1 = 1), 0)::int, 0, 0
FROM alike a JOIN falls f ON f.rule_id = a.rule_id AND f.month BETWEEN a.lo AND a.hi
GROUP BY 1, 2
UNION ALL
SELECT child, month, 0, 0, sum(least(missing, made_up))::int, coalesce(sum(missing - least(missing, made_up)) FILTER (WHERE explained), 0)::int
FROM missing GROUP BY 1, 2
"""
HEAT = {whole: _HEAT.format(cells=_CELLS_OF_ALL if whole else CELLS) for whole in (False, True)}

# Every cell of a few subtrees, with what was told of it.
EACH = f"""
WITH {CELLS}, {TOLD}
SELECT c.*, coalesce(t.made_up, 0), coalesce(t.explained, false)
FROM (SELECT organisation_id, group_id, kind, period, month, sum(due)::int, sum(done)::int FROM cell GROUP BY 1, 2, 3, 4, 5) AS c
LEFT JOIN told t ON t.organisation_id = c.organisation_id AND t.group_id = c.group_id AND t.kind = c.kind AND t.month = c.month
"""


def parameters(*, first: date, last: date, paths: Iterable[str], depth: int = 0) -> dict:
    """What CELLS asks for: the months `first` … `last` (first days), the subtrees, and which step of the path is the `child`."""
    origin = first.year * 12 + first.month
    if not 0 <= last.year * 12 + last.month - origin < 63:
        raise ValueError("the bits of one number hold five years of months")
    return {
        "first": first,
        "last": month_end(last),
        "origin": origin,
        "months": last.year * 12 + last.month - origin + 1,
        "first_year": first.year,
        "last_year": last.year,
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
    made_up: int = 0  # of those missing, by a later meeting said to make up for it
    is_explained: bool = False

    @property
    def is_missing(self) -> bool:
        """Neither held nor made up."""
        return self.done + self.made_up < self.due

    @property
    def label(self) -> str:
        return Meeting.Kind(self.kind).label


def cells(*, first: date, last: date, paths: Iterable[str]) -> list[Cell]:
    """The cells of some subtrees, months `first` … `last` (first days of months): one statement."""
    asked = parameters(first=first, last=last, paths=paths)
    with connection.cursor() as cursor:
        cursor.execute(EACH, asked)
        rows = cursor.fetchall()
    found = [
        Cell(
            organisation_id=o,
            group_id=g or None,
            kind=kind,
            period=period,
            month=months_after(first, month),
            due=due,
            done=done,
            made_up=min(due - done, made_up),
            is_explained=explained and done < due,
        )
        for o, g, kind, period, month, due, done, made_up, explained in rows
    ]
    return sorted(found, key=lambda c: (c.month, c.organisation_id, ORDER.index(c.kind), c.group_id or 0))


def done_and_due(*, first: date, last: date, within: Organisation | None = None) -> dict[str, tuple[int, int]]:
    """A branch's path of that time → (done, due) over the months: what a card's indicator divides. One statement, any size.

    `within` takes the branches that hung under the organisation then, wherever it hung itself.
    """
    return _summed("path", first, last, within)


def done_and_due_by_month(*, first: date, last: date, within: Organisation | None = None) -> dict[date, tuple[int, int]]:
    """A month → (done, due): the same cells, summed the other way."""
    return {months_after(first, month): sums for month, sums in sorted(_summed("month", first, last, within).items())}


def _summed(column: str, first: date, last: date, within: Organisation | None) -> dict:
    asked = parameters(first=first, last=last, paths=[f"%/{within.pk}/" if within else "/"])
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {CELLS} SELECT {column}, sum(done)::int, sum(due)::int FROM cell GROUP BY 1", asked)
        return {key: (done, due) for key, done, due in cursor.fetchall()}
