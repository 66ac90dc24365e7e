"""The writes of points."""

from points.services import simulations
from points.services.awards import Bulk, confirm_award, confirm_awards, file_award, refuse_award, require_open_year, revoke_award
from points.services.ledger import settle_owed, settle_soon
from points.services.openings import carry_over, open_period
from points.services.schemes import publish, publish_default
from points.settlement.post import Settlement, settle
from points.settlement.scope import Scope

__all__ = [
    "Bulk",
    "Scope",
    "Settlement",
    "carry_over",
    "confirm_award",
    "confirm_awards",
    "file_award",
    "open_period",
    "publish",
    "publish_default",
    "refuse_award",
    "require_open_year",
    "revoke_award",
    "settle",
    "settle_owed",
    "settle_soon",
    "simulations",
]
