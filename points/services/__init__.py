"""The writes of points."""

from points.services.ledger import open_period, settle_owed, settle_soon
from points.services.schemes import publish, publish_default
from points.settlement.post import Settlement, settle
from points.settlement.scope import Scope

__all__ = ["Scope", "Settlement", "open_period", "publish", "publish_default", "settle", "settle_owed", "settle_soon"]
