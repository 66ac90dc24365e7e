"""The one statement behind every statistic: people as they were on a day, and how many share a trait.

It starts from seats, a SELECT of (day, member_id, organisation_id, branch, label): whom to look at, on which day. `branch`
is the path of the organisation below the one in view, "" for itself; `label` says why somebody is looked at. The rest
follows for all seats at once, set-based.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from members.rules.ages import NO_PROBATION
from members.statistics.traits import MEASURES, TRAIT
from partyportal.core.planner import read_whole

_FULL_SINCE = f"(CASE WHEN m.joined_on BETWEEN '{NO_PROBATION[0]}' AND '{NO_PROBATION[1]}' THEN m.joined_on ELSE m.full_on END)"

# A past row holds until the day before its end; the one before it ended where it begins. What no past row covers, the member's
# own row says. A class not yet kept that day is the earliest known, as in selectors.days.
# The classes are looked through only where somebody asks for them; ages are between plain days, not moments in a time zone.
_CLASS = """COALESCE(
            kept.name, (SELECT first.name FROM members_memberclass first WHERE first.member_id = m.id ORDER BY first.start LIMIT 1), 'village'
        ) AS class,"""
_KEPT_CLASS = """LEFT JOIN members_memberclass kept
        ON kept.member_id = m.id AND kept.start <= seat.day AND (kept."end" IS NULL OR kept."end" > seat.day)"""


def _person(traits: Iterable[str]) -> str:
    """Everybody of the seats with what these traits are told from."""
    by_class = "member_class" in traits
    return f"""
    SELECT seat.day, seat.label, seat.branch, seat.organisation_id, m.id AS member_id, m.joined_on,
        COALESCE(past.sex, m.sex) AS sex, COALESCE(past.ethnicity, m.ethnicity) AS ethnicity,
        COALESCE(past.education, m.education) AS education, COALESCE(past.post, m.post) AS post,
        COALESCE(past.is_mobile, m.is_mobile) AS is_mobile, COALESCE(past.is_lost, m.is_lost) AS is_lost,
        date_part('year', age(seat.day::timestamp, COALESCE(past.birth_on, m.birth_on)::timestamp)) AS age,
        m.category = 'full' AND m.full_on <= seat.day AS is_full,
        date_part('year', age(seat.day::timestamp, {_FULL_SINCE}::timestamp)) AS party_age,
        {_CLASS if by_class else ""}
        stop.id IS NOT NULL AS is_suspended
    FROM seat
    JOIN members_member m ON m.id = seat.member_id
    LEFT JOIN (
        SELECT p.*, lag(p."end") OVER (PARTITION BY p.member_id ORDER BY p."end") AS start FROM members_memberpast p
    ) past ON past.member_id = m.id AND seat.day < past."end" AND (past.start IS NULL OR seat.day >= past.start)
    LEFT JOIN members_suspension stop
        ON stop.member_id = m.id AND stop.start <= seat.day AND (stop."end" IS NULL OR stop."end" > seat.day)
    {_KEPT_CLASS if by_class else ""}
    OFFSET 0 -- a fence: an age is worked out once, not for each band it is held against
    """


# Who was at home under an organisation on each of some days, as the tree then was; `label` may be any column of the branch.
_AT_HOME = """
    SELECT asked.day, a.member_id, a.organisation_id, substr(s.path, length(top.path) + 1) AS branch, {label} AS label
    FROM unnest(%s::date[]) AS asked(day)
    JOIN branches_organisationspan top
        ON top.organisation_id = %s AND top.start <= asked.day AND (top."end" IS NULL OR top."end" > asked.day)
    JOIN branches_organisationspan s
        ON starts_with(s.path, top.path) AND s.start <= asked.day AND (s."end" IS NULL OR s."end" > asked.day)
    JOIN members_affiliation a
        ON a.organisation_id = s.organisation_id AND a.start <= asked.day AND (a."end" IS NULL OR a."end" > asked.day)
    JOIN branches_organisation o ON o.id = s.organisation_id
"""
AT_HOME = _AT_HOME.format(label="''")
AT_HOME_BY_UNIT = _AT_HOME.format(label="o.unit_type")


@dataclass(frozen=True)
class Tally:
    """How many people, and of them how many of each measure."""

    count: int = 0
    of: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, measure: str) -> int:
        if measure.startswith("_") or measure not in _MEASURED:
            raise AttributeError(measure)
        return self.of.get(measure, 0)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.count + other.count, {code: self.of.get(code, 0) + other.of.get(code, 0) for code in {*self.of, *other.of}})

    @property
    def men(self) -> int:
        return self.count - self.of.get("women", 0)


_MEASURED = frozenset(code for code, _, _ in MEASURES)
NOBODY = Tally()
NO_DAY = date.min

# (day, label) → (trait, key) → tally; the trait "" is everybody, "branch" the organisation below.
Counts = dict[tuple[date, str], dict[tuple[str, str], Tally]]


def count(
    seats: str,
    params: Sequence,
    *,
    traits: Sequence[str],
    below: bool = False,
    counted: bool = False,
    wide: bool = False,
    whole: bool = False,
) -> Counts:
    """Tallies by day and label, over all and by each trait: one statement.

    With `whole` the seats' many days are one period, told under its NO_DAY.

    `below` also divides by the organisation under the one in view; `counted` leaves out whose 党籍 is stopped;
    `wide` says that most of the county is asked for.
    """
    columns = {code: TRAIT[code].sql for code in traits}
    if below:
        columns["below"] = "split_part(branch, '/', 1)"
    sets = ", ".join(["()", *(f"({name})" for name in _names(columns))])
    sql = f"""
        WITH seat AS ({seats}), person AS ({_person(traits)}),
        told AS (
            SELECT {"NULL::date AS day" if whole else "day"}, label, {"".join(f"{expression} AS t_{code}, " for code, expression in columns.items())}
                {", ".join(f"({condition}) AS is_{code}" for code, _, condition in MEASURES)}
            FROM person {"WHERE NOT is_suspended" if counted else ""}
        )
        SELECT day, label, {"".join(f"{name}, GROUPING({name}), " for name in _names(columns))} count(*),
            {", ".join(f"count(*) FILTER (WHERE is_{code})" for code, _, _ in MEASURES)}
        FROM told GROUP BY day, label, GROUPING SETS ({sets})
    """
    with read_whole(wide), connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    counts: Counts = {}
    for day, label, *rest in rows:
        told, figures = rest[: 2 * len(columns)], rest[2 * len(columns) :]
        key = next(((code, told[2 * at]) for at, code in enumerate(columns) if told[2 * at + 1] == 0), ("", ""))
        tally = Tally(figures[0], dict(zip((code for code, _, _ in MEASURES), figures[1:], strict=True)))
        counts.setdefault((day or NO_DAY, label), {})[key] = tally
    return counts


def _names(columns) -> list[str]:
    return [f"t_{code}" for code in columns]


def members_of(trait: str, key: str, *, day: date, organisation_id: int) -> tuple[str, list]:
    """The ids behind one cell, as SQL for `id IN (…)`: the same statement, the same expression, so it holds as many as the figure says."""
    where = "split_part(branch, '/', 1) = %s" if trait == "below" else f"({TRAIT[trait].sql}) = %s" if trait else "%s = ''"
    return f"WITH seat AS ({AT_HOME}), person AS ({_person([trait])}) SELECT member_id FROM person WHERE {where}", [
        [day],
        organisation_id,
        key,
    ]
