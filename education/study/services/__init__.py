"""Every write of study: courses and what counts of them, tests, and the days of study together."""

from education.study.services.attempts import start_attempt, submit_attempt
from education.study.services.banks import import_questions, retire_question, set_paper
from education.study.services.courses import (
    add_lesson,
    assign,
    close_course,
    create_course,
    end_assignment,
    open_course,
    remove_lesson,
)
from education.study.services.credits import confirm_lessons, withdraw_credits
from education.study.services.progress import finish_lesson, keep_position
from education.study.services.sessions import close_site, confirm_session, open_site, record_session, void_session

__all__ = [
    "add_lesson",
    "assign",
    "close_course",
    "close_site",
    "confirm_lessons",
    "confirm_session",
    "create_course",
    "end_assignment",
    "finish_lesson",
    "import_questions",
    "keep_position",
    "open_course",
    "open_site",
    "record_session",
    "remove_lesson",
    "retire_question",
    "set_paper",
    "start_attempt",
    "submit_attempt",
    "void_session",
    "withdraw_credits",
]
