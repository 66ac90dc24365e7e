"""Pages of organisation life."""

from education.views.meetings import meeting, meeting_confirm, meeting_return, meeting_void, meetings
from education.views.offline import worker
from education.views.record import meeting_edit, record
from education.views.standing import compliance, hours

__all__ = [
    "compliance",
    "hours",
    "meeting",
    "meeting_confirm",
    "meeting_edit",
    "meeting_return",
    "meeting_void",
    "meetings",
    "record",
    "worker",
]
