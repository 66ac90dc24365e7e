"""What keeps a request from being answered without being anybody's fault here. Nothing of the act was kept."""

import errno
from enum import StrEnum

from django.db import InterfaceError, OperationalError
from psycopg2.errors import DeadlockDetected, DiskFull, LockNotAvailable, QueryCanceled

OUTAGES = (OperationalError, InterfaceError)


class Outage(StrEnum):
    AWAY = "away"  # the database does not answer
    BUSY = "busy"  # it does, but somebody else kept the rows for too long (settings: DATABASE_PATIENCE)
    FULL = "full"  # its disk, or that of the uploads


def outage_of(error: BaseException | None) -> Outage | None:
    """Which of them an exception is; None when it is a fault of ours."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Outage.FULL
    if not isinstance(error, OUTAGES):
        return None
    if isinstance(error.__cause__, DiskFull):
        return Outage.FULL
    return Outage.BUSY if isinstance(error.__cause__, LockNotAvailable | QueryCanceled | DeadlockDetected) else Outage.AWAY
