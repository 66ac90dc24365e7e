"""Doorbells of 流动."""

from celery import shared_task
from django.utils import timezone

from members.mobility.services import lost, outflows


@shared_task
def close_left() -> None:
    """End the registrations and cases of people whose 组织关系 another room has moved or ended."""
    today = timezone.localdate()
    outflows.close_left(today=today)
    lost.close_left(today=today)
