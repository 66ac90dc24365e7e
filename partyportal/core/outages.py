"""What keeps a request from being answered without being anybody's fault here. Nothing of the act was kept."""

import errno
from enum import StrEnum

from django.db import DatabaseError, InterfaceError, OperationalError
from psycopg2.errors import DeadlockDetected, DiskFull, LockNotAvailable, QueryCanceled

from partyportal.core.schema import is_migrated

OUTAGES = (OperationalError, InterfaceError)


class Outage(StrEnum):
    AWAY = "away"  # the database does not answer
    BUSY = "busy"  # it does, but somebody else kept the rows for too long (settings: DATABASE_PATIENCE)
    FULL = "full"  # its disk, or that of the uploads
    BEHIND = "behind"  # it lacks a migration of this code


def outage_of(error: BaseException | None) -> Outage | None:
    """Which of them an exception is; None when it is a fault of ours."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Outage.FULL
    if not isinstance(error, OUTAGES):
        return Outage.BEHIND if isinstance(error, DatabaseError) and _is_behind() else None
    if isinstance(error.__cause__, DiskFull):
        return Outage.FULL
    return Outage.BUSY if isinstance(error.__cause__, LockNotAvailable | QueryCanceled | DeadlockDetected) else Outage.AWAY


def _is_behind() -> bool:
    """Asked only once something has failed."""
    try:
        return not is_migrated()
    except OUTAGES:
        return False
