"""组织生活: the meeting, who was at it, what was said, what is due, and what was missed."""

from education.models.checks import DrawnMeeting, SpotCheck
from education.models.meetings import Attendance, Meeting
from education.models.minutes import AgendaItem, MeetingFile, MinutesApproval, MinutesRevision
from education.models.misses import MakeUp, Miss
from education.models.requirements import Requirement
from education.models.rolls import Leave, RollExclusion
from education.models.tallies import MeetingTally

__all__ = [
    "AgendaItem",
    "Attendance",
    "DrawnMeeting",
    "Leave",
    "MakeUp",
    "Meeting",
    "MeetingFile",
    "MeetingTally",
    "MinutesApproval",
    "MinutesRevision",
    "Miss",
    "Requirement",
    "RollExclusion",
    "SpotCheck",
]
