"""What many apps ask for one page, each for itself: read at the first question, remembered until the page is done."""

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_held: ContextVar[dict | None] = ContextVar("read_once", default=None)


@contextmanager
def read_once():
    """Within the block every `once` of one name is read at its first question. Nothing of it is written inside."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def is_within() -> bool:
    """Whether a block remembers now."""
    return _held.get() is not None


def once(name: str, read: Callable[[], T]) -> T:
    """What `read` answers; within `read_once` its first answer under this name."""
    held = _held.get()
    if held is None:
        return read()
    if name not in held:
        held[name] = read()
    return held[name]
