"""The rows of 关怀, by noun."""

from members.care.models.conditions import Condition, ConditionReview
from members.care.models.condolences import Condolence, CondolenceStep
from members.care.models.criteria import Criterion, CriterionVersion
from members.care.models.snapshots import ListEntry, ListSnapshot

__all__ = [
    "Condition",
    "ConditionReview",
    "Condolence",
    "CondolenceStep",
    "Criterion",
    "CriterionVersion",
    "ListEntry",
    "ListSnapshot",
]
