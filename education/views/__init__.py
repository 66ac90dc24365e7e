"""Pages of organisation life."""

from education.views.checks import check, check_new, checks
from education.views.exclusions import exclusion, exclusion_new, exclusions
from education.views.files import meeting_file, meeting_file_remove, meeting_files
from education.views.leaves import leave, leave_new, leaves
from education.views.meetings import meeting, meeting_confirm, meeting_return, meeting_void, meetings
from education.views.minutes import meeting_agenda, meeting_approve, meeting_minutes
from education.views.misses import miss, requirements
from education.views.offline import worker
from education.views.record import meeting_edit, record
from education.views.sign_in import sign_in
from education.views.standing import compliance, hours

__all__ = [
    "check",
    "check_new",
    "checks",
    "compliance",
    "exclusion",
    "exclusion_new",
    "exclusions",
    "hours",
    "leave",
    "leave_new",
    "leaves",
    "meeting",
    "meeting_agenda",
    "meeting_approve",
    "meeting_confirm",
    "meeting_edit",
    "meeting_file",
    "meeting_file_remove",
    "meeting_files",
    "meeting_minutes",
    "meeting_return",
    "meeting_void",
    "meetings",
    "miss",
    "record",
    "requirements",
    "sign_in",
    "worker",
]
