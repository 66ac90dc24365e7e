"""等次 as SQL text: the grade of a total under a version, and the grades of many members for a quarter or a year.

`RUNGS` and `reached` turn totals of any source into grades, so a simulation grades by the same words as a page:

    WITH totals AS (SELECT member_id, scheme_id, is_full, points …), rungs AS ({RUNGS})
    SELECT … FROM totals LEFT JOIN rungs ON {reached(Period.YEAR, "totals.scheme_id", "totals.is_full", "totals.points")}
"""

from dataclasses import dataclass
from datetime import date, timedelta

from members.models import Member, MemberClass
from partyportal.core.days import quarter_of, quarter_words
from points.models import Period, QuarterCounts
from points.settlement.sources import published_schemes
from points.settlement.sql import reigning

# Every version's thresholds as a ladder for full and for probationary members: a rung holds from `since` up to `below`.
# Who has thresholds of their own is judged by them alone, else by those of all. The lowest threshold, when it is 0, also
# holds whoever was deducted below 0: nobody falls off the yellow list by losing more. Under a lowest threshold above 0
# there is a rung without a name (`id` null), from which one still reads what comes next.
RUNGS = """
    WITH steps AS (
        SELECT t.id, t.scheme_id, t.period, who.is_full, t.name, t.stars, t.on_list, t.at_least,
               lag(t.id) OVER ladder IS NULL AS is_lowest,
               coalesce(lead(t.at_least) OVER ladder, 'infinity'::numeric) AS below,
               lead(t.id) OVER ladder AS next_id
        FROM points_threshold t
        CROSS JOIN (VALUES (true, 'full'), (false, 'probationary')) AS who(is_full, own)
        WHERE t."of" = CASE WHEN EXISTS (
                  SELECT FROM points_threshold o WHERE o.scheme_id = t.scheme_id AND o.period = t.period AND o."of" = who.own
              ) THEN who.own ELSE 'all' END
        WINDOW ladder AS (PARTITION BY t.scheme_id, t.period, who.is_full ORDER BY t.at_least)
    )
    SELECT id, scheme_id, period, is_full, name, stars, on_list,
           CASE WHEN is_lowest AND at_least <= 0 THEN '-infinity'::numeric ELSE at_least END AS since, below, next_id
    FROM steps
    UNION ALL
    SELECT NULL, scheme_id, period, is_full, '', 0, '', '-infinity'::numeric, at_least, id FROM steps WHERE is_lowest AND at_least > 0
"""


def reached(period: str, scheme: str, is_full: str, points: str) -> str:
    """The condition joining `rungs` to a total: three column expressions of whatever holds the totals."""
    return (
        f"rungs.period = '{Period(period).value}' AND rungs.scheme_id = {scheme} AND rungs.is_full = {is_full}"
        f" AND {points} >= rungs.since AND {points} < rungs.below"
    )


def names_exempt(scheme: str) -> str:
    """Whether a version has an item of its own for the exempt: else it does not judge them. `scheme` is a column expression."""
    return f"EXISTS (SELECT FROM points_item i WHERE i.scheme_id = {scheme} AND '{MemberClass.Name.EXEMPT.value}' = ANY(i.classes))"


@dataclass(frozen=True)
class GradePeriod:
    """A quarter, or a year when `quarter` is None."""

    year: int
    quarter: int | None = None

    @classmethod
    def of(cls, day: date) -> "GradePeriod":
        """The quarter of a day."""
        return cls(day.year, quarter_of(day))

    @property
    def kind(self) -> str:
        return Period.QUARTER if self.quarter else Period.YEAR

    @property
    def first(self) -> date:
        return date(self.year, self.quarter * 3 - 2 if self.quarter else 1, 1)

    @property
    def last(self) -> date:
        month = self.quarter * 3 if self.quarter else 12
        return date(self.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    @property
    def before(self) -> "GradePeriod":
        """The one before, of the same length."""
        if self.quarter is None:
            return GradePeriod(self.year - 1)
        return GradePeriod(self.year, self.quarter - 1) if self.quarter > 1 else GradePeriod(self.year - 1, 4)

    @property
    def label(self) -> str:
        return f"{self.year} 年{quarter_words(self.quarter)}" if self.quarter else f"{self.year} 年"

    @property
    def value(self) -> str:
        """2026Q3 or 2026, as in addresses and file names."""
        return f"{self.year}Q{self.quarter}" if self.quarter else str(self.year)


def belonging(*, whose: str) -> str:
    """Who is judged, each once: those who belong to a 党支部 on the period's last day (`day`: of a running period, today), as what they are then.

    `whose` narrows `a`, the affiliation, and `m`, the member: of merged files the one that is kept.
    """
    return f"""
        SELECT DISTINCT ON (m.id) m.id AS member_id, a.organisation_id, coalesce(m.full_on <= %(day)s, false) AS is_full,
               coalesce(c.name, known.name, '') AS member_class
        FROM members_affiliation a
        JOIN members_member f ON f.id = a.member_id
        JOIN members_member m ON m.id = coalesce(f.merged_into_id, f.id)
        LEFT JOIN members_memberclass c ON c.member_id = m.id AND c.start <= %(day)s AND (c."end" IS NULL OR c."end" > %(day)s)
        LEFT JOIN LATERAL (
            SELECT name FROM members_memberclass WHERE member_id = m.id AND c.name IS NULL ORDER BY start LIMIT 1
        ) AS known ON true
        WHERE a.start <= %(day)s AND (a."end" IS NULL OR a."end" > %(day)s) AND m.standing <> '{Member.Standing.SUSPENDED.value}'
          AND {whose}
        ORDER BY m.id, a.start DESC
    """


def graded(period: GradePeriod, *, whose: str) -> str:
    """The pieces up to `graded`, as the body of a WITH clause: each member's total, version, rung and the rung above.

    Whoever is `belonging` is judged by the version that rules their 党支部 on the period's last day.
    Somebody exempt (70 and over, ill) is not judged, unless the version has an item that names the class.
    """
    quarter = f"s.quarter = {period.quarter}" if period.quarter else "true"
    to_date = f"s.quarter <= {period.quarter}" if period.quarter else "true"
    pieces = reigning("WHERE organisation_id IN (SELECT organisation_id FROM people)")
    reigns = ", ".join(f"{name} AS MATERIALIZED ({text})" for name, text in pieces)
    return f"""
        schemes AS ({published_schemes()}),
        people AS ({belonging(whose=whose)}),
        {reigns},
        ruled AS (
            SELECT r.organisation_id, r.scheme_id, s.quarter_counts,
                   {names_exempt("s.id")} AS names_exempt
            FROM reigns r JOIN points_scheme s ON s.id = r.scheme_id
            WHERE r.start <= %(last)s AND r."end" > %(last)s
        ),
        rungs AS MATERIALIZED ({RUNGS}),
        sums AS (
            SELECT s.member_id, sum(s.points) FILTER (WHERE {quarter}) AS alone, sum(s.points) FILTER (WHERE {to_date}) AS to_date
            FROM points_standing s WHERE s.year = %(year)s AND s.member_id IN (SELECT member_id FROM people) GROUP BY s.member_id
        ),
        totals AS MATERIALIZED ( -- or the planner, who thinks one organisation is ruled, joins a county anew for every rung
            SELECT people.*, ruled.scheme_id,
                   coalesce(CASE ruled.quarter_counts WHEN '{QuarterCounts.TO_DATE.value}' THEN sums.to_date ELSE sums.alone END, 0) AS points,
                   coalesce(people.member_class = '{MemberClass.Name.EXEMPT.value}' AND NOT ruled.names_exempt, false) AS is_exempt
            FROM people
            LEFT JOIN ruled ON ruled.organisation_id = people.organisation_id
            LEFT JOIN sums ON sums.member_id = people.member_id
        ),
        graded AS (
            SELECT totals.*, rungs.id AS threshold_id, coalesce(rungs.on_list, '') AS on_list, rungs.next_id
            FROM totals
            LEFT JOIN rungs ON NOT totals.is_exempt AND {reached(period.kind, "totals.scheme_id", "totals.is_full", "totals.points")}
        )
    """
