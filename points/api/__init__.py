"""API of points: the ledger line by line with its explanation, the standings, replay, the seals, the rules with their drafts, and awards."""

from points.api.awards import AwardViewSet
from points.api.drafts import DraftViewSet
from points.api.ledger import AccountViewSet, EntryViewSet, StandingViewSet
from points.api.replays import ReplayViewSet
from points.api.schemes import SchemeViewSet
from points.api.seals import SealViewSet

__all__ = [
    "AccountViewSet",
    "AwardViewSet",
    "DraftViewSet",
    "EntryViewSet",
    "ReplayViewSet",
    "SchemeViewSet",
    "SealViewSet",
    "StandingViewSet",
]
