"""Doorbells of 季度公示; each is safe to ring twice."""

from celery import shared_task
from django.utils import timezone

from points.publicity import services


@shared_task
def close_due() -> None:
    """Close the quarters whose window is over and of which nothing is in dispute."""
    services.close_due(today=timezone.localdate())
