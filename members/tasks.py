"""Doorbells of the members' room."""

from celery import shared_task
from django.utils import timezone

from members.services import classes, import_undo, imports
from partyportal.core import jobs


@shared_task
def read_import(job_id: int) -> None:
    """Read, check and compare an uploaded roster."""
    jobs.run(job_id, imports.read_in_job)


@shared_task
def commit_import(job_id: int) -> None:
    """Write a roster somebody has looked through."""
    jobs.run(job_id, imports.commit_in_job)


@shared_task
def undo_import(job_id: int) -> None:
    """Take a written roster back."""
    jobs.run(job_id, import_undo.undo_in_job)


@shared_task
def exempt_by_age() -> None:
    """Whoever reached the age the county set is 年老体弱 from the birthday on."""
    classes.exempt_by_age(timezone.localdate())


@shared_task
def sweep_imports() -> None:
    """Throw away what nobody decided on for a day."""
    imports.sweep_stale(now=timezone.now())
