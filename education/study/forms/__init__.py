"""Forms of study."""

from education.study.forms.courses import AssignForm, CourseForm, LessonForm, ReasonForm
from education.study.forms.papers import AnswersForm, BankForm, PaperForm
from education.study.forms.sessions import SiteForm, SiteSessionForm, TrainingForm

__all__ = [
    "AnswersForm",
    "AssignForm",
    "BankForm",
    "CourseForm",
    "LessonForm",
    "PaperForm",
    "ReasonForm",
    "SiteForm",
    "SiteSessionForm",
    "TrainingForm",
]
