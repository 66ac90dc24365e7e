from celery import shared_task

from partyportal.core import jobs, media
from partyportal.core.rest import idempotency
from partyportal.core.seals import services as seals


@shared_task
def resume_jobs() -> None:
    """Take up again what a killed worker left."""
    jobs.resume_lost()


@shared_task
def sweep_answers() -> None:
    """Forget what API changes answered a day ago."""
    idempotency.sweep()


@shared_task
def seal_ledgers() -> None:
    """Bind what the ledgers have gained; a ledger somebody is writing is sealed the next time."""
    seals.seal_ledgers()


@shared_task
def sweep_media() -> None:
    """Remove films that a killed process left without their row."""
    media.sweep()
