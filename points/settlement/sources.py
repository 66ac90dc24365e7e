"""Where the definition takes its facts and versions from: as they stand, as they were known on a day, or with a draft among them.

Posting, replay and simulation are the same definition over another pair of these.
"""

from datetime import date

from points.models import Scheme
from points.settlement.scope import Scope

_FACT = "f.id, f.key, f.kind, f.member_id, f.organisation_id, f.member_class, f.day, f.units, f.grade"


def standing_facts(scope: Scope) -> str:
    """The facts that hold now."""
    return f"""
        SELECT {_FACT} FROM members_fact f
        WHERE f.superseded_at IS NULL AND NOT f.is_void AND f.day BETWEEN %(first)s AND %(last)s {scope.having("f.member_id")}
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
