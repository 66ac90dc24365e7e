"""学习: courses and what was learnt of them, their tests, and the days of study away from the desk."""

from education.study.models.courses import Assignment, Course, Credit, Lesson, Progress
from education.study.models.papers import Attempt, Paper, PaperPart, Question
from education.study.models.sessions import Session, SessionLine, Site

__all__ = [
    "Assignment",
    "Attempt",
    "Course",
    "Credit",
    "Lesson",
    "Paper",
    "PaperPart",
    "Progress",
    "Question",
    "Session",
    "SessionLine",
    "Site",
]
