"""Public identifiers: UUIDv7, so that URLs never show a row id and an index on them stays dense."""

import uuid

import uuid_utils.compat
from django.db import models


def new_uid() -> uuid.UUID:
    return uuid_utils.compat.uuid7()


def uid_named(text: str | None) -> uuid.UUID | None:
    """A public identifier as an address or a form names it; None, which no row has, when it is none."""
    try:
        return uuid.UUID(text)
    except (TypeError, ValueError):
        return None


def uid_field() -> models.UUIDField:
    return models.UUIDField("公开编号", default=new_uid, unique=True, editable=False)
