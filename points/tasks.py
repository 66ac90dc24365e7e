"""Doorbells of the ledger; each is safe to ring twice."""

from celery import shared_task
from django.utils import timezone

from points import services


@shared_task
def settle_members(member_ids: list[int], year: int) -> None:
    """These members' year, rung by whoever changed their facts."""
    services.settle(services.Scope.of(member_ids, year))


@shared_task
def settle_owed() -> None:
    """Whatever a lost bell left unsettled."""
    services.settle_owed()


@shared_task
def open_period() -> None:
    """The base facts of the running quarter."""
    services.open_period(timezone.localdate())
    services.settle_owed()
