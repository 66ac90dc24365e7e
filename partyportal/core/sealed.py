"""How a model says which of its plain columns hold sealed values or look-up values, so that keys can be rotated without knowing the model.

An `EncryptedTextField` says so itself. Whatever else is sealed under FIELD_KEYS stands in the model's `seals`, every column of
HMACs in its `look_ups`. What is sealed under a person's own key is neither: only that key is wrapped, in `PersonKey`.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seal:
    """A column sealed under FIELD_KEYS. `bound_to` is the field (or path) whose UUID was the seal's context."""

    column: str
    bound_to: str = ""
    at_once: int = 500  # how many are opened in one go; few where they are large


@dataclass(frozen=True)
class LookUp:
    """A column of `crypto.look_up(of(value), purpose=purpose)`, where `value` is what the sealed column `source` holds."""

    column: str
    source: str
    purpose: str
    of: Callable[[str], str] = str


def last_four(value: str) -> str:
    """The tail by which an ID number is asked for."""
    return value[-4:].upper()
