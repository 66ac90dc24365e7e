"""Doorbells of 走访帮扶; each is safe to ring twice."""

from celery import shared_task
from django.utils import timezone

from members.care.visits.services import rounds


@shared_task
def bring_rounds_up_to_date() -> None:
    """Whoever has come onto the lists of a round under way is added."""
    rounds.bring_all_up_to_date(today=timezone.localdate())
