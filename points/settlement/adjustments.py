"""What a period does to a sum: caps, ratios, the floor and vetoes, each a stage that sees what the stages before it have left.

A stage is three named queries: the groups it may touch (`…_sums`), those with their latest fact, of which an adjustment takes
branch, day and category (`…_latest`), and the adjustments. The version that rules is that of the organisation of the group's
latest fact on the period's last day. Beside what is posted an adjustment says why: the version, the period, the sum before, and what
bounds it (a cap or floor in hundredths of a point, a ratio in hundredths).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from points.models import Entry, Period
from points.settlement.cents import cents
from points.settlement.scope import Scope

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


@dataclass(frozen=True)
class Level:
    """One level of caps: which code a sum is made over, and where the cap of that code is written."""

    kind: Entry.Kind
    code: str  # of an amount
    caps: str  # SELECT scheme_id, code, cap, cap_period, item_id
    floors: bool  # whether the cap also bounds a deduction


ITEMS = Level(Entry.Kind.ITEM_CAP, "code", "SELECT scheme_id, code, cap, cap_period, id AS item_id FROM points_item", floors=True)
CATEGORIES = Level(
    Entry.Kind.CATEGORY_CAP,
    "category",
    "SELECT scheme_id, code, cap, cap_period, NULL::bigint AS item_id FROM points_category",
    floors=True,
)
TOTALS = Level(
    Entry.Kind.TOTAL_CAP,
    "''",
    "SELECT id AS scheme_id, '' AS code, cap, cap_period, NULL::bigint AS item_id FROM points_scheme",
    floors=False,
)

CATEGORY, TOTAL, GRADED = "category", "total", "graded"

# What the versions in play make use of, as (kind of adjustment, period or sum): what nobody uses is not written into the statement.
IN_USE = " UNION ".join(
    [
        f"SELECT {Entry.Kind.FACT.value} AS kind, '{GRADED}' AS of FROM points_itemgrade JOIN points_item item ON item.id = item_id WHERE item.scheme_id IN (SELECT id FROM schemes)",
        *(
            f"SELECT {level.kind.value}, cap_period FROM ({level.caps}) AS caps WHERE cap IS NOT NULL AND scheme_id IN (SELECT id FROM schemes)"
            for level in (ITEMS, CATEGORIES, TOTALS)
        ),
        f"SELECT {Entry.Kind.MULTIPLIER.value}, CASE WHEN category_id IS NULL THEN '{TOTAL}' ELSE '{CATEGORY}' END "
        "FROM points_multiplier WHERE scheme_id IN (SELECT id FROM schemes)",
        f"SELECT {Entry.Kind.FLOOR.value}, '{CATEGORY}' FROM points_category WHERE floor IS NOT NULL AND scheme_id IN (SELECT id FROM schemes)",
        f"SELECT {Entry.Kind.FLOOR.value}, '{TOTAL}' FROM points_scheme WHERE floor IS NOT NULL AND id IN (SELECT id FROM schemes)",
        f"SELECT {Entry.Kind.VETO.value}, '{TOTAL}' FROM points_item WHERE is_veto AND scheme_id IN (SELECT id FROM schemes)",
    ]
)


@dataclass(frozen=True)
class Stage:
    """A stage by its name in the statement, with the facts it asks beside the sums, and its two queries over what came before."""

    name: str
    told: str  # the piece it reads facts from, "" for none
    sums: str  # of {amounts}
    adjustments: str  # of {groups}


def stages(scope: Scope, used: set[tuple[int, str]], *, every_group: bool = False) -> Iterator[Stage]:
    """The stages the versions in play need, in the order in which they reckon: docs/rules.md says it in words.

    With `every_group` the groups a cap did not touch are there too, each with its cap and 0: for whoever asks how much room is left.
    """
    for level in (ITEMS, CATEGORIES):
        yield from _caps(scope, level, used, every_group)
    if (Entry.Kind.FLOOR.value, CATEGORY) in used:
        yield _floor(scope, CATEGORY)
    for of in (CATEGORY, TOTAL):
        if (Entry.Kind.MULTIPLIER.value, of) in used:
            yield _ratio(scope, of)
    yield from _caps(scope, TOTALS, used, every_group)
    if (Entry.Kind.FLOOR.value, TOTAL) in used:
        yield _floor(scope, TOTAL)
    if (Entry.Kind.VETO.value, TOTAL) in used:
        yield _veto(scope)


# The facts some stages ask. One told later in the year replaces the ones before.
TOLD = {
    "ratios": """
        SELECT DISTINCT ON (member_id, kind) member_id, kind, id AS fact_id, grade, units FROM facts
        WHERE kind IN (SELECT fact_kind FROM points_multiplier WHERE scheme_id IN (SELECT id FROM schemes))
        ORDER BY member_id, kind, day DESC, key DESC
    """,
    # The first one of the year speaks; it is judged by the version and the class of its own day.
    "vetoes": """
        SELECT DISTINCT ON (facts.member_id) facts.member_id, facts.id AS fact_id, item.id AS item_id
        FROM facts
        JOIN reigns ON reigns.organisation_id = facts.organisation_id AND reigns.start <= facts.day AND reigns."end" > facts.day
        JOIN points_item item ON item.scheme_id = reigns.scheme_id AND item.fact_kind = facts.kind AND item.is_veto
             AND (item.classes = '{}' OR facts.member_class = ANY(item.classes))
        ORDER BY facts.member_id, facts.day, facts.key, item.code
    """,
}


def latest(sums: str) -> str:
    """The groups with their latest fact."""
    return f"SELECT sums.at, sums.total, sums.code AS capped, latest.* FROM {sums} AS sums JOIN lines AS latest ON latest.seq = sums.last"


def _caps(scope: Scope, level: Level, used: set[tuple[int, str]], every_group: bool) -> Iterator[Stage]:
    """A level's caps, the shorter period first."""
    for period in MONTHS:
        if (level.kind.value, period.value) in used:
            yield Stage(
                f"{level.kind.name.lower()}_{period.value}",
                "",
                _cap_sums(level, period, every_group),
                _cap(scope, level, period, every_group),
            )


def _cap_sums(level: Level, period: Period, every_group: bool) -> str:
    """The groups that may exceed: their sum is beyond the least cap any version in play sets for the code."""
    at = f"(amounts.month - 1) / {MONTHS[period]}"
    beyond = "abs(sum(amounts.cents))" if level.floors else "sum(amounts.cents)"
    code = level.code if level.code == "''" else f"amounts.{level.code}"
    return f"""
        SELECT amounts.member_id, caps.code, {at} AS at, sum(amounts.cents) AS total, max(amounts.seq) AS last
        FROM ({{amounts}}) AS amounts
        JOIN (
            SELECT code, min(cap) * 100 AS least FROM ({level.caps}) AS caps
            WHERE cap_period = '{period.value}' AND scheme_id IN (SELECT id FROM schemes) GROUP BY code
        ) AS caps ON caps.code = {code}
        GROUP BY amounts.member_id, caps.code, {at}, caps.least
        {"" if every_group else f"HAVING {beyond} > caps.least"}
    """


def _cap(scope: Scope, level: Level, period: Period, every_group: bool) -> str:
    """What the cap of each group takes away or, of a deduction, gives back."""
    months = MONTHS[period]
    amount = "least(caps.cap * 100 - latest.total, 0)" + (" + greatest(-caps.cap * 100 - latest.total, 0)" if level.floors else "")
    return f"""
        SELECT latest.seq,
               md5(concat_ws('|', 'cap', member.uid, latest.capped, '{period.value}', ends.start, {level.kind.value}))::uuid AS line,
               {level.kind.value}::smallint AS kind, latest.member_id, latest.organisation_id, caps.item_id, NULL::bigint AS fact_id,
               {"''" if level is TOTALS else "latest.category"} AS category, latest.capped AS code, ends.start AS period_start,
               latest.day, latest.month, {cents(amount)} AS cents,
               reigns.scheme_id, '{period.value}' AS period, (caps.cap * 100)::int AS bound, latest.total::bigint AS before
        FROM {{groups}} AS latest
        JOIN members_member AS member ON member.id = latest.member_id {scope.having("member.id")}
        CROSS JOIN LATERAL (
            SELECT make_date(%(year)s, latest.at * {months} + 1, 1) AS start,
                   (make_date(%(year)s, latest.at * {months} + 1, 1) + interval '{months} months -1 day')::date AS last
        ) AS ends
        JOIN reigns ON reigns.organisation_id = latest.organisation_id AND reigns.start <= ends.last AND reigns."end" > ends.last
        JOIN ({level.caps}) AS caps ON caps.scheme_id = reigns.scheme_id AND caps.code = latest.capped AND caps.cap_period = '{period.value}'
        {"" if every_group else f"WHERE {amount} <> 0"}
    """


def _ratio(scope: Scope, of: str) -> Stage:
    """The year's sum times a ratio: the fact's grade picks it where grades are written, else the fact's units are it."""
    code, written, by = ("amounts.category", "category.code", ", amounts.category") if of == CATEGORY else ("''", "''", "")
    sums = f"""
        SELECT amounts.member_id, {code} AS code, 0 AS at, sum(amounts.cents) AS total, max(amounts.seq) AS last
        FROM ({{amounts}}) AS amounts WHERE amounts.member_id IN (SELECT member_id FROM ratios)
        GROUP BY amounts.member_id{by} HAVING sum(amounts.cents) <> 0
    """
    facts = f"""
        JOIN ratios ON ratios.member_id = latest.member_id
        JOIN (
            SELECT multiplier.id, multiplier.scheme_id, multiplier.fact_kind, {written} AS code,
                   EXISTS (SELECT FROM points_multipliergrade WHERE multiplier_id = multiplier.id) AS is_graded
            FROM points_multiplier AS multiplier
            LEFT JOIN points_category AS category ON category.id = multiplier.category_id
            WHERE multiplier.category_id IS {"NOT NULL" if of == CATEGORY else "NULL"}
        ) AS written ON written.scheme_id = reigns.scheme_id AND written.code = latest.capped AND written.fact_kind = ratios.kind
        LEFT JOIN points_multipliergrade AS grade ON grade.multiplier_id = written.id AND grade.code = ratios.grade
        CROSS JOIN LATERAL (SELECT CASE WHEN written.is_graded THEN coalesce(grade.ratio, 1) ELSE ratios.units END AS ratio) AS times
        CROSS JOIN LATERAL (
            SELECT {cents("round(latest.total * times.ratio) - latest.total")} AS cents, (times.ratio * 100)::int AS bound
        ) AS amount
    """
    category = "latest.capped" if of == CATEGORY else "''"
    return Stage(f"ratio_{of}", "ratios", sums, _of_the_year(scope, Entry.Kind.MULTIPLIER, facts, category=category, fact="ratios.fact_id"))


def _floor(scope: Scope, of: str) -> Stage:
    """The year's sum, of a category or in total, is brought up to the floor."""
    if of == CATEGORY:
        code, by, category = "amounts.category", ", amounts.category", "latest.capped"
        floors = "SELECT scheme_id, code, floor FROM points_category WHERE floor IS NOT NULL"
    else:
        code, by, category = "''", "", "''"
        floors = "SELECT id AS scheme_id, '' AS code, floor FROM points_scheme WHERE floor IS NOT NULL"
    sums = f"""
        SELECT amounts.member_id, {code} AS code, 0 AS at, sum(amounts.cents) AS total, max(amounts.seq) AS last
        FROM ({{amounts}}) AS amounts
        GROUP BY amounts.member_id{by}
        HAVING sum(amounts.cents) < (SELECT max(floor) * 100 FROM ({floors}) AS floors WHERE scheme_id IN (SELECT id FROM schemes))
    """
    facts = f"""
        JOIN ({floors}) AS written ON written.scheme_id = reigns.scheme_id AND written.code = latest.capped
        CROSS JOIN LATERAL (
            SELECT {cents("greatest(written.floor * 100 - latest.total, 0)")} AS cents, (written.floor * 100)::int AS bound
        ) AS amount
    """
    return Stage(f"floor_{of}", "", sums, _of_the_year(scope, Entry.Kind.FLOOR, facts, category=category))


def _veto(scope: Scope) -> Stage:
    """A veto takes the year's total to nothing; it never raises one that is below."""
    sums = """
        SELECT amounts.member_id, '' AS code, 0 AS at, sum(amounts.cents) AS total, max(amounts.seq) AS last
        FROM ({amounts}) AS amounts WHERE amounts.member_id IN (SELECT member_id FROM vetoes)
        GROUP BY amounts.member_id HAVING sum(amounts.cents) > 0
    """
    facts = f"""
        JOIN vetoes ON vetoes.member_id = latest.member_id
        CROSS JOIN LATERAL (SELECT {cents("-latest.total")} AS cents, 0 AS bound) AS amount
    """
    return Stage("veto", "vetoes", sums, _of_the_year(scope, Entry.Kind.VETO, facts, item="vetoes.item_id", fact="vetoes.fact_id"))


def _of_the_year(
    scope: Scope, kind: Entry.Kind, facts: str, *, category: str = "''", item: str = "NULL::bigint", fact: str = "NULL::bigint"
) -> str:
    """An adjustment of a year's sum, one a member and category; `facts` joins what it is reckoned from and gives `amount.cents` and `amount.bound`."""
    return f"""
        SELECT latest.seq, md5(concat_ws('|', '{kind.name.lower()}', member.uid, latest.capped, %(year)s))::uuid AS line,
               {kind.value}::smallint AS kind, latest.member_id, latest.organisation_id, {item} AS item_id, {fact} AS fact_id,
               {category} AS category, latest.capped AS code, make_date(%(year)s, 1, 1) AS period_start, latest.day, latest.month, amount.cents,
               reigns.scheme_id, '{Period.YEAR.value}' AS period, amount.bound, latest.total::bigint AS before
        FROM {{groups}} AS latest
        JOIN members_member AS member ON member.id = latest.member_id {scope.having("member.id")}
        JOIN reigns ON reigns.organisation_id = latest.organisation_id AND reigns.start <= %(last)s AND reigns."end" > %(last)s
        {facts}
        WHERE amount.cents <> 0
    """
