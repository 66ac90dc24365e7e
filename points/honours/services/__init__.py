"""Every write of 评比表彰, in the order a call goes: issued, nominated, reviewed, made public, objected to, decided; and what came of it."""

from points.honours.services.calls import cancel, decide, extend, issue, publicise
from points.honours.services.honours import withdraw_honour
from points.honours.services.nominations import approve, drop, nominate, refuse, withdraw
from points.honours.services.objections import close_objection, note_objection
from points.honours.services.uses import record_use, void_use

__all__ = [
    "approve",
    "cancel",
    "close_objection",
    "decide",
    "drop",
    "extend",
    "issue",
    "nominate",
    "note_objection",
    "publicise",
    "record_use",
    "refuse",
    "void_use",
    "withdraw",
    "withdraw_honour",
]
