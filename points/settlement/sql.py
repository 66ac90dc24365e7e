"""What should stand in the ledger, as SQL text: facts × scheme in force → lines, then what periods do to their sums.

Every piece is a named query over the pieces before it, so that one text serves posting, simulation and replay: they
differ in the two sources (points/settlement/sources.py) and in what is done with `desired`.
docs/rules.md gives the rules in words, tests/points/oracle.py the same definition again in slow, plain Python.
"""

from django.db import connection

from points.models import Entry
from points.settlement.adjustments import GRADED, IN_USE, TOLD, latest, stages
from points.settlement.cents import cents
from points.settlement.scope import Scope
from points.settlement.sources import published_schemes, standing_facts

# Columns of a row that should stand, the same for a fact's line and for an adjustment. Sums are made in hundredths of a
# point: adding integers costs a third of adding numerics, in time and in memory.
COLUMNS = "line, kind, member_id, organisation_id, item_id, fact_id, category, period_start, day, cents"
# Of an adjustment, why it is what it is.
REASONS = "line, kind, member_id, fact_id, category, code, period_start, cents, scheme_id, period, bound, before"


def desired(
    scope: Scope, *, facts: str | None = None, schemes: str | None = None, params: dict | None = None, every_group: bool = False
) -> str:
    """The pieces from the sources to `desired`, and `reasons` of its adjustments, as the body of a WITH clause.

    `params` are those the given sources name beside the scope's own. With `every_group`, `reasons` also tells of the caps that took
    nothing (and `desired` holds rows of 0): it is for reading alone.
    """
    schemes = schemes or published_schemes()
    used = in_use(schemes, scope.params | (params or {}))
    pieces = [
        ("facts", facts or standing_facts(scope)),
        ("schemes", schemes),
        *reigning("" if scope.members is None else "WHERE organisation_id IN (SELECT organisation_id FROM facts)"),
        ("lines", _lines(scope, graded=(Entry.Kind.FACT.value, GRADED) in used)),
    ]
    amounts, steps = ["SELECT seq, member_id, month, category, code, cents FROM lines"], []
    for stage in stages(scope, used, every_group=every_group):
        if stage.told and stage.told not in dict(pieces):
            pieces.append((stage.told, TOLD[stage.told]))
        pieces += [
            (f"{stage.name}_sums", stage.sums.replace("{amounts}", " UNION ALL ".join(amounts))),
            (f"{stage.name}_latest", latest(f"{stage.name}_sums")),
            (stage.name, stage.adjustments.replace("{groups}", f"{stage.name}_latest")),
        ]
        amounts.append(f"SELECT seq, member_id, month, category, code, cents FROM {stage.name}")
        steps.append(stage.name)
    rows = [f"SELECT {COLUMNS} FROM {name}" for name in ["lines", *steps]]
    pieces.append(("desired", " UNION ALL ".join(rows)))
    pieces.append(("reasons", " UNION ALL ".join(f"SELECT {REASONS} FROM {name}" for name in steps) or _NO_REASONS))
    # Read more than once, or better not mixed into what reads them: first the few groups beyond a cap, then what becomes of them.
    once = {"reigns", "lines", *TOLD, *steps, *(f"{name}_latest" for name in steps)}
    return ",\n".join(f"{name} AS {'MATERIALIZED ' if name in once else ''}({text})" for name, text in pieces)


# Where no version adjusts anything: the same columns, of the same types.
_NO_REASONS = f"""
    SELECT {REASONS} FROM (
        SELECT line, kind, member_id, fact_id, category, code, period_start, cents,
               NULL::bigint AS scheme_id, '' AS period, 0 AS bound, 0 AS before
        FROM lines
    ) AS none WHERE false
"""


def in_use(schemes: str, params: dict) -> set[tuple[int, str]]:
    """What the versions of a source make use of: see `adjustments.IN_USE`."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH schemes AS ({schemes}) {IN_USE}", params)
        return set(cursor.fetchall())


def reigning(known: str) -> list[tuple[str, str]]:
    """The pieces from `schemes` to `reigns`, which version rules an organisation from day to day, of the organisations `known` keeps."""
    return [("homes", _homes(known)), ("turns", _TURNS), ("reigns", _REIGNS)]


def ruling() -> str:
    """The version that rules one organisation on a day (`organisation`, `last`), from the very pieces a settle is made of."""
    pieces = [("schemes", published_schemes()), *reigning("WHERE organisation_id = %(organisation)s")]
    return f"""
        WITH {", ".join(f"{name} AS ({text})" for name, text in pieces)}
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


def _lines(scope: Scope, *, graded: bool) -> str:
    """A fact's line is units × value, never cut. `seq` orders a member's lines by day, then key: a group's latest fact is its greatest.

    The key names year and member beside fact and item: a fact revised to another year or person leaves a line with each,
    so a scope always holds whole lines and no two settles ever number the same one.
    """
    value = "coalesce(grade.value, item.value)" if graded else "item.value"
    grade = "LEFT JOIN points_itemgrade AS grade ON grade.item_id = item.id AND grade.code = facts.grade" if graded else ""
    return f"""
        SELECT row_number() OVER (ORDER BY facts.member_id, facts.day, facts.key, item.code) AS seq,
               md5(concat_ws('|', 'fact', %(year)s, member.uid, facts.key, item.code))::uuid AS line,
               {Entry.Kind.FACT.value}::smallint AS kind, facts.member_id, facts.organisation_id, item.id AS item_id, facts.id AS fact_id,
               category.code AS category, item.code AS code, NULL::date AS period_start, facts.day,
               extract(month FROM facts.day)::int AS month, {cents(f"round(facts.units * {value}, 2) * 100")} AS cents
        FROM facts
        JOIN reigns ON reigns.organisation_id = facts.organisation_id AND reigns.start <= facts.day AND reigns."end" > facts.day
        JOIN points_item item ON item.scheme_id = reigns.scheme_id AND item.fact_kind = facts.kind
             AND (item.classes = '{{}}' OR facts.member_class = ANY(item.classes))
        JOIN points_category category ON category.id = item.category_id
        {grade}
        JOIN members_member member ON member.id = facts.member_id {scope.having("member.id")}
        WHERE round(facts.units * {value}, 2) <> 0
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
