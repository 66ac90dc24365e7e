"""Every write of motions and votes."""

from education.motions.services.counts import count_hands, counting_fault, decide, enter_count, record_names, role_of, round_of
from education.motions.services.motions import move, online_is_on, open_vote, void
from education.motions.services.opinions import take_opinion
from education.motions.services.urn import cast, casting_fault, close_urn

__all__ = [
    "cast",
    "casting_fault",
    "close_urn",
    "count_hands",
    "counting_fault",
    "decide",
    "enter_count",
    "move",
    "online_is_on",
    "open_vote",
    "record_names",
    "role_of",
    "round_of",
    "take_opinion",
    "void",
]
