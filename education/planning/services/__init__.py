"""Every write of plans, talks and campaigns."""

from education.planning.services.campaigns import (
    close_campaign,
    do_step,
    end_template,
    offer_template,
    plan_campaign,
    put_in_charge,
    record_result,
    reopen_campaign,
)
from education.planning.services.plans import add_entry, change_entry, drop_entry, make_plan
from education.planning.services.talks import record_talk, void_talk

__all__ = [
    "add_entry",
    "change_entry",
    "close_campaign",
    "do_step",
    "drop_entry",
    "end_template",
    "make_plan",
    "offer_template",
    "plan_campaign",
    "put_in_charge",
    "record_result",
    "record_talk",
    "reopen_campaign",
    "void_talk",
]
