"""What is done about 困难救助: programmes, applications, decisions, notices, payments, papers."""

from members.care.aid.services.applications import apply, open_from_list, recuse, resubmit, withdraw
from members.care.aid.services.decisions import approve, record_vote, refuse, review, send_back
from members.care.aid.services.notices import answer_objection, close_notices, receive_objection
from members.care.aid.services.papers import destroy_due, open_file, reveal
from members.care.aid.services.payments import confirm_payment, follow_up, prepare_payment, record_reversal, sign
from members.care.aid.services.programmes import end_programme, set_programme

__all__ = [
    "answer_objection",
    "apply",
    "approve",
    "close_notices",
    "confirm_payment",
    "destroy_due",
    "end_programme",
    "follow_up",
    "open_file",
    "open_from_list",
    "prepare_payment",
    "receive_objection",
    "record_reversal",
    "record_vote",
    "recuse",
    "refuse",
    "resubmit",
    "reveal",
    "review",
    "send_back",
    "set_programme",
    "sign",
    "withdraw",
]
