"""A database of its own beside the portal's: benchmarks load and drop it, and never touch a user's rows.

Migrating takes a minute, copying an empty migrated database a second. So one is kept on the server, named by its migrations.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.psycopg_any import sql

EMPTY = "partyportal_bench_empty_"


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Within it every connection of the process goes to an empty, migrated database `name` on the same server."""
    empty = _migrated()
    kept = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _statement("CREATE DATABASE {} TEMPLATE {}", name, empty)
    _point(dict.fromkeys(kept, name))
    try:
        yield
    finally:
        _point(kept)
        _statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Within it every connection of the process goes to that database, made before by `scratch_database`."""
    kept = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _point(dict.fromkeys(kept, name))
    try:
        yield
    finally:
        _point(kept)


def _migrated() -> str:
    """The name of an empty database as today's migrations leave it. It gets its name when it is whole; those of other migrations go."""
    name = EMPTY + _digest()
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [EMPTY])
        held = {row[0] for row in cursor.fetchall()}
    if name not in held:
        for other in held:
            _statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", other)
        _statement("CREATE DATABASE {} TEMPLATE template0", making := f"{EMPTY}making")
        with pointed_at(making):
            call_command("migrate", verbosity=0, interactive=False)
        _statement("ALTER DATABASE {} RENAME TO {}", making, name)
    return name


def _digest() -> str:
    """Of every installed migration."""
    found = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _point(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _statement(text: str, *names: str) -> None:
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(sql.SQL(text).format(*map(sql.Identifier, names)))
