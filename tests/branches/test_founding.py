"""The tree that nearly every test stands in is founded once and put back for the others: no row of it is missing or other."""

from django.core.management import call_command
from django.db import connection, transaction

from tests.conftest import found_tree, rows_of_tree
from tests.kept import put_back


def counts() -> dict[str, int]:
    """How many rows each table holds."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())


def test_the_tree_put_back_is_the_tree_as_founded(db):
    with transaction.atomic():
        county = found_tree().county
        rows, founded = rows_of_tree(county), counts()
        transaction.set_rollback(True)
    assert not any(kept for _, kept in rows_of_tree(county))
    with connection.cursor() as cursor:
        cursor.execute(put_back(rows))
    assert rows_of_tree(county) == rows
    assert counts() == founded


def test_a_flush_leaves_what_the_migrations_and_what_follows_them_made(transactional_db):
    before = counts()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_permission")
    call_command("flush", interactive=False)
    assert before["auth_permission"] and counts() == before
