"""The rows of members, by noun."""

from members.models.facts import Fact, Owed
from members.models.imports import ImportBatch, ImportedRow, ImportFile, ImportUndo, Outcome, StagedRow
from members.models.merges import Merge, NotSame
from members.models.offices import Office
from members.models.people import Affiliation, GroupMembership, Member, MemberClass
from members.models.quality import RosterCheck
from members.models.standing import MemberPast, Sanction, Suspension

__all__ = [
    "Affiliation",
    "Fact",
    "GroupMembership",
    "ImportBatch",
    "ImportFile",
    "ImportUndo",
    "ImportedRow",
    "Member",
    "MemberClass",
    "MemberPast",
    "Merge",
    "NotSame",
    "Office",
    "Outcome",
    "Owed",
    "RosterCheck",
    "Sanction",
    "StagedRow",
    "Suspension",
]
