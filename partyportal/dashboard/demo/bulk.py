"""Rows of the demo county by COPY: tens of thousands of `bulk_create` spend more time in building SQL than in storing rows."""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

from partyportal.core import crypto
from partyportal.core.fields import EncryptedTextField

_AS_THEY_ARE = (int, Decimal, UUID, date, datetime, time)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_in(rows: Sequence[Model]) -> None:
    """What `bulk_create` does with new rows of one model, ids included, in one COPY."""
    if not rows:
        return
    meta = rows[0]._meta
    with connection.cursor() as cursor:
        sequence = f"SELECT nextval(pg_get_serial_sequence('{meta.db_table}', '{meta.pk.column}')) FROM generate_series(1, %s)"
        cursor.execute(sequence, [len(rows)])
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
        fields = [field for field in meta.concrete_fields if not isinstance(getattr(rows[0], field.attname), DatabaseDefault)]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        cursor.copy_expert(f"COPY {meta.db_table} ({columns}) FROM STDIN", io.StringIO("".join(_lines(rows, fields))))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _lines(rows: Sequence[Model], fields: Sequence[Field]) -> Iterator[str]:
    written = [(field, _writer(field)) for field in fields]
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="bulk_create")  # rows it names may have been numbered since
        yield "\t".join([write(field.pre_save(row, True)) for field, write in written]) + "\n"


def _writer(field: Field) -> Callable[[object], str]:
    """How COPY wants a value of the field."""
    if isinstance(field, EncryptedTextField):
        seal = crypto.sealer()
        return lambda value: _text(value if value is None else seal(value.encode()))
    return lambda value: value if value.__class__ is str and value.isprintable() and "\\" not in value else _text(value)


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    if value.__class__ is bool:
        return "t" if value else "f"
    if isinstance(value, bytes | memoryview):
        return "\\\\x" + bytes(value).hex()
    if isinstance(value, str):
        return str(value).translate(_ESCAPES)
    if isinstance(value, _AS_THEY_ARE):
        return str(value)
    raise TypeError(f"the demo copies no {type(value).__name__} yet")


def set_columns(model: type[Model], names: Sequence[str], rows: Sequence[tuple]) -> None:
    """Set named fields of rows given as (id, value, …): `bulk_update` writes a CASE for each row and column, this one joins."""
    columns = [model._meta.get_field(name) for name in names]
    with connection.cursor() as cursor:
        kinds = [column.db_parameters(connection)["type"] for column in columns]
        arrays = ", ".join(f"%s::{kind}[]" for kind in ["bigint", *kinds])
        assigned = ", ".join(f'"{column.column}" = new."{column.column}"' for column in columns)
        named = ", ".join(f'"{column.column}"' for column in columns)
        cursor.execute(
            f"UPDATE {model._meta.db_table} held SET {assigned} FROM unnest({arrays}) AS new (key, {named}) WHERE held.id = new.key",
            [list(values) for values in zip(*rows, strict=True)] or [[] for _ in (0, *names)],
        )
