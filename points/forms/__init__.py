"""Forms of points, by noun."""

from points.forms.awards import AwardForm, RefusalForm, ReportForm, RevocationForm

__all__ = ["AwardForm", "RefusalForm", "ReportForm", "RevocationForm"]
