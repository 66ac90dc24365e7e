"""The dated rows of a person (affiliations, groups, classes, 停止党籍) as one JSON value, and putting them back as such a value says."""

from django.db import connection

# Of each table what a row says beside whose it is; the day it starts tells two rows of one person apart.
_TABLES = {
    "affiliations": ("members_affiliation", ("organisation_id", "start", '"end"', "reason", "end_reason", "basis")),
    "groups": ("members_groupmembership", ("organisation_id", "start", '"end"')),
    "classes": ("members_memberclass", ("name", "start", '"end"')),
    "suspensions": ("members_suspension", ("uid", "start", '"end"', "reason", "outcome", "basis", "decided_by_id")),
}

_ROWS = """coalesce((
    SELECT jsonb_agg(jsonb_build_object({pairs}) ORDER BY d.start) FROM {table} d WHERE d.member_id = m.id
), '[]')"""


def _snapshot() -> str:
    parts = []
    for key, (table, columns) in _TABLES.items():
        pairs = ", ".join(f"'{column.strip(chr(34))}', d.{column}" for column in columns)
        parts.append(f"'{key}', {_ROWS.format(pairs=pairs, table=table)}")
    return f"jsonb_build_object({', '.join(parts)})"


# In SQL: all of them of the member `m`.
DATED = _snapshot()


def as_far_as(kept: str) -> str:
    """In SQL: the dated rows as they are now, of those tables that `kept` speaks of: what was kept before a table was added is silent about it."""
    return f"({DATED} - ARRAY(SELECT k FROM unnest(ARRAY{list(_TABLES)}) k WHERE NOT jsonb_exists({kept}, k)))"


def put_back(source: str) -> None:
    """Make the dated rows those of a table `source` of (member_id, dated). What is not in it goes, what is there is made so;
    a table it does not speak of is let alone.

    In this order, so that no day ever holds two rows: the rows to go, those that change, those that come again.
    """
    with connection.cursor() as cursor:
        for key, (table, columns) in _TABLES.items():
            typed = ", ".join(f"{column} {_TYPES[column]}" for column in columns)
            wanted = f"(SELECT b.member_id, w.* FROM {source} b, jsonb_to_recordset(b.dated -> '{key}') AS w({typed}))"
            own = [column for column in columns if column != "start"]
            mine, theirs = ", ".join(f"d.{column}" for column in own), ", ".join(f"w.{column}" for column in own)
            cursor.execute(
                f"""
                DELETE FROM {table} d USING {source} b
                WHERE d.member_id = b.member_id AND jsonb_exists(b.dated, '{key}')
                  AND NOT EXISTS (SELECT FROM {wanted} w WHERE w.member_id = d.member_id AND w.start = d.start)
                """
            )
            cursor.execute(
                f"""
                UPDATE {table} d SET {", ".join(f"{column} = w.{column}" for column in own)} FROM {wanted} w
                WHERE d.member_id = w.member_id AND d.start = w.start AND ({mine}) IS DISTINCT FROM ({theirs})
                """
            )
            cursor.execute(
                f"""
                INSERT INTO {table} (member_id, {", ".join(columns)})
                SELECT w.member_id, {", ".join(f"w.{column}" for column in columns)} FROM {wanted} w
                WHERE NOT EXISTS (SELECT FROM {table} d WHERE d.member_id = w.member_id AND d.start = w.start)
                """
            )


_TYPES = {
    "organisation_id": "bigint",
    "start": "date",
    '"end"': "date",
    "reason": "varchar",
    "end_reason": "varchar",
    "basis": "varchar",
    "name": "varchar",
    "uid": "uuid",
    "outcome": "varchar",
    "decided_by_id": "bigint",
}
