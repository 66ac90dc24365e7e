"""The writes of points."""

from points.services import simulations
from points.services.awards import confirm_award, file_award, refuse_award
from points.services.ledger import settle_owed, settle_soon
from points.services.openings import carry_over, open_period
from points.services.schemes import publish, publish_default
from points.settlement.post import Settlement, settle
from points.settlement.scope import Scope

__all__ = [
    "Scope",
    "Settlement",
    "carry_over",
    "confirm_award",
    "file_award",
    "open_period",
    "publish",
    "publish_default",
    "refuse_award",
    "settle",
    "settle_owed",
    "settle_soon",
    "simulations",
]
