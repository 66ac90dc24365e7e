"""Rows of what is open to the people, by noun."""

from education.openness.models.comments import Answer, Comment, CommentStep
from education.openness.models.pieces import Consent, Edition, Piece, PieceStep, Topic

__all__ = ["Answer", "Comment", "CommentStep", "Consent", "Edition", "Piece", "PieceStep", "Topic"]
