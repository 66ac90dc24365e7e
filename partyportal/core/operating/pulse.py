"""The pulse of beat: each half minute it rings, and the worker that hears notes the moment in the cache."""

import contextlib
import time

from django.core.cache import cache
from redis import RedisError

LATE = 180.0  # seconds of silence after which it is taken for gone
_KEY = "beat-heard"


def heard() -> None:
    """Note that beat rang and a worker heard. Best effort: the cache away must not fail what was rung for."""
    with contextlib.suppress(RedisError, OSError):
        cache.set(_KEY, time.time(), timeout=None)


def last_heard() -> float | None:
    """When that last happened, in seconds of the epoch; None when never, or when the cache is away."""
    with contextlib.suppress(RedisError, OSError):
        return cache.get(_KEY)
    return None
