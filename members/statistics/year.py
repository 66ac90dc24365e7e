"""What happened to a subtree's membership in a year, and who stood there at its end: three statements.

A *spell* is a time during which a person counted under the organisation: at home in a branch that hung there, 党籍 not stopped.
Spells are multiranges, so a move inside the subtree neither ends nor begins one, and by their nature
those at the opening + those that began − those that ended = those at the closing.
"""

from dataclasses import dataclass
from datetime import date

from branches.models import Organisation
from members.statistics.days import is_wide
from members.statistics.people import AT_HOME, AT_HOME_BY_UNIT, NO_DAY, NOBODY, Tally, count

# Why a spell began and ended; the code is Affiliation's reason where there is one.
INCREASES = (
    ("admitted", "发展党员"),
    ("restored", "恢复党籍"),
    ("transferred_in", "由县外转入"),
    ("moved", "由县内其他党组织转入"),
    ("reorganised", "组织调整划入"),
    ("opening", "首次登记"),
    ("corrected", "更正误登"),
)
DECREASES = (
    ("transferred_out", "转往县外"),
    ("moved", "转到县内其他党组织"),
    ("died", "去世"),
    ("removed", "除名"),
    ("expelled", "开除党籍"),
    ("withdrew", "退党"),
    ("cancelled", "取消预备党员资格"),
    ("stopped", "停止党籍"),
    ("reorganised", "组织调整划出"),
    ("merged", "重复档案并入"),
    ("undone", "撤销导入"),
)
OUT_OF_PARTY = ("withdrew", "removed", "expelled", "cancelled")

_SPELLS = """
    WITH scope AS (
        SELECT s.organisation_id, daterange(s.start, s."end") * daterange(top.start, top."end") AS days
        FROM branches_organisationspan top
        JOIN branches_organisationspan s
            ON starts_with(s.path, top.path) AND daterange(s.start, s."end") && daterange(top.start, top."end")
        WHERE top.organisation_id = %(organisation)s
    ), home AS (
        SELECT a.member_id, range_agg(daterange(a.start, a."end") * scope.days) AS days
        FROM members_affiliation a JOIN scope USING (organisation_id)
        WHERE daterange(a.start, a."end") && scope.days
        GROUP BY a.member_id
    ), stopped AS (
        SELECT x.member_id, range_agg(daterange(x.start, x."end")) AS days FROM members_suspension x GROUP BY x.member_id
    ), spell AS (
        SELECT home.member_id, unnest(home.days - COALESCE(stopped.days, '{}'::datemultirange)) AS days
        FROM home LEFT JOIN stopped USING (member_id)
    ), began AS (
        SELECT member_id, lower(days) AS day FROM spell WHERE lower(days) > %(opening)s AND lower(days) <= %(closing)s
    ), ended AS (
        SELECT member_id, upper(days) AS day FROM spell WHERE upper(days) > %(opening)s AND upper(days) <= %(closing)s
    )
"""
# The day a person is described on: the first of a spell that began, the last of one that ended.
_FLOWS = (
    _SPELLS
    + """
    SELECT began.day, began.member_id, 0 AS organisation_id, '' AS branch, 'in:' || CASE
            WHEN x.id IS NOT NULL THEN 'restored'
            WHEN a.reason = 'opening' AND m.joined_on = began.day THEN 'admitted'
            ELSE COALESCE(a.reason, 'reorganised') END AS label
    FROM began JOIN members_member m ON m.id = began.member_id
    LEFT JOIN members_affiliation a ON a.member_id = began.member_id AND a.start = began.day
    LEFT JOIN members_suspension x ON x.member_id = began.member_id AND x."end" = began.day AND x.outcome = 'restored'
    UNION ALL
    SELECT ended.day - 1, ended.member_id, 0, '', 'out:' || CASE
            WHEN x.id IS NOT NULL THEN 'stopped' ELSE COALESCE(a.end_reason, 'reorganised') END
    FROM ended
    LEFT JOIN members_affiliation a ON a.member_id = ended.member_id AND a."end" = ended.day
    LEFT JOIN members_suspension x ON x.member_id = ended.member_id AND x.start = ended.day
    UNION ALL
    SELECT a."end" - 1, a.member_id, 0, '', 'left:' || a.end_reason
    FROM members_affiliation a JOIN scope ON scope.organisation_id = a.organisation_id AND scope.days @> (a."end" - 1)
    WHERE a."end" > %(opening)s AND a."end" <= %(closing)s AND a.end_reason = ANY(%(out)s)
    UNION ALL
    SELECT m.full_on, m.id, 0, '', 'full'
    FROM spell JOIN members_member m ON m.id = spell.member_id AND spell.days @> m.full_on
    WHERE m.category = 'full' AND m.full_on > %(opening)s AND m.full_on <= %(closing)s
    UNION ALL
    SELECT %(closing)s::date, m.id, 0, '', 'undecided'
    FROM spell JOIN members_member m ON m.id = spell.member_id AND spell.days @> %(closing)s::date
    WHERE NOT (m.category = 'full' AND m.full_on <= %(closing)s) AND m.joined_on + interval '1 year' <= %(closing)s
"""
)

Told = dict[tuple[str, str], Tally]  # (trait, key) → tally


@dataclass(frozen=True)
class Year:
    """A year of a subtree: how many at both ends, what happened between, and who they were at the end."""

    organisation: Organisation
    year: int
    opening: date
    closing: date
    before: Tally
    flows: dict[str, Told]  # "in:admitted", "out:died", "left:removed", "full", "undecided"
    units: dict[str, Told]  # the branches' unit type → who was there at the end

    @property
    def after(self) -> Tally:
        return self.at_end("", "")

    def at_end(self, trait: str, key: str) -> Tally:
        """Those of one cell at the end, whatever the unit."""
        return sum((told.get((trait, key), NOBODY) for told in self.units.values()), NOBODY)

    def flow(self, label: str, trait: str = "", key: str = "") -> Tally:
        return self.flows.get(label, {}).get((trait, key), NOBODY)

    @property
    def gained(self) -> Tally:
        return sum((self.flow(f"in:{code}") for code, _ in INCREASES), NOBODY)

    @property
    def lost(self) -> Tally:
        return sum((self.flow(f"out:{code}") for code, _ in DECREASES), NOBODY)

    @property
    def balances(self) -> bool:
        return self.before.count + self.gained.count - self.lost.count == self.after.count


def year_of(organisation: Organisation, year: int, *, today: date) -> Year:
    """A year up to its last day, the running one up to today. Whose 党籍 is stopped is not counted."""
    opening, closing = date(year - 1, 12, 31), min(date(year, 12, 31), today)
    wide = is_wide(organisation)
    before = count(AT_HOME, [[opening], organisation.pk], traits=[], counted=True, wide=wide)
    after = count(
        AT_HOME_BY_UNIT,
        [[closing], organisation.pk],
        traits=["age", "education", "occupation", "era", "category"],
        counted=True,
        wide=wide,
    )
    asked = {"organisation": organisation.pk, "opening": opening, "closing": closing, "out": list(OUT_OF_PARTY)}
    flows = count(_FLOWS, asked, traits=["age", "education", "occupation"], whole=True)
    return Year(
        organisation=organisation,
        year=year,
        opening=opening,
        closing=closing,
        before=before.get((opening, ""), {}).get(("", ""), NOBODY),
        flows={label: told for (day, label), told in flows.items() if day == NO_DAY},
        units={label: told for (_, label), told in after.items()},
    )
