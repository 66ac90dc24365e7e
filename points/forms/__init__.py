"""Forms of points, by noun."""

from points.forms.awards import AwardForm, RefusalForm

__all__ = ["AwardForm", "RefusalForm"]
