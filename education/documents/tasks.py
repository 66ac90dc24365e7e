"""Doorbells of 台账."""

from celery import shared_task
from django.utils import timezone

from education.documents.services import books
from partyportal.core import jobs


@shared_task
def make_book(job_id: int) -> None:
    """Make a book."""
    jobs.run(job_id, books.make_in_job)


@shared_task
def sweep_books() -> None:
    """Throw away books past their days."""
    books.sweep(now=timezone.now())
