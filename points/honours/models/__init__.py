"""The rows of 评比表彰, by noun."""

from points.honours.models.calls import Call, Share
from points.honours.models.honours import Honour
from points.honours.models.nominations import Nomination, Objection, Step
from points.honours.models.uses import Use

__all__ = ["Call", "Honour", "Nomination", "Objection", "Share", "Step", "Use"]
