"""The writes of points."""

from points.services import simulations
from points.services.awards import (
    Bulk,
    check_amount,
    confirm_award,
    confirm_awards,
    file_award,
    refuse_award,
    require_open_year,
    revoke_award,
)
from points.services.ledger import settle_members, settle_owed, settle_soon
from points.services.openings import carry_over, open_period
from points.services.schemes import (
    ask_consent,
    begin_from_template,
    begin_from_text,
    begin_from_version,
    delete_draft,
    edit_head,
    publish,
    publish_default,
    put_category,
    put_item,
    put_multiplier,
    put_threshold,
    remove_part,
    rewrite,
)
from points.settlement.post import Settlement, settle
from points.settlement.scope import Scope

__all__ = [
    "Bulk",
    "Scope",
    "Settlement",
    "ask_consent",
    "begin_from_template",
    "begin_from_text",
    "begin_from_version",
    "carry_over",
    "check_amount",
    "confirm_award",
    "confirm_awards",
    "delete_draft",
    "edit_head",
    "file_award",
    "open_period",
    "publish",
    "publish_default",
    "put_category",
    "put_item",
    "put_multiplier",
    "put_threshold",
    "refuse_award",
    "remove_part",
    "require_open_year",
    "revoke_award",
    "rewrite",
    "settle",
    "settle_members",
    "settle_owed",
    "settle_soon",
    "simulations",
]
