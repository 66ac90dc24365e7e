"""Every write of 组织关系转接, in the order a case goes: applied for, approved with a letter, received, placed, its receipt filed."""

from members.transfers.services.applying import agree, apply, prove, resubmit, withdraw
from members.transfers.services.arriving import arrive
from members.transfers.services.crossing import approve, archive, place, receive, refuse

__all__ = ["agree", "apply", "approve", "archive", "arrive", "place", "prove", "receive", "refuse", "resubmit", "withdraw"]
