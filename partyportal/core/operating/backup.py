"""`backup DIR`: database and files as they are at one moment, keys excluded, in a folder that appears whole or not at all."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.operating import columns, manifest, programs


@dataclass(frozen=True)
class Backup:
    """What was made."""

    folder: Path
    tables: int
    rows: int
    files: int
    bytes: int
    keys: dict

    @property
    def unknown_keys(self) -> list[str]:
        """Keys that the data needs and nobody here holds."""
        return [key for key, fingerprint in self.keys["FIELD_KEYS"].items() if not fingerprint]


def make(folder: Path) -> Backup:
    """Write the backup beside its place and move it there in the end."""
    folder = folder.expanduser().absolute()
    _require_room(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f"{folder.name}.partial-", dir=folder.parent, ignore_cleanup_errors=True) as name:
            draft = Path(name)
            said = _fill(draft)
            manifest.write(draft, said)
            _settle_on_disk(draft)
            draft.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        raise DomainError(f"备份没有做成：{error.strerror or error}（{error.filename or folder}）。") from error
    made = Backup(
        folder,
        tables=len(said["tables"]),
        rows=sum(said["tables"].values()),
        files=len(said["parts"]) - 1,
        bytes=sum(part["bytes"] for part in said["parts"]),
        keys=said["keys"],
    )
    audit.record("core.backup.made", by=None, rows=made.rows, files=made.files, bytes=made.bytes)
    return made


def _require_room(folder: Path) -> None:
    if (folder.is_dir() and any(folder.iterdir())) or (folder.exists() and not folder.is_dir()):
        raise DomainError(f"{folder} 已经有东西。每次备份用一个新目录，例如以日期命名。")
    media = Path(settings.MEDIA_ROOT).absolute()
    if folder == media or media in folder.parents:
        raise DomainError(f"备份不能放在附件目录 {media} 里。")


def _fill(draft: Path) -> dict:
    """The dump, then the files: a row is written after its file, so every file a dumped row names is still to be copied."""
    major = programs.server_major()
    place, program_major = programs.folder_for(major)
    with _snapshot() as name:
        said = {
            "made_at": timezone.now().isoformat(),
            "server_major": major,
            "program_major": program_major,
            "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
            "tables": _row_counts(),
            "keys": _keys_needed(),
        }
        _dump(place / "pg_dump", draft / manifest.DUMP, snapshot=name)
    said["parts"] = [{"path": manifest.DUMP, **manifest.copy(draft / manifest.DUMP, None)}, *_copy_files(draft)]
    return said


@contextmanager
def _snapshot() -> Iterator[str]:
    """One moment of the database, which this connection counts and pg_dump writes."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _row_counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts


def _keys_needed() -> dict:
    """By fingerprint: those of FIELD_KEYS that some value stands under, and the two others."""
    held = columns.ring()
    return {"FIELD_KEYS": {key: held.get(key, "") for key in sorted(columns.keys_in_use())}, **columns.other_keys()}


def _dump(program: Path, target: Path, *, snapshot: str) -> None:
    words = [
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--file={target}",
        f"--dbname={programs.address()}",
    ]
    child = programs.start(program, *words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _, complaint = child.communicate()
    except BaseException:
        child.kill()
        child.wait()
        raise
    if child.returncode:
        last = complaint.strip().splitlines()[-1:] or [f"pg_dump 以 {child.returncode} 退出"]
        raise DomainError(f"数据库导出失败：{last[0]}")


def _copy_files(draft: Path) -> Iterator[dict]:
    media = Path(settings.MEDIA_ROOT)
    (draft / manifest.FILES).mkdir(mode=0o700)
    for source in sorted(media.rglob("*")):
        inside = source.relative_to(media)
        if source.is_symlink() or not source.is_file() or inside.parts[0].startswith("."):
            continue  # a link leads out of the folder; hidden ones are a restore's own drafts
        target = draft / manifest.FILES / inside
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):  # removed since the listing, with the row that named it
            yield {"path": f"{manifest.FILES}/{inside.as_posix()}", **manifest.copy(source, target)}


def _settle_on_disk(draft: Path) -> None:
    """What the name will stand for is on disk before it has the name."""
    for path in [*draft.rglob("*"), draft]:
        if path.is_file():
            path.chmod(0o600)
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
