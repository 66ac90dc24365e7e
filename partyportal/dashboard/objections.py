"""Until when a member may object to a quarter: `settings.OBJECTION_UNTIL` names this, for points knows no 公示."""

from datetime import date

from points.publicity.models import Publication


def objection_until(branch_id: int, year: int, quarter: int) -> date | None:
    """The last day of the branch's 公示 of the quarter; None while it is not published."""
    return Publication.objects.filter(organisation=branch_id, year=year, quarter=quarter).values_list("until", flat=True).first()
