"""Rows of motions: what is voted on, who may vote, what was counted, and the urn of an online ballot."""

from education.motions.models.counts import Count, CountLine, Result, ResultLine
from education.motions.models.motions import Candidate, Motion, Step
from education.motions.models.rolls import NamedVote, Opinion, Voter
from education.motions.models.urn import OpenedBallot, SealedBallot, Voted

__all__ = [
    "Candidate",
    "Count",
    "CountLine",
    "Motion",
    "NamedVote",
    "OpenedBallot",
    "Opinion",
    "Result",
    "ResultLine",
    "SealedBallot",
    "Step",
    "Voted",
    "Voter",
]
