"""Rows made once in a process by whoever makes them in life, and put back as they were wherever they are wanted again."""

import json
from collections.abc import Iterable

from django.db import connection


def rows_of(table: str, where: str = "true") -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(json_agg(t), '[]')::text FROM (SELECT * FROM {table} WHERE {where}) t")
        return json.loads(cursor.fetchone()[0])


def put_back(rows: Iterable[tuple[str, list[dict]]]) -> str:
    """A statement for each table and its rows, in the order given."""
    return "".join(f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, '{_literal(kept)}');" for table, kept in rows)


def _literal(rows: list[dict]) -> str:
    return json.dumps(rows, ensure_ascii=False).replace("'", "''")
