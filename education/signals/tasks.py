"""Doorbells of 请核实; safe to ring twice."""

from celery import shared_task
from django.utils import timezone

from education.signals import services


@shared_task
def look() -> None:
    """Look through the county's records of the last year."""
    services.look(today=timezone.localdate())
