"""Rows of what is open to the people, by noun."""

from education.openness.models.comments import Answer, Comment, CommentStep
from education.openness.models.pieces import Consent, Edition, Piece, PieceStep, Topic
from education.openness.models.pledges import Deed, Pledge, VanguardPost, Verdict

__all__ = [
    "Answer",
    "Comment",
    "CommentStep",
    "Consent",
    "Deed",
    "Edition",
    "Piece",
    "PieceStep",
    "Pledge",
    "Topic",
    "VanguardPost",
    "Verdict",
]
