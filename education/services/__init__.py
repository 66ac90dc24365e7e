"""Every write of organisation life. Confirming a meeting is what makes facts; correcting one revises them."""

from education.services.drawing import draw_meetings, pass_drawn
from education.services.exclusions import answer_exclusion, end_exclusion, propose_exclusion
from education.services.files import add_files, remove_file
from education.services.leaves import answer_leave, ask_leave, withdraw_leave
from education.services.meetings import already_recorded, confirm_meeting, record_meeting, return_meeting, revise_meeting, void_meeting
from education.services.minutes import approve_minutes, items_of, why_not_approve, write_agenda
from education.services.misses import explain_miss, make_up, take_back_make_up
from education.services.presence import fact_keys
from education.services.requirements import begin_requirement, end_requirement
from education.services.rolls import Roll, RollLine, merge_rolls
from education.services.tallies import rebuild_tallies

__all__ = [
    "Roll",
    "RollLine",
    "add_files",
    "already_recorded",
    "answer_exclusion",
    "answer_leave",
    "approve_minutes",
    "ask_leave",
    "begin_requirement",
    "confirm_meeting",
    "draw_meetings",
    "end_exclusion",
    "end_requirement",
    "explain_miss",
    "fact_keys",
    "items_of",
    "make_up",
    "merge_rolls",
    "pass_drawn",
    "propose_exclusion",
    "rebuild_tallies",
    "record_meeting",
    "remove_file",
    "return_meeting",
    "revise_meeting",
    "take_back_make_up",
    "void_meeting",
    "why_not_approve",
    "withdraw_leave",
    "write_agenda",
]
