"""What the pages of organisation life ask."""

from education.forms.meetings import ABSENT_REASONS, CAME, GUEST_CAME, LEAVE_REASONS, STATES, MeetingForm, ReturnForm

__all__ = ["ABSENT_REASONS", "CAME", "GUEST_CAME", "LEAVE_REASONS", "STATES", "MeetingForm", "ReturnForm"]
