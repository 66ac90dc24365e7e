"""The writes of 季度公示."""

from points.publicity.services.objections import accept, appeal, hear, object_to, reject, uphold, withdraw
from points.publicity.services.sheets import close, close_due, publish, record_closed, record_published, tell_members, write_sheets

__all__ = [
    "accept",
    "appeal",
    "close",
    "close_due",
    "hear",
    "object_to",
    "publish",
    "record_closed",
    "record_published",
    "reject",
    "tell_members",
    "uphold",
    "withdraw",
    "write_sheets",
]
