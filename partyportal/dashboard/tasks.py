from celery import shared_task
from django.utils import timezone

from partyportal.dashboard import services


@shared_task
def remind() -> None:
    """Write what is due into the inboxes, each thing once."""
    services.remind(today=timezone.localdate())
