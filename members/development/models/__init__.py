"""The rows of 发展党员, by noun."""

from members.development.models.cases import Case, CasePlace
from members.development.models.evidence import Analysis, Companion, Inspection, Material, Publicity
from members.development.models.steps import Ballot, BallotExclusion, StepRecord

__all__ = [
    "Analysis",
    "Ballot",
    "BallotExclusion",
    "Case",
    "CasePlace",
    "Companion",
    "Inspection",
    "Material",
    "Publicity",
    "StepRecord",
]
