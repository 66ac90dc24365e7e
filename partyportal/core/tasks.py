from celery import shared_task

from partyportal.core import jobs
from partyportal.core.rest import idempotency


@shared_task
def resume_jobs() -> None:
    """Take up again what a killed worker left."""
    jobs.resume_lost()


@shared_task
def sweep_answers() -> None:
    """Forget what API changes answered a day ago."""
    idempotency.sweep()
