"""Every write of organisation life. Confirming a meeting is what makes facts; correcting one revises them."""

from education.services.meetings import already_recorded, confirm_meeting, record_meeting, return_meeting, revise_meeting, void_meeting
from education.services.presence import fact_keys
from education.services.rolls import Roll, RollLine, merge_rolls

__all__ = [
    "Roll",
    "RollLine",
    "already_recorded",
    "confirm_meeting",
    "fact_keys",
    "merge_rolls",
    "record_meeting",
    "return_meeting",
    "revise_meeting",
    "void_meeting",
]
