"""What should stand in the ledger, as SQL text: facts × scheme in force → lines, then what caps take away.

Every piece is a named query over the pieces before it, so that one text serves posting, simulation and replay: they
differ in the two sources (`standing_facts`, `published_schemes`) and in what is done with `desired`.
docs/rules.md gives the rules in words, tests/points/oracle.py the same definition again in slow, plain Python.
"""

from dataclasses import dataclass

from django.db import connection

from points.models import Entry, Period
from points.settlement.scope import Scope

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}

# Columns of a row that should stand, the same for a fact's line and for an adjustment. Sums are made in hundredths of a
# point: adding integers costs a third of adding numerics, in time and in memory.
COLUMNS = "line, kind, member_id, organisation_id, item_id, fact_id, category, period_start, day, cents"


@dataclass(frozen=True)
class Level:
    """One level of caps: which code a sum is made over, and where the cap of that code is written."""

    kind: Entry.Kind
    code: str  # of an amount
    caps: str  # SELECT scheme_id, code, cap, cap_period, item_id
    floors: bool  # whether the cap also bounds a deduction


LEVELS = (
    Level(Entry.Kind.ITEM_CAP, "code", "SELECT scheme_id, code, cap, cap_period, id AS item_id FROM points_item", floors=True),
    Level(
        Entry.Kind.CATEGORY_CAP,
        "category",
        "SELECT scheme_id, code, cap, cap_period, NULL::bigint AS item_id FROM points_category",
        floors=True,
    ),
    Level(
        Entry.Kind.TOTAL_CAP,
        "''",
        "SELECT id AS scheme_id, '' AS code, cap, cap_period, NULL::bigint AS item_id FROM points_scheme",
        floors=False,
    ),
)


def standing_facts(scope: Scope) -> str:
    """The facts that hold now."""
    return f"""
        SELECT f.id, f.key, f.kind, f.member_id, f.organisation_id, f.member_class, f.day, f.units
        FROM members_fact f
        WHERE f.superseded_at IS NULL AND NOT f.is_void AND f.day BETWEEN %(first)s AND %(last)s {scope.having("f.member_id")}
    """


def published_schemes() -> str:
    """The versions that rule now."""
    return "SELECT id, organisation_id, start FROM points_scheme WHERE published_at IS NOT NULL AND start <= %(last)s"


def desired(scope: Scope, *, facts: str | None = None, schemes: str | None = None) -> str:
    """The pieces from the sources to `desired`, as the body of a WITH clause."""
    pieces = [
        ("facts", facts or standing_facts(scope)),
        ("schemes", schemes or published_schemes()),
        ("homes", _homes("" if scope.members is None else "WHERE organisation_id IN (SELECT organisation_id FROM facts)")),
        ("turns", _TURNS),
        ("reigns", _REIGNS),
        ("lines", _lines(scope)),
    ]
    amounts = ["SELECT seq, member_id, month, category, code, cents FROM lines"]
    stages = []
    for level, period in caps_in_use():
        name = f"{level.kind.name.lower()}_{period}"
        pieces += [
            (f"{name}_sums", _sums(level, period, " UNION ALL ".join(amounts))),
            (f"{name}_latest", _latest(f"{name}_sums")),
            (name, _adjustments(scope, level, period, f"{name}_latest")),
        ]
        amounts.append(f"SELECT seq, member_id, month, category, code, cents FROM {name}")
        stages.append(name)
    rows = [f"SELECT {COLUMNS} FROM {name}" for name in ["lines", *stages]]
    pieces.append(("desired", " UNION ALL ".join(rows)))
    # Read more than once, or better not mixed into what reads them: first the few groups beyond a cap, then what becomes of them.
    once = {"reigns", "lines", *stages, *(f"{name}_latest" for name in stages)}
    return ",\n".join(f"{name} AS {'MATERIALIZED ' if name in once else ''}({text})" for name, text in pieces)


def caps_in_use() -> list[tuple[Level, str]]:
    """The stages of caps any version needs, shortest period first at each level: the others are not written into the statement."""
    levels = (f"SELECT {level.kind.value} AS level, cap_period FROM ({level.caps}) AS caps WHERE cap IS NOT NULL" for level in LEVELS)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(levels))
        used = set(cursor.fetchall())
    return [(level, period.value) for level in LEVELS for period in MONTHS if (level.kind.value, period.value) in used]


def ruling() -> str:
    """The version that rules one organisation on a day (`organisation`, `last`), from the very pieces a settle is made of."""
    return f"""
        WITH schemes AS ({published_schemes()}),
        homes AS ({_homes("WHERE organisation_id = %(organisation)s")}),
        turns AS ({_TURNS}),
        reigns AS ({_REIGNS})
        SELECT scheme_id FROM reigns WHERE start <= %(last)s AND "end" > %(last)s
    """


def _homes(known: str) -> str:
    """Where each organisation hung, from day to day. Its first place reaches back, its last one on: a fact may lie outside."""
    return f"""
        SELECT organisation_id, path,
               CASE WHEN row_number() OVER past = 1 THEN '-infinity' ELSE start END AS start,
               coalesce(lead(start) OVER past, 'infinity') AS "end"
        FROM branches_organisationspan {known}
        WINDOW past AS (PARTITION BY organisation_id ORDER BY start)
    """


# The days on which another version may begin to rule an organisation.
_TURNS = """
    SELECT organisation_id, start AS day FROM homes
    UNION
    SELECT homes.organisation_id, schemes.start FROM homes, schemes
"""

# Which version rules an organisation from day to day: the nearest upward that has one, its latest. A path is made of
# row ids, so an ancestor is told from the path of that day alone.
_REIGNS = """
    SELECT organisation_id, scheme_id, day AS start,
           coalesce(lead(day) OVER (PARTITION BY organisation_id ORDER BY day), 'infinity') AS "end"
    FROM (
        SELECT DISTINCT ON (turns.organisation_id, turns.day) turns.organisation_id, turns.day, schemes.id AS scheme_id
        FROM turns
        JOIN homes ON homes.organisation_id = turns.organisation_id AND homes.start <= turns.day AND homes."end" > turns.day
        LEFT JOIN schemes ON schemes.start <= turns.day AND strpos(homes.path, '/' || schemes.organisation_id || '/') > 0
        ORDER BY turns.organisation_id, turns.day,
                 strpos(homes.path, '/' || schemes.organisation_id || '/') DESC NULLS LAST, schemes.start DESC
    ) AS ruling
"""


def _lines(scope: Scope) -> str:
    """A fact's line is units × value, never cut. `seq` orders a member's lines by day, then key: a group's latest fact is its greatest.

    The key names year and member beside fact and item: a fact revised to another year or person leaves a line with each,
    so a scope always holds whole lines and no two settles ever number the same one.
    """
    return f"""
        SELECT row_number() OVER (ORDER BY facts.member_id, facts.day, facts.key, item.code) AS seq,
               md5(concat_ws('|', 'fact', %(year)s, member.uid, facts.key, item.code))::uuid AS line,
               {Entry.Kind.FACT.value}::smallint AS kind, facts.member_id, facts.organisation_id, item.id AS item_id, facts.id AS fact_id,
               category.code AS category, item.code AS code, NULL::date AS period_start, facts.day,
               extract(month FROM facts.day)::int AS month, (round(facts.units * item.value, 2) * 100)::int AS cents
        FROM facts
        JOIN reigns ON reigns.organisation_id = facts.organisation_id AND reigns.start <= facts.day AND reigns."end" > facts.day
        JOIN points_item item ON item.scheme_id = reigns.scheme_id AND item.fact_kind = facts.kind
             AND (item.classes = '{{}}' OR facts.member_class = ANY(item.classes))
        JOIN points_category category ON category.id = item.category_id
        JOIN members_member member ON member.id = facts.member_id {scope.having("member.id")}
        WHERE round(facts.units * item.value, 2) <> 0
    """


def _sums(level: Level, period: str, amounts: str) -> str:
    """The groups that may exceed: their sum is beyond the least cap any version sets for the code."""
    beyond = "abs(sum(amounts.cents))" if level.floors else "sum(amounts.cents)"
    return f"""
        SELECT amounts.member_id, caps.code, (amounts.month - 1) / {MONTHS[Period(period)]} AS at, sum(amounts.cents) AS total, max(amounts.seq) AS last
        FROM ({amounts}) AS amounts
        JOIN (SELECT code, min(cap) * 100 AS least FROM ({level.caps}) AS caps WHERE cap_period = '{period}' GROUP BY code) AS caps
          ON caps.code = amounts.{level.code}
        GROUP BY amounts.member_id, caps.code, (amounts.month - 1) / {MONTHS[Period(period)]}, caps.least
        HAVING {beyond} > caps.least
    """.replace("amounts.''", "''")


def _latest(sums: str) -> str:
    """The groups with their latest fact, of which an adjustment takes branch, day and category."""
    return f"""
        SELECT sums.at, sums.total, sums.code AS capped, latest.*
        FROM {sums} AS sums JOIN lines AS latest ON latest.seq = sums.last
    """


def _adjustments(scope: Scope, level: Level, period: str, groups: str) -> str:
    """What the cap of each group takes away (or, of a deduction, gives back), posted where and when its latest fact was.

    The cap is that of the version which, on the period's last day, rules the organisation of the group's latest fact.
    """
    months = MONTHS[Period(period)]
    amount = "least(caps.cap * 100 - latest.total, 0)" + (" + greatest(-caps.cap * 100 - latest.total, 0)" if level.floors else "")
    return f"""
        SELECT latest.seq,
               md5(concat_ws('|', 'cap', member.uid, latest.capped, '{period}', ends.start, {level.kind.value}))::uuid AS line,
               {level.kind.value}::smallint AS kind, latest.member_id, latest.organisation_id, caps.item_id, NULL::bigint AS fact_id,
               {"''" if level.kind == Entry.Kind.TOTAL_CAP else "latest.category"} AS category, latest.capped AS code, ends.start AS period_start,
               latest.day, latest.month, ({amount})::int AS cents
        FROM {groups} AS latest
        JOIN members_member AS member ON member.id = latest.member_id {scope.having("member.id")}
        CROSS JOIN LATERAL (
            SELECT make_date(%(year)s, latest.at * {months} + 1, 1) AS start,
                   (make_date(%(year)s, latest.at * {months} + 1, 1) + interval '{months} months -1 day')::date AS last
        ) AS ends
        JOIN reigns ON reigns.organisation_id = latest.organisation_id AND reigns.start <= ends.last AND reigns."end" > ends.last
        JOIN ({level.caps}) AS caps ON caps.scheme_id = reigns.scheme_id AND caps.code = latest.capped AND caps.cap_period = '{period}'
        WHERE {amount} <> 0
    """


def differences(scope: Scope) -> str:
    """What should stand less what stands, by line and all that a line says but its fact: a revision of equal worth is no difference.

    Needs `desired` before it. Adding up one column of both sides is cheaper than joining them.
    """
    alike = "line, kind, member_id, organisation_id, item_id, category, period_start, day"
    stands = f"FROM points_entry WHERE day BETWEEN %(first)s AND %(last)s {scope.having('member_id')}"
    return f"""
        SELECT moved.*, coalesce(numbered.posting, 0) AS posted
        FROM (
            SELECT {alike}, max(fact_id) AS fact_id, sum(cents) / 100.0 AS points
            FROM (SELECT {COLUMNS} FROM desired UNION ALL SELECT {COLUMNS.replace("cents", "(points * -100)::int")} {stands}) AS sides
            GROUP BY {alike}
            HAVING sum(cents) <> 0
        ) AS moved
        LEFT JOIN (SELECT line, max(posting) AS posting {stands} GROUP BY line) AS numbered USING (line)
    """
