"""Doorbells of 困难救助; each is safe to ring twice."""

from celery import shared_task
from django.utils import timezone

from members.care.aid.services import notices, papers, payments


@shared_task
def go_on() -> None:
    """Notices whose days are over go on to payment, and what the fund's own room did is written into the cases."""
    today = timezone.localdate()
    notices.close_notices(today=today)
    payments.follow_fund(today=today)


@shared_task
def destroy_due() -> None:
    """Words and papers whose years are over are destroyed."""
    papers.destroy_due(today=timezone.localdate())
