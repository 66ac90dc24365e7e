"""组织生活: the meeting, who was at it, and what is due."""

from education.models.meetings import Attendance, Meeting
from education.models.requirements import Requirement

__all__ = ["Attendance", "Meeting", "Requirement"]
