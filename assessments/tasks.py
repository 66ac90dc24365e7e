from celery import shared_task
from django.utils import timezone

from assessments import services


@shared_task
def recompute_cards() -> None:
    """Bring the running year's cards up to their evidence."""
    services.recompute_running(today=timezone.localdate())
