"""API of organisation life."""

from education.api.checks import SpotCheckViewSet
from education.api.meetings import MeetingSerializer, MeetingViewSet, RequirementSerializer, RequirementViewSet
from education.api.rolls import ExclusionViewSet, LeaveViewSet

__all__ = [
    "ExclusionViewSet",
    "LeaveViewSet",
    "MeetingSerializer",
    "MeetingViewSet",
    "RequirementSerializer",
    "RequirementViewSet",
    "SpotCheckViewSet",
]
