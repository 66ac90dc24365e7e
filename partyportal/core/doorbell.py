"""Ringing a task: after commit, best effort. The database remembers what is owed, so a broker that is away only delays."""

import logging

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def ring(task: Task, *args) -> None:
    """Queue `task` once the surrounding transaction has committed; a silent broker is logged, never raised."""
    transaction.on_commit(lambda: _ring(task, args))


def _ring(task: Task, args: tuple) -> None:
    try:
        task.apply_async(args, retry=False)
    except (OperationalError, OSError) as fault:
        log.warning("the broker did not take %s (%s); beat will find it", task.name, type(fault).__name__)
