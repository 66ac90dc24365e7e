"""Whether the tables are those of this code."""

import pkgutil
from functools import cache
from importlib import import_module

from django.apps import apps
from django.db import ProgrammingError, connections
from django.db.migrations.loader import MigrationLoader


def is_migrated() -> bool:
    """Every migration of this code stands. On a connection of its own: the request's may be broken, or a minute old and long dead."""
    connection = connections["default"].copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return migrations() <= set(cursor.fetchall())
    except ProgrammingError:  # never migrated at all
        return False
    finally:
        connection.close()


@cache
def migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of the migrations on disk, by their file names: to load them would take longer than an answer may."""
    found = set()
    for config in apps.get_app_configs():
        module, _ = MigrationLoader.migrations_module(config.label)
        try:
            folders = import_module(module).__path__
        except ModuleNotFoundError:  # an app without tables
            continue
        found |= {(config.label, one.name) for one in pkgutil.iter_modules(folders) if not one.name.startswith("_")}
    return frozenset(found)
