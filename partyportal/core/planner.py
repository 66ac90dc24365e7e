"""Where PostgreSQL cannot guess how many rows it will meet, and would look each of a county's up by itself."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def read_whole(wide: bool = True):
    """Within the block, where `wide`, tables are read once and hashed. What is asked of the database is asked inside, so no lazy rows."""
    if not wide:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
