"""The roster import: read and stage, look through, write or give up. `write_file` is the same without the pause."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO

from django.db import connection, transaction
from django.utils import timezone

from branches.access import can, paths_for
from branches.models import Organisation
from members import tasks  # tasks name this module in turn; each uses the other only when called
from members.models import ImportBatch, ImportFile, Office, StagedRow
from members.roster import compare, staging
from members.roster.commit import register, wait_for_turn, write
from members.roster.reading import Sheet, mark_roster, read_roster
from members.rules.roster import HEADING, HEADINGS
from members.services.offices import end_office
from partyportal.core import audit, crypto, jobs
from partyportal.core.cells import plain
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, User
from partyportal.core.sheets import write_xlsx
from partyportal.core.workbook import UnusableFile

STALE = timedelta(days=1)
_EVERYWHERE = ["/"]
_ID_NUMBER = list(HEADING).index("id_number")

NOTES = {
    HEADING[name]: note
    for name, note in {
        "name": "必填。",
        "id_number": "必填，18 位，按文本填写。",
        "sex": "可不填，按号码取。",
        "birth_on": "可不填，按号码取。",
        "education": "如 大学本科、大学专科、高中，或两位代码。",
        "category": "必填：正式党员 或 预备党员。",
        "branch": "必填：党支部全称或党组织代码。",
        "joined_on": "必填，支部大会通过的日期，如 2003-01-23。",
        "full_on": "正式党员必填。",
        "mobile_phone": "手机号码 11 位，没有可不填。",
        "standing": "正常 或 停止党籍，不填是正常。",
        "is_lost": "是 或 否，不填是否。",
        "lost_on": "失联党员必填，可以只到月。",
        "is_mobile": "是 或 否，不填是否。",
        "destination": "流动党员必填，写到县。",
    }.items()
}


def no_progress(done: int | None = None, total: int | None = None, step: str | None = None) -> None:
    """For whoever waits at the command line."""


@dataclass(frozen=True)
class Answer:
    """What an import found or did, as `import_roster --json` prints it."""

    batch: ImportBatch
    committed: bool
    seconds: float
    errors: list[dict]

    def as_json(self) -> dict:
        counts = {key: getattr(self.batch, key) for key in ("rows", "new", "changed", "moved", "unchanged", "missing", "refused")}
        batch = str(self.batch.uid) if self.committed else None
        return counts | {"batch": batch, "seconds": round(self.seconds, 3), "errors": self.errors}


def write_file(
    content: bytes, file_name: str, *, organisation: Organisation | None, day: date, commit: bool, today: date, by: User | None = None
) -> Answer:
    """Read a file and, if told to, write its good rows, in one transaction: a kill leaves nothing, a dry run neither."""
    begun = time.perf_counter()
    sheet = _opened(content)
    # Without an organisation the county is meant: the one at the top, so that the batch has its place in the tree.
    organisation = organisation or Organisation.objects.filter(parent=None).first()
    with transaction.atomic():
        if commit:
            wait_for_turn()  # before the reading, or an undo meanwhile would remove people the rows were taken for
        batch = _begun(file_name, organisation=organisation, day=day, by=by)
        batch.notes = list(sheet.notes)
        with staging.apart():
            parts = staging.stage(batch, sheet, paths=_paths(batch, by), today=today)
            if commit:
                registered = sum(register(batch, rows) for rows in parts)
                _write(batch, by=by, registered=registered, progress=no_progress)  # which compares for itself
            else:
                deque(parts, maxlen=0)
                _compare(batch, by=by)
            errors = list(_errors(batch)) if batch.refused else []
        if not commit:
            transaction.set_rollback(True)
    return Answer(batch, commit, time.perf_counter() - begun, errors)


@transaction.atomic
def upload(content: bytes, file_name: str, *, organisation: Organisation, day: date, by: User) -> ImportBatch:
    """Take in a file and have it read; one that is no roster is refused here, at the field."""
    try:
        _opened(content)
    except UnusableFile as refusal:
        raise DomainError(refusal.message, field="file") from None
    batch = _begun(file_name, organisation=organisation, day=day, by=by)
    ImportFile.objects.create(batch=batch, sealed=crypto.encrypt(content, context=batch.uid.bytes))
    audit.record("members.roster.uploaded", batch, by=by, path=organisation.path, organisation=organisation.code)
    _start(tasks.read_import, batch, title=f"读取{organisation}名册", by=by)
    return batch


@transaction.atomic
def start_commit(batch: ImportBatch, *, by: User) -> Job:
    """Have a looked-through batch written. The writing asks for the permission again."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state != ImportBatch.State.READY:
        raise DomainError(f"这一批{batch.get_state_display()}，不能写入。")
    return _start(tasks.commit_import, batch, title=f"写入{batch.organisation or '全县'}名册", by=by)


def _opened(content: bytes) -> Sheet:
    """The roster in a file; one in which nobody stands is of no use either."""
    sheet = read_roster(content)
    first = next(iter(sheet.rows), None)
    if first is None:
        raise UnusableFile("名册里一个人也没有：表头下面没有填了号码、出生日期或入党日期的行。")
    if "**" in str(first[1][_ID_NUMBER]):
        raise UnusableFile("这份名册里的公民身份号码是遮盖过的（带 * 号），认不出是谁，请换导出完整号码的名册再导入。")
    return sheet


def _begun(file_name: str, *, organisation: Organisation | None, day: date, by: User | None) -> ImportBatch:
    shown = plain(file_name)[:160]  # a name of another encoding holds bytes that are no text
    return ImportBatch.objects.create(organisation=organisation, file_name=shown, day=day, created_by=by)


def _start(task, batch: ImportBatch, *, title: str, by: User) -> Job:
    job = jobs.start(task, title=title, by=by, batch=str(batch.uid))
    batch.job = job.uid
    batch.save(update_fields=["job"])
    return job


def read_in_job(job: Job, progress: jobs.Progress) -> dict:
    """Stage and compare an upload. Run twice, it stages anew; one that was given up meanwhile stays given up."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("organisation").get(uid=job.params["batch"])
        if batch.state not in {ImportBatch.State.READING, ImportBatch.State.READY}:
            raise DomainError(f"这一批{batch.get_state_display()}，不再读取。")
        content = crypto.decrypt(bytes(batch.file.sealed), context=batch.uid.bytes)
        StagedRow.objects.filter(batch=batch).delete()
        progress(step="读取文件")
        sheet = _opened(content)
        batch.notes = list(sheet.notes)
        for rows in staging.stage(batch, sheet, paths=_paths(batch, job.created_by), today=timezone.localdate()):
            progress(done=rows[-1], total=sheet.height, step="读取和检查")
        progress(step="与名册比对")
        _compare(batch, by=job.created_by)
        batch.state = ImportBatch.State.READY
        batch.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_stagedrow")  # the preview is looked at before autovacuum comes by
    return {"batch": str(batch.uid), "rows": batch.rows}


def commit_in_job(job: Job, progress: jobs.Progress) -> dict:
    """Write a batch. Run twice, it writes once."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("organisation").get(uid=job.params["batch"])
        if batch.state == ImportBatch.State.READY:
            _write(batch, by=job.created_by, registered=None, progress=progress)
            _forget(batch, keep_refused=True)
        elif batch.state != ImportBatch.State.COMMITTED:
            raise DomainError(f"这一批{batch.get_state_display()}，不能写入。")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_importedrow")  # an undo may be looked at before autovacuum comes by
    return {"batch": str(batch.uid), "written": batch.writes}


@transaction.atomic
def discard(batch: ImportBatch, *, by: User | None) -> None:
    """Give a batch up: nothing was written, and what was staged is thrown away."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state in {ImportBatch.State.COMMITTED, ImportBatch.State.UNDONE}:
        raise DomainError("这一批已经写入，不能放弃。")
    batch.state = ImportBatch.State.DISCARDED
    batch.save(update_fields=["state"])
    _forget(batch)
    path = batch.organisation.path if batch.organisation else ""
    audit.record("members.roster.discarded", batch, by=by, path=path)


def sweep_stale(*, now: datetime) -> int:
    """Throw away what was staged more than a day ago and never decided, and what written batches still keep of refused rows."""
    old = ImportBatch.objects.filter(created_at__lt=now - STALE)
    undecided = list(old.filter(state__in=[ImportBatch.State.READING, ImportBatch.State.READY]))
    for batch in undecided:
        discard(batch, by=None)
    StagedRow.objects.filter(batch__in=old).delete()
    ImportFile.objects.filter(batch__in=old).delete()
    return len(undecided)


def _compare(batch: ImportBatch, *, by: User | None) -> None:
    compare.preview(batch, paths=_paths(batch, by), sight=_EVERYWHERE if by is None else paths_for(by))
    compare.count(batch)


def _paths(batch: ImportBatch, by: User | None) -> list[str]:
    """Where the batch may write: the operator everywhere, anybody else within the organisation chosen at the upload."""
    return _EVERYWHERE if by is None else [batch.organisation.path]


def _write(batch: ImportBatch, *, by: User | None, registered: int | None, progress: Callable) -> None:
    """Write inside the caller's transaction, with the permission as it is now and not as it was at the preview."""
    if by is not None and not can(by, "member.import", batch.organisation):
        raise DomainError("你在这个范围里已经没有导入的权限，没有写入。")
    expected = batch.writes  # by the preview; what is written is counted anew

    def told(step: str, done: int) -> None:
        progress(done=min(done, expected), total=expected, step=step)

    def end(office: Office, reason: str) -> None:
        end_office(office, on=batch.day, reason=reason, by=by)

    write(batch, paths=_paths(batch, by), by=by, registered=registered, end=end, step=told)
    batch.state = ImportBatch.State.COMMITTED
    batch.committed_by, batch.committed_at = by, timezone.now()
    batch.save()
    counts = {key: getattr(batch, key) for key in ("rows", "new", "changed", "moved", "unchanged", "missing", "refused", "left")}
    audit.record("members.roster.committed", batch, by=by, path=batch.organisation.path if batch.organisation else "", **counts)


def template() -> IO[bytes]:
    """The national form as an empty sheet: every column text, so that no number loses its last digits; notes say what to write."""
    return write_xlsx(HEADINGS, [], sheet="党员名册", text_columns=HEADINGS, notes=NOTES)


def marked_copy(batch: ImportBatch, *, only_refused: bool, by: User) -> IO[bytes] | None:
    """The file as it was sent, its faults marked, while it is kept; it holds whole numbers, so the giving out is audited."""
    kept = ImportFile.objects.filter(batch=batch).first()
    if kept is None:
        return None
    faults = {
        row: [(fault["column"], fault["message"]) for fault in told]
        for row, told in StagedRow.objects.filter(batch=batch, outcome="refused").values_list("row", "faults")
    }
    content = crypto.decrypt(bytes(kept.sealed), context=batch.uid.bytes)
    audit.record("members.roster.given_back", batch, by=by, path=batch.organisation.path, rows=len(faults))
    return mark_roster(content, faults, only_faulty=only_refused)


def _errors(batch: ImportBatch):
    rows = StagedRow.objects.filter(batch=batch, outcome="refused").order_by("row").values_list("row", "faults")
    for row, faults in rows:
        for fault in sorted(faults, key=lambda fault: HEADINGS.index(fault["column"])):
            yield {"row": row, "column": fault["column"], "code": fault["code"], "message": fault["message"]}


def _forget(batch: ImportBatch, *, keep_refused: bool = False) -> None:
    """Drop what was staged. Refused rows and their file stay a day longer, so that they can be mended and sent again."""
    staged = StagedRow.objects.filter(batch=batch)
    if keep_refused and batch.refused:
        staged.exclude(outcome="refused").delete()
        return
    staged._raw_delete(staged.db)
    ImportFile.objects.filter(batch=batch).delete()
