"""Doorbells of the ledger; each is safe to ring twice."""

from celery import shared_task
from django.utils import timezone

from partyportal.core import jobs
from points import services
from points.services import verification


@shared_task
def settle_members(member_ids: list[int], year: int) -> None:
    """These members' year, rung by whoever changed their facts."""
    services.settle_members(member_ids, year)


@shared_task
def settle_owed() -> None:
    """Whatever a lost bell left unsettled."""
    services.settle_owed()


@shared_task
def open_period() -> None:
    """The base facts of the running quarter."""
    services.open_period(timezone.localdate())
    services.settle_owed()


@shared_task
def verify_ledgers() -> None:
    """The night's verification; a fault waits on the page 账本核验 and in `doctor`."""
    verification.verify_ledgers(by=None)


@shared_task
def verify_in_job(job_id: int) -> None:
    """A verification somebody asked for."""
    jobs.run(job_id, verification.verify_in_job)


@shared_task
def export_in_job(job_id: int) -> None:
    """The ledgers as a file."""
    jobs.run(job_id, verification.export_in_job)


@shared_task
def sweep_exports() -> None:
    """Exported ledgers are kept for a day."""
    verification.sweep_exports()


@shared_task
def simulate(job_id: int) -> None:
    """Try a draft on a year's facts."""
    jobs.run(job_id, services.simulations.simulate_in_job)
