from celery import shared_task

from partyportal.core import jobs


@shared_task
def resume_jobs() -> None:
    """Take up again what a killed worker left."""
    jobs.resume_lost()
