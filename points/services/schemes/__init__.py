"""Writing schemes: a draft is begun, edited, checked and consented to; published, it is frozen by trigger and rules from its first day."""

from points.services.schemes.consent import ask_consent
from points.services.schemes.drafts import (
    begin_from_template,
    begin_from_text,
    begin_from_version,
    delete_draft,
    edit_head,
    put_category,
    put_item,
    put_multiplier,
    put_threshold,
    remove_part,
    rewrite,
)
from points.services.schemes.publishing import publish, publish_default

__all__ = [
    "ask_consent",
    "begin_from_template",
    "begin_from_text",
    "begin_from_version",
    "delete_draft",
    "edit_head",
    "publish",
    "publish_default",
    "put_category",
    "put_item",
    "put_multiplier",
    "put_threshold",
    "remove_part",
    "rewrite",
]
