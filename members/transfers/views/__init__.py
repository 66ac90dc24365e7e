"""Pages of 组织关系转接."""

from members.transfers.views.beginning import apply, arrive, branches
from members.transfers.views.cases import act, transfer, transfers
from members.transfers.views.letters import letter, verify

__all__ = ["act", "apply", "arrive", "branches", "letter", "transfer", "transfers", "verify"]
