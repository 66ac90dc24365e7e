"""Rows of 走访帮扶, by noun."""

from members.care.visits.models.birthdays import Birthday
from members.care.visits.models.occasions import Occasion, OccasionDay, Round, VisitDue
from members.care.visits.models.pairs import Pair
from members.care.visits.models.visits import Goer, Outing, Visit

__all__ = ["Birthday", "Goer", "Occasion", "OccasionDay", "Outing", "Pair", "Round", "Visit", "VisitDue"]
