"""Where the definition takes its facts and versions from: as they stand, as they were known on a day, or with a draft among them.

Posting, replay and simulation are the same definition over another pair of these.
"""

from datetime import date

from points.models import Scheme
from points.rules.kinds import LAST_YEAR, YEAR_BASE
from points.settlement.scope import Scope

_FACT = "f.id, f.key, f.kind, f.member_id, f.organisation_id, f.member_class, f.day, f.units, f.grade"


def standing_facts(scope: Scope) -> str:
    """The facts that hold now."""
    return f"""
        SELECT {_FACT} FROM members_fact f
        WHERE f.superseded_at IS NULL AND NOT f.is_void AND f.day BETWEEN %(first)s AND %(last)s {scope.having("f.member_id")}
    """


LAST_YEARS_POINTS = """
    SELECT member_id, greatest(sum(points), 0)::numeric(12, 2) AS units FROM points_standing WHERE year = %(year)s - 1 GROUP BY member_id
"""


def at_home(until: str) -> str:
    """Where each member was first at home from `first` to a day (a parameter's name), and as what."""
    return f"""
        members_member m
        JOIN LATERAL (
            SELECT a.organisation_id, greatest(a.start, %(first)s::date) AS day
            FROM members_affiliation a
            WHERE a.member_id = m.id AND a.start <= %({until})s AND (a."end" IS NULL OR a."end" > %(first)s)
            ORDER BY a.start LIMIT 1
        ) here ON true
        JOIN members_memberclass c ON c.member_id = m.id AND c.start <= here.day AND (c."end" IS NULL OR c."end" > here.day)
    """


def facts_as_if_opened(scope: Scope, draft: Scheme) -> str:
    """The facts that hold now, and those a year opens with of which the draft would be the first to ask: else nobody had a base in its trial."""
    asked = set(draft.items.filter(fact_kind__in=(YEAR_BASE, LAST_YEAR)).values_list("fact_kind", flat=True))
    return " UNION ALL ".join([standing_facts(scope), *(_opening(scope, kind) for kind in sorted(asked))])


def _opening(scope: Scope, kind: str) -> str:
    key = f"'{kind}:' || m.uid || ':' || %(year)s"
    units, joined, fits = "1::numeric", "", "m.standing = 'normal'"
    if kind == LAST_YEAR:
        units, joined, fits = "carried.units", f"JOIN ({LAST_YEARS_POINTS}) carried ON carried.member_id = m.id", "carried.units > 0"
    return f"""
        SELECT NULL::bigint, ({key}) COLLATE "C", '{kind}'::varchar COLLATE "C", m.id, here.organisation_id, c.name, here.day, {units}, '' COLLATE "C"
        FROM {at_home("last")} {joined}
        WHERE {fits} AND m.merged_into_id IS NULL {scope.having("m.id")}
          AND NOT EXISTS (SELECT FROM members_fact f WHERE f.key = ({key}) COLLATE "C")
    """


def known_facts(scope: Scope) -> str:
    """The facts that held at the moment `at`, in the revisions known then."""
    return f"""
        SELECT {_FACT} FROM members_fact f
        WHERE f.recorded_at <= %(at)s AND (f.superseded_at IS NULL OR f.superseded_at > %(at)s) AND NOT f.is_void
          AND f.day BETWEEN %(first)s AND %(last)s {scope.having("f.member_id")}
    """


def published_schemes() -> str:
    """The versions that rule now."""
    return "SELECT id, organisation_id, start FROM points_scheme WHERE published_at IS NOT NULL AND start <= %(last)s"


def known_schemes() -> str:
    """The versions published by the moment `at`."""
    return f"{published_schemes()} AND published_at <= %(at)s"


def schemes_with_draft() -> str:
    """The versions as if the draft ruled its organisation from its day on, whatever that organisation has published for later days."""
    return f"""
        {published_schemes()} AND NOT (organisation_id = %(draft_organisation)s AND start >= %(draft_start)s)
        UNION ALL SELECT %(draft)s::bigint, %(draft_organisation)s::bigint, %(draft_start)s::date
    """


def draft_params(draft: Scheme, start: date) -> dict:
    """What `schemes_with_draft` names. To try a draft on a year before its own, let it start with that year."""
    return {"draft": draft.pk, "draft_organisation": draft.organisation_id, "draft_start": start}
