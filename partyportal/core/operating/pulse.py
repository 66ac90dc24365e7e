"""The pulse of beat: at each tick, twice a minute at least, it notes the moment in the cache. A worker busy for long does not hide it."""

import contextlib
import time

from django.core.cache import cache
from redis import RedisError

LATE = 180.0  # seconds of silence after which it is taken for gone
_KEY = "beat-heard"


def heard() -> None:
    """Note that beat lives. Best effort: the cache away must not keep it from ringing."""
    with contextlib.suppress(RedisError, OSError):
        cache.set(_KEY, time.time(), timeout=None)


def last_heard() -> float | None:
    """When that last happened, in seconds of the epoch; None when never, or when the cache is away."""
    with contextlib.suppress(RedisError, OSError):
        return cache.get(_KEY)
    return None
