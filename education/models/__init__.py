"""组织生活: the meeting, who was at it, what was said, and what is due."""

from education.models.checks import DrawnMeeting, SpotCheck
from education.models.meetings import Attendance, Meeting
from education.models.minutes import AgendaItem, MeetingFile, MinutesApproval, MinutesRevision
from education.models.requirements import Requirement
from education.models.rolls import Leave, RollExclusion

__all__ = [
    "AgendaItem",
    "Attendance",
    "DrawnMeeting",
    "Leave",
    "Meeting",
    "MeetingFile",
    "MinutesApproval",
    "MinutesRevision",
    "Requirement",
    "RollExclusion",
    "SpotCheck",
]
