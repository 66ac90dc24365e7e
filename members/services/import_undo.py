"""Undoing a written import: looked at first, then done once, as a job, with the permission asked again."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.access import can
from members import tasks  # tasks name this module in turn; each uses the other only when called
from members.models import Affiliation, ImportBatch, ImportUndo, Member
from members.roster import undo
from members.roster.commit import wait_for_turn
from members.services import membership
from partyportal.core import audit, jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, User


@transaction.atomic
def start_undo(batch: ImportBatch, *, by: User) -> Job:
    """Have a written batch taken back. The undoing asks for the permission again."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=batch.pk)
    _refuse_unless_written(batch)
    if Job.objects.under_way().filter(uid=batch.job, kind=tasks.undo_import.name).exists():
        raise DomainError("这一批正在撤销，等它做完。")
    job = jobs.start(tasks.undo_import, title=f"撤销{batch.organisation or '全县'}名册导入", by=by, batch=str(batch.uid))
    batch.job = job.uid
    batch.save(update_fields=["job"])
    return job


def undo_in_job(job: Job, progress: jobs.Progress) -> dict:
    """Take a batch back. Run twice, it is taken back once."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("organisation").get(uid=job.params["batch"])
        if batch.state != ImportBatch.State.UNDONE:
            _refuse_unless_written(batch)
            undo_batch(batch, today=timezone.localdate(), by=job.created_by, progress=progress)
    done = ImportUndo.objects.get(batch=batch)
    return {"batch": str(batch.uid), "taken": done.removed + done.ended + done.restored, "conflicts": done.conflicts}


@transaction.atomic
def undo_batch(batch: ImportBatch, *, today: date, by: User | None, progress: jobs.Progress) -> ImportUndo:
    """Take back what the batch wrote, but for what changed since; the caller holds the batch's row."""
    if by is not None and not can(by, "member.import", batch.organisation):
        raise DomainError("你在这个范围里已经没有导入的权限，没有撤销。")

    def leave(member: Member) -> None:
        membership.leave(member, on=today, reason=Affiliation.EndReason.UNDONE, by=by)

    def told(step: str, done: int) -> None:
        progress(done=min(done, batch.writes), total=batch.writes, step=step)

    wait_for_turn()
    try:
        taken = undo.take_back(batch, paths=_paths(batch, by), today=today, by=by, leave=leave, step=told)
    except IntegrityError:
        raise DomainError("撤销的同时，有人正在给其中的人登记别的事，这次没有撤销。过一会儿再撤销。") from None
    counts = {name: getattr(taken, name) for name in ("removed", "ended", "restored", "returned", "conflicts")}
    done = ImportUndo.objects.create(batch=batch, day=today, by=by, **counts)
    batch.state = ImportBatch.State.UNDONE
    batch.save(update_fields=["state"])
    path = batch.organisation.path if batch.organisation else ""
    audit.record("members.roster.undone", done, by=by, path=path, batch=str(batch.uid), day=today, **counts)
    return done


def plan(batch: ImportBatch, *, by: User | None, today: date) -> undo.Taken:
    """What an undo would do now: removed, ended, restored, and what would stay because it changed since."""
    return undo.counted(batch, paths=_paths(batch, by), today=today)


def _paths(batch: ImportBatch, by: User | None) -> list[str]:
    return ["/"] if by is None else [batch.organisation.path]


def _refuse_unless_written(batch: ImportBatch) -> None:
    if batch.state == ImportBatch.State.UNDONE:
        raise DomainError("这一批已经撤销过，不能再撤销。")
    if batch.state != ImportBatch.State.COMMITTED:
        raise DomainError(f"这一批{batch.get_state_display()}，没有可以撤销的。")
