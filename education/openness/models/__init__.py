"""Rows of what is open to the people, by noun."""

from education.openness.models.pieces import Consent, Edition, Piece, PieceStep, Topic

__all__ = ["Consent", "Edition", "Piece", "PieceStep", "Topic"]
