"""Doorbells of dues."""

from celery import shared_task
from django.utils import timezone

from members.dues import services
from members.dues.services import sheets


@shared_task
def note_arrears() -> None:
    """What a quarter that is over left unpaid becomes a fact; rung daily, so that late decisions are heard too."""
    services.note_arrears(today=timezone.localdate())


@shared_task
def sweep_sheets() -> None:
    """Files nobody decided on for a day are thrown away: they hold incomes."""
    sheets.sweep(now=timezone.now())
