"""The embedded PostgreSQL and Redis: any command starts them or joins them, and they stop when the last holder leaves.

How it works, per server and home:

- a *holder* (any process that asked for a URL) keeps a shared `flock` on `NAME.holders`; the kernel releases it even on SIGKILL;
- a detached *keeper* owns `NAME.lock` exclusively, starts the server, restarts it if it dies, and stops it once it can take
  `NAME.holders` exclusively, that is when nobody holds it any more;
- whoever finds `NAME.lock` free starts the next keeper and hands it the lock, so any number of first starts make one server.

The floor of the project: no Django, no app.
"""

from partyportal.embedded.faults import EmbeddedFault
from partyportal.embedded.holder import hold, leave
from partyportal.embedded.places import CHECKOUT, home, lack_of_room, make_home
from partyportal.embedded.secret import secrets

__all__ = ["CHECKOUT", "EmbeddedFault", "database_url", "home", "leave", "redis_url", "require_room", "secrets"]


def database_url(**waiting) -> str:
    """Start or join PostgreSQL and hold it while this process lives; cheap to ask again, and mends what was killed meanwhile."""
    return hold("postgres", **waiting)


def redis_url(**waiting) -> str:
    """The same for Redis: `unix:///…`, as redis-py reads it; Celery spells that scheme `redis+socket`."""
    return hold("redis", **waiting)


def require_room() -> None:
    """Refuse a home on a full disk, even where its servers run already."""
    if lacking := lack_of_room(make_home()):
        raise EmbeddedFault(lacking)
