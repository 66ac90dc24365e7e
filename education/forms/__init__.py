"""What the pages of organisation life ask."""

from education.forms.meetings import ABSENT_REASONS, CAME, GUEST_CAME, LEAVE_REASONS, STATES, MeetingForm, ReturnForm
from education.forms.whole import AgendaForm, AnswerForm, DrawForm, EndForm, ExclusionForm, FilesForm, LeaveForm, RefusalForm, SignInForm

__all__ = [
    "ABSENT_REASONS",
    "CAME",
    "GUEST_CAME",
    "LEAVE_REASONS",
    "STATES",
    "AgendaForm",
    "AnswerForm",
    "DrawForm",
    "EndForm",
    "ExclusionForm",
    "FilesForm",
    "LeaveForm",
    "MeetingForm",
    "RefusalForm",
    "ReturnForm",
    "SignInForm",
]
