"""Verifying the ledgers: seals and slips of all of them, then entries against facts and projections against entries; taking them out."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from partyportal.core import audit, jobs
from partyportal.core.models import Job, User, Verification
from partyportal.core.seals import verify as seals
from partyportal.core.seals.export import export_ledgers
from partyportal.core.seals.rules import printed
from partyportal.core.seals.services import seal_ledgers
from points.settlement.check import ledger_drift, projection_drift

KEPT = timedelta(days=1)  # how long an exported file waits to be fetched


@dataclass(frozen=True)
class Outcome:
    """What a verification found; `fault` is the first thing that disagrees, in words."""

    report: seals.Report
    fault: str
    seconds: float


def check_ledgers(tell: Callable[[int, int], None] = lambda done, total: None) -> Outcome:
    """Look at everything as it is at one moment; nothing is written."""
    started = time.perf_counter()
    with seals.one_moment():
        report = seals.verify(tell)
        fault = report.fault or ledger_drift() or projection_drift()
    return Outcome(report, str(fault) if fault else "", time.perf_counter() - started)


def verify_ledgers(*, by: User | None, tell: Callable[[int, int], None] = lambda done, total: None) -> Verification:
    """Seal what is new, check everything, and keep the outcome. `by` is None at night."""
    sealed = seal_ledgers()
    outcome = check_ledgers(tell)
    fault = outcome.fault or "".join(str(one) for one in sealed.faults[:1])
    with transaction.atomic():
        kept = Verification.objects.create(
            at=timezone.now(),
            by=by,
            number=outcome.report.number,
            head=outcome.report.head,
            rows=outcome.report.rows,
            unsealed=outcome.report.unsealed,
            seconds=round(outcome.seconds, 1),
            fault=fault[:400],
        )
        audit.record("points.ledger.verified", kept, by=by, sound=kept.is_sound, number=kept.number)
    return kept


def start_verification(*, by: User) -> Job:
    """Verify as a job: ten million rows take a minute."""
    return jobs.start(current_app.tasks["points.tasks.verify_in_job"], title="核验账本", by=by)


def verify_in_job(job: Job, progress: jobs.Progress) -> dict:
    kept = verify_ledgers(by=job.created_by, tell=lambda done, total: progress(done=done, total=total, step="核对封账"))
    return {"verification": str(kept.uid), "sound": kept.is_sound}


def start_export(*, by: User) -> Job:
    """Write the file for the stand-alone verifier as a job; its owner fetches it within a day."""
    return jobs.start(current_app.tasks["points.tasks.export_in_job"], title="导出账本", by=by)


def export_in_job(job: Job, progress: jobs.Progress) -> dict:
    file = export_file(job)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = export_ledgers(file, by=job.created_by, tell=progress)
    return {"head": printed(made.head), "number": made.number, "rows": sum(made.rows.values())}


def export_file(job: Job) -> Path:
    """Where the file of a job lies: beside the uploads, hidden, so that no backup takes it."""
    return Path(settings.MEDIA_ROOT) / ".ledgers" / f"{job.uid}.zip"


def sweep_exports() -> int:
    """Throw away files nobody needs any more; returns how many."""
    oldest, swept = (timezone.now() - KEPT).timestamp(), 0
    for file in (Path(settings.MEDIA_ROOT) / ".ledgers").glob("*"):
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
            swept += 1
    return swept
