"""Long work: a Job row, a lease that a killed worker loses, and progress written outside the work's transaction.

`work(job, progress)` does the job and returns its result. It must be safe to run twice: a worker killed between
its commit and the state "done" leaves the job to be taken up again.
"""

import contextlib
import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import Task, current_app
from django.conf import settings
from django.db import connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from partyportal.core.doorbell import ring
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, User
from partyportal.core.outages import OUTAGES

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE)
HEARTBEAT = settings.JOB_LEASE / 4  # seconds
MAX_ATTEMPTS = 5


class Cancelled(Exception):
    """The owner asked to stop; raised out of `progress`."""


Progress = Callable[..., None]


@transaction.atomic
def start(task: Task, *, title: str, by: User, **params) -> Job:
    """Write the job and ring its task; the task's name is the job's kind, so a resume rings the same.

    What somebody has asked for already and is not yet done is asked for once: the second click is given the job of the first.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # of two clicks at once the second waits here, and then sees the first
    same = Job.objects.under_way().filter(kind=task.name, params=params, created_by=by, cancel_asked=False)
    if held := same.first():
        return held
    job = Job.objects.create(kind=task.name, title=title, params=params, created_by=by)
    ring(task, job.pk)
    return job


def cancel(job: Job) -> None:
    """Ask a job to stop; one not yet begun stops at once, a running one at its next progress."""
    now = timezone.now()
    queued = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if not queued.update(state=Job.State.CANCELLED, cancel_asked=True, finished_at=now):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)


def again(job: Job) -> None:
    """Continue a failed or cancelled job."""
    if Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED]).update(
        state=Job.State.QUEUED, cancel_asked=False, error="", attempts=0, finished_at=None
    ):
        ring(_task_of(job.kind), job.pk)


def run(job_id: int, work: Callable[[Job, Progress], dict | None]) -> None:
    """Claim the job, do the work, write how it ended. A job held by another live worker is left alone."""
    token = uuid.uuid4()
    if not _claim(job_id, token):
        return
    job = Job.objects.get(pk=job_id)
    stop = threading.Event()
    if settings.JOB_HEARTBEAT:
        threading.Thread(target=_keep_lease, args=(job_id, token, stop), daemon=True).start()
    try:
        result = work(job, _progress_of(job_id, token))
    except Cancelled:
        _end(job_id, token, state=Job.State.CANCELLED)
    except DomainError as refusal:
        _end(job_id, token, state=Job.State.FAILED, error=refusal.message[:400])
    except OUTAGES as fault:  # nothing was written: beat takes the job up again when the database is back
        log.warning("job %s (%s) interrupted: %s", job_id, job.kind, type(fault).__name__)
        stop.set()
        _let_go(job_id, token)
        if settings.JOB_FAULTS_RAISE:
            raise
    except Exception as fault:
        # The type alone: a message may quote a row of personal data.
        log.warning("job %s (%s) failed: %s", job_id, job.kind, type(fault).__name__, exc_info=settings.DEBUG)
        _end(job_id, token, state=Job.State.FAILED, error="处理中出了故障，已停下，没有写入一半。可以点“继续”再试。")
        if settings.JOB_FAULTS_RAISE:
            raise
    else:
        _end(job_id, token, state=Job.State.DONE, result=result, done=F("total"))
    finally:
        stop.set()


def resume_lost() -> int:
    """Ring again every job whose worker is gone or whose first bell was never heard; returns how many."""
    now = timezone.now()
    Job.objects.filter(_lapsed(now), attempts__gte=MAX_ATTEMPTS).update(
        state=Job.State.FAILED, error="试了多次都没有做完，已停下。", finished_at=now
    )
    lost = Job.objects.filter(_lapsed(now) | Q(state=Job.State.QUEUED, created_at__lt=now - timedelta(seconds=20)))
    count = 0
    for pk, kind in lost.values_list("pk", "kind"):
        ring(_task_of(kind), pk)
        count += 1
    return count


def _task_of(kind: str) -> Task:
    """The task a job rings. A worker has loaded every app's tasks; a web process loads them here, when it first asks."""
    if kind not in current_app.tasks:
        current_app.loader.import_default_modules()
    return current_app.tasks[kind]


def _lapsed(now: datetime) -> Q:
    """Running with nobody at work. A lease that ends later than one can be given is of a clock since set back."""
    return Q(state=Job.State.RUNNING) & (Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE))


def _claim(job_id: int, token: uuid.UUID) -> bool:
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | _lapsed(now)
    return bool(
        Job.objects.filter(free, pk=job_id).update(
            state=Job.State.RUNNING, lease_token=token, lease_until=now + LEASE, started_at=now, attempts=F("attempts") + 1
        )
    )


def _progress_of(job_id: int, token: uuid.UUID) -> Progress:
    def progress(done: int | None = None, total: int | None = None, step: str | None = None) -> None:
        """Show how far the work is; raises Cancelled when the owner asked to stop."""
        changed = {k: v for k, v in {"done": done, "total": total, "step": step}.items() if v is not None}
        mine = Job.objects.using("progress").filter(pk=job_id, lease_token=token)
        held = mine.update(lease_until=timezone.now() + LEASE, **changed)
        if not held or mine.filter(cancel_asked=True).exists():
            raise Cancelled

    return progress


def _end(job_id: int, token: uuid.UUID, *, state: str, **changed) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=job_id, lease_token=token).update(
            state=state, finished_at=timezone.now(), lease_until=None, step="", **changed
        )


def _let_go(job_id: int, token: uuid.UUID) -> None:
    """End the lease now, if the database hears it; else it lapses by itself."""
    with contextlib.suppress(*OUTAGES):
        Job.objects.using("progress").filter(pk=job_id, lease_token=token).update(lease_until=timezone.now())


def _keep_lease(job_id: int, token: uuid.UUID, stop: threading.Event) -> None:
    """Renew the lease while one long statement gives `progress` no turn."""
    try:
        while not stop.wait(HEARTBEAT):
            Job.objects.using("progress").filter(pk=job_id, lease_token=token, state=Job.State.RUNNING).update(
                lease_until=timezone.now() + LEASE
            )
    except Exception as fault:  # the database is away: the lease lapses and the job is resumed, which is right
        log.warning("lease of job %s not renewed: %s", job_id, type(fault).__name__)
    finally:
        connections["progress"].close()
