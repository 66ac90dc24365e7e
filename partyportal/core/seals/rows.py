"""The one definition of a row's bytes, as SQL, and which tables are ledgers.

A row becomes one line of JSON: its columns in the order of their names, in the form `row_to_json` gives them. That form hangs on no
setting of the session once a moment is turned to UTC and bytes to hex: days are ISO 8601, a numeric keeps the digits it was stored
with, a jsonb its own canonical text. A column of any other type is refused, so that nobody seals what cannot be read the same again.
"""

from functools import cache

from django.apps import apps
from django.db import connection

from partyportal.core.operating.doctor.database import append_only_tables
from partyportal.core.seals.models import LedgerSeal, SealBlock
from partyportal.core.seals.rules import MARK, ROWS_A_BLOCK

PLAIN = {"int2", "int4", "int8", "numeric", "bool", "uuid", "varchar", "text", "date", "jsonb", "_varchar", "_text", "_int4", "_int8"}
TURNED = {"timestamptz": "{} AT TIME ZONE 'UTC'", "bytea": "encode({}, 'hex')"}
# The seals are kept by the same trigger, and hold themselves.
OWN = frozenset({LedgerSeal._meta.db_table, SealBlock._meta.db_table})


class Unsealable(Exception):
    """A column whose text is not the same under every setting."""


def ledgers() -> list[str]:
    """Every append-only table the migrations made, and every one that has ever been sealed."""
    sealed = LedgerSeal.objects.order_by("ledger").values_list("ledger", flat=True).distinct()
    return sorted({*_append_only(), *sealed} - OWN)


@cache
def _append_only() -> frozenset[str]:
    """Read from the migrations, which do not change while a process runs."""
    return frozenset(append_only_tables())


def title_of(ledger: str) -> str:
    """What users call it."""
    return next((str(model._meta.verbose_name) for model in apps.get_models() if model._meta.db_table == ledger), ledger)


def columns_of(ledger: str) -> dict[str, str]:
    """Column → type, by name; empty if there is no such table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = to_regclass(quote_ident(%s)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname COLLATE "C"
            """,
            [ledger],
        )
        return dict(cursor.fetchall())


def line_of(types: dict[str, str], columns: list[str]) -> str:
    """A row's line, as an expression over the row."""
    parts = []
    for name in columns:
        quoted = connection.ops.quote_name(name)
        if types[name] not in PLAIN | TURNED.keys():
            raise Unsealable(f"{name}: {types[name]}")
        parts.append(f"{TURNED[types[name]].format(quoted)} AS {quoted}" if types[name] in TURNED else quoted)
    # The alias has a space, as no column has: a column of the same name would be taken instead.
    return f'row_to_json((SELECT "the row" FROM (SELECT {", ".join(parts)}) AS "the row"))::text'


def hashes(ledger: str, line: str, where: str) -> str:
    """SELECT id, hash: the rows of a ledger that `where` names."""
    return f"SELECT id, sha256(convert_to({line}, 'UTF8')) AS hash FROM {connection.ops.quote_name(ledger)} WHERE {where}"


# Over rows of (id, hash): which rows, a mark of each, the hash of their hashes.
ROLLED_UP = f"""
    range_agg(int8range(id, id, '[]'))::text AS ids, string_agg(substr(hash, 1, {MARK}), ''::bytea ORDER BY id) AS marks,
    sha256(string_agg(hash, ''::bytea ORDER BY id)) AS rows_digest
"""


def digest(ids: str, marks: str, rows_digest: str) -> str:
    """`rules.block_digest`, in SQL."""
    return f"sha256(convert_to({ids}, 'UTF8') || '\\x0a'::bytea || {marks} || {rows_digest})"


def blocks(ledger: str, line: str) -> str:
    """The rows of (after, upto] in blocks of a thousand."""
    return f"""
        SELECT block AS position, max(id) AS last_id, {ROLLED_UP}
        FROM (SELECT id, hash, (row_number() OVER (ORDER BY id) - 1) / {ROWS_A_BLOCK} AS block
              FROM ({hashes(ledger, line, "id > %(after)s AND id <= %(upto)s")}) AS hashed) AS numbered
        GROUP BY block
    """
