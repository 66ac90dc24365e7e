"""API of points: the ledger line by line with its explanation, the standings, the rules, and awards."""

from points.api.awards import AwardViewSet
from points.api.ledger import AccountViewSet, EntryViewSet, StandingViewSet
from points.api.schemes import SchemeViewSet

__all__ = ["AccountViewSet", "AwardViewSet", "EntryViewSet", "SchemeViewSet", "StandingViewSet"]
