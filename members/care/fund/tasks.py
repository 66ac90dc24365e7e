"""Doorbells of the fund."""

from datetime import date
from uuid import UUID

from celery import shared_task

from members.care.fund.services import payments
from partyportal.core import jobs
from partyportal.core.models import Job


@shared_task(name="fund.pay")
def pay(job_id: int) -> None:
    """Confirm a list of prepared payments, one transaction each; run again after a kill, it pays what is left."""
    jobs.run(job_id, _pay)


def _pay(job: Job, progress) -> dict:
    asked = job.params
    uids = [UUID(uid) for uid in asked["payments"]]
    return payments.confirm_many(uids, by=job.created_by, today=date.fromisoformat(asked["day"]), progress=progress)
