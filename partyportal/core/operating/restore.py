"""`restore DIR`: a whole state back into an empty place, or over another with --force, and proof that it is that state."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg2 import sql

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, User
from partyportal.core.operating import columns, manifest, programs
from partyportal.core.operating.doctor import State
from partyportal.core.operating.doctor import keys as key_checks

Tell = Callable[[str], None]

# Triggers are the last thing a dump brings, so they judge nothing that it fills in; dropping a table fires none.
DROP_ALL = """
SET lock_timeout = '20s';
SET client_min_messages = warning;
DO $$
DECLARE line text;
BEGIN
    FOR line IN
        SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name) FROM (
            SELECT 1 AS turn, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
                   format('%I.%I', 'public', c.relname) AS name, c.relkind = 'S' AS late
            FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
            UNION ALL
            SELECT 2, 'ROUTINE', p.oid::regprocedure::text, false FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        ) thing ORDER BY turn, late
    LOOP
        EXECUTE line;
    END LOOP;
END $$;
"""


class NotProven(Exception):
    """The state is back, but a check of it failed: it must not be used as it stands."""


@dataclass(frozen=True)
class Restored:
    """What came back."""

    made_at: str
    rows: int
    files: int
    migrated: int


def restore(folder: Path, *, force: bool, tell: Tell) -> Restored:
    """Everything that can refuse does so before anything is touched."""
    folder = folder.expanduser().absolute()
    said = manifest.read(folder)
    require_keys(said["keys"])
    manifest.require_untouched(said)
    tell("核对各部分的校验值……")
    _require_parts(folder, said)
    _require_known_schema(said)
    if not force:
        _require_empty()
    media = Path(settings.MEDIA_ROOT)
    media.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=manifest.DRAFT, dir=media, ignore_cleanup_errors=True) as draft:
        tell("准备附件……")
        files = _lay_out(folder, said, Path(draft))
        tell("恢复数据库……")
        _load(folder / manifest.DUMP, said)
        connection.close()  # its plans and its snapshot are of the old tables
        _swap(media, Path(draft))
    migrated = _catch_up(tell)
    tell("核对密钥和账本……")
    _prove()
    audit.record("core.backup.restored", by=None, made_at=said["made_at"], rows=sum(said["tables"].values()), files=files)
    return Restored(said["made_at"], sum(said["tables"].values()), files, migrated)


def require_keys(needed: dict) -> None:
    """Each key the backup needs, by fingerprint; the sentence names those that are missing."""
    try:
        held, others = columns.ring(), columns.other_keys()
    except ValueError:
        raise DomainError("现在的 FIELD_KEYS、INDEX_KEY 或 SEAL_KEY 格式不对，先运行 doctor。") from None
    missing = [
        f"FIELD_KEYS 里的 {key}（指纹 {print_}）" for key, print_ in needed["FIELD_KEYS"].items() if print_ and held.get(key) != print_
    ]
    missing += [f"{name}（指纹 {needed[name]}）" for name, print_ in others.items() if needed[name] != print_]
    if missing:
        raise DomainError(
            f"缺少这份备份的密钥：{'、'.join(missing)}。请从保管处取来，设在环境变量里，试用的放到 {Path(settings.HOME) / 'secret.env'}，再恢复。"
        )


def _require_parts(folder: Path, said: dict) -> None:
    for part in said["parts"]:
        path = folder / manifest.part_path(part["path"])
        try:
            found = manifest.copy(path, None)
        except OSError:
            raise DomainError(f"备份里缺少 {part['path']}。请换一份备份。") from None
        if found != {"bytes": part["bytes"], "sha256": part["sha256"]}:
            raise DomainError(f"备份里的 {part['path']} 已损坏或被改动，校验值不符。请换一份备份。")


def _require_known_schema(said: dict) -> None:
    """A backup of newer code holds what this code would misread; of a newer server, what this server cannot."""
    known = set(MigrationExecutor(None).loader.disk_migrations)
    newer = sorted(tuple(pair) for pair in said["migrations"] if tuple(pair) not in known)
    if newer:
        raise DomainError(f"备份来自更新的程序版本（有 {newer[0][0]}.{newer[0][1]}）。请先换上那个版本的程序。")
    if programs.server_major() < said["server_major"]:
        raise DomainError(f"备份来自 PostgreSQL {said['server_major']}，这里是 {programs.server_major()}。请恢复到同样或更新的版本。")


def _require_empty() -> None:
    """A place that was only migrated counts as empty: nobody has an account there and nothing was done."""
    held = set(connection.introspection.table_names())
    if any(model._meta.db_table in held and model.objects.exists() for model in (User, AuditEntry)):
        raise DomainError("这里的数据库已经有数据，恢复会全部覆盖。确实要覆盖，先备份现状，停下网站和任务进程，再加 --force。")
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir() and any(not path.name.startswith(".") for path in media.iterdir()):
        raise DomainError(f"附件目录 {media} 不是空的，恢复会全部覆盖。确实要覆盖，加 --force。")


def _lay_out(folder: Path, said: dict, draft: Path) -> int:
    """The files, verified once more as they are written, on the disk where they will be."""
    names = [part for part in said["parts"] if part["path"] != manifest.DUMP]
    for part in names:
        path = manifest.part_path(part["path"])
        target = draft.joinpath(*path.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        if manifest.copy(folder / path, target)["sha256"] != part["sha256"]:
            raise DomainError(f"备份里的 {part['path']} 在恢复中变了。请换一份备份。")
    return len(names)


def _load(dump: Path, said: dict) -> None:
    """Drop what stands, load the dump and count every table, all in one transaction: it is the backup's state, or what was before."""
    least = max(said["program_major"], programs.server_major())
    place, major = programs.folder_for(least)
    older_server = programs.server_major() < 17 <= major
    words = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", f"--dbname={programs.address()}"]
    counts = _count_check(said["tables"])
    connection.close()  # our own locks must not be in the way
    psql = programs.start(place / "psql", *words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    script = programs.start(place / "pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump), stdout=subprocess.PIPE)
    try:
        psql.stdin.write(f"BEGIN;\n{DROP_ALL}".encode())
        head = script.stdout.read(manifest.CHUNK)
        psql.stdin.write(head.replace(b"SET transaction_timeout = 0;\n", b"", 1) if older_server else head)
        shutil.copyfileobj(script.stdout, psql.stdin, manifest.CHUNK)
        # The end is said only of a whole script: without COMMIT the server undoes everything.
        if script.wait() == 0:
            psql.stdin.write(f"{counts}\nCOMMIT;\n".encode())
        psql.stdin.close()
    except BrokenPipeError:
        pass  # psql has refused; it says why
    finally:
        script.kill()
        script.wait()
        complaint = psql.stderr.read().decode(errors="replace").strip()
        ended = psql.wait()
    if ended or script.returncode:
        raise DomainError(f"数据库没有恢复，原来的数据没有动：{_reason(complaint)}")
    connection.close()


def _reason(complaint: str) -> str:
    if "lock timeout" in complaint:
        return "还有进程在使用数据库。先停下网站、任务进程和定时进程。"
    if "must be owner" in complaint or "permission denied" in complaint:
        return "现在的数据库角色没有权力。请用表的所有者（owner）的 DATABASE_URL 运行。"
    return next((line for line in complaint.splitlines() if "ERROR" in line or "FATAL" in line), complaint[:200] or "pg_restore 失败")


def _count_check(tables: dict[str, int]) -> str:
    """As SQL that raises where a table has not as many rows as the backup said."""
    lines = [
        sql.SQL("IF (SELECT count(*) FROM public.{}) <> {} THEN RAISE EXCEPTION 'rows missing in %', {}; END IF;").format(
            sql.Identifier(table), sql.Literal(int(count)), sql.Literal(table)
        )
        for table, count in tables.items()
    ]
    connection.ensure_connection()
    return f"DO $counts$ BEGIN {sql.SQL(' ').join(lines).as_string(connection.connection)} END $counts$;"


def _swap(media: Path, draft: Path) -> None:
    """The new files into place; the old go only when the new are there. Inside the folder, which may be a mount."""
    before = Path(mkdtemp(prefix=manifest.BEFORE, dir=media))
    for path in list(media.iterdir()):
        if path not in (draft, before):
            path.rename(before / path.name)
    for path in list(draft.iterdir()):
        path.rename(media / path.name)
    shutil.rmtree(before)


def _catch_up(tell: Tell) -> int:
    """Migrations that the code has gained since the backup."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        tell(f"执行备份之后新增的 {missing} 个迁移……")
        call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a bulk load leaves the planner without figures
    return missing


def _prove() -> None:
    """Sealed values open, look-ups agree, and the ledger verifies."""
    faults = [str(finding) for check in (key_checks.keys, key_checks.look_ups) for finding in check() if finding.state is State.FAULT]
    if faults:
        raise NotProven("数据已恢复，但密钥核对没有通过：\n" + "\n".join(faults))
    if "verify_ledger" not in get_commands():
        return
    try:
        call_command("verify_ledger", stdout=sys.stderr)
    except SystemExit as end:
        if end.code:
            raise NotProven("数据已恢复，但账本核对没有通过（见上）。不要投入使用，换一份备份。") from None
