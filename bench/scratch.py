"""A database of its own beside the portal's: benchmarks load and drop it, and never touch a user's rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.psycopg_any import sql


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Within it every connection of the process goes to an empty, migrated database `name` on the same server."""
    kept = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _statement("CREATE DATABASE {} TEMPLATE template0", name)
    _point(dict.fromkeys(kept, name))
    try:
        call_command("migrate", verbosity=0, interactive=False)
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


def _point(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _statement(text: str, name: str) -> None:
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(sql.SQL(text).format(sql.Identifier(name)))
