"""Doorbells of the roof."""

from celery import shared_task
from django.utils import timezone

from partyportal.core import jobs
from partyportal.dashboard import services


@shared_task
def remind() -> None:
    """Write what is due into the inboxes, each thing once."""
    services.remind(today=timezone.localdate())


@shared_task
def export_in_job(job_id: int) -> None:
    """An organisation's figures as a file."""
    jobs.run(job_id, services.export_in_job)


@shared_task
def sweep_exports() -> None:
    """Exported figures are kept for a day."""
    services.sweep_exports()
