"""Every sealed column and every look-up column of the portal, found by walking the models."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import BinaryField, F, Func, Model, QuerySet, Value
from django.db.models.functions import Cast
from psycopg2.extras import execute_values

from partyportal.core import crypto
from partyportal.core.fields import EncryptedTextField
from partyportal.core.sealed import LookUp, Seal


@dataclass(frozen=True)
class SealedColumn:
    """One column under FIELD_KEYS."""

    model: type[Model]
    seal: Seal

    def __str__(self):
        return f"{self.model._meta.label}.{self.seal.column}"

    def rows(self) -> QuerySet:
        """What is sealed, as bytes in `raw`, whatever Python type the field has."""
        raw = Cast(F(self.seal.column), BinaryField())
        return self.model._base_manager.filter(**{f"{self.seal.column}__isnull": False}).annotate(raw=raw).order_by("pk")

    def outdated(self) -> QuerySet:
        """What is not under the newest key and the chosen cipher."""
        head = crypto.current_head()
        return (
            self.rows()
            .annotate(head=Func(F("raw"), Value(1), Value(len(head)), function="substr", output_field=BinaryField()))
            .exclude(head=head)
        )

    def taken(self, rows: QuerySet) -> Iterator[tuple[object, bytes, bytes]]:
        """(pk, sealed, context) of some rows."""
        if not self.seal.bound_to:
            return ((pk, bytes(raw), b"") for pk, raw in rows.values_list("pk", "raw"))
        return ((pk, bytes(raw), _context(bound)) for pk, raw, bound in rows.values_list("pk", "raw", self.seal.bound_to))

    def key_ids(self) -> dict[str, int]:
        """How many values stand under which key."""
        table, column = _quoted(self.model, self.seal.column)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT substring({column} FROM 3 FOR get_byte({column}, 1)) AS key, count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
            )
            return {bytes(key).decode(errors="replace"): count for key, count in cursor}


def _context(bound: uuid.UUID | str) -> bytes:
    return bound.bytes if isinstance(bound, uuid.UUID) else str(bound).encode()


def _quoted(model: type[Model], column: str) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), quote(model._meta.get_field(column).column)


def sealed_columns() -> list[SealedColumn]:
    """All of them, in the order of the apps."""
    found = []
    for model in apps.get_models():
        encrypted = [Seal(field.name) for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        found += [SealedColumn(model, seal) for seal in (*encrypted, *getattr(model, "seals", ()))]
    return found


def look_up_columns() -> list[tuple[type[Model], LookUp]]:
    return [(model, look_up) for model in apps.get_models() for look_up in getattr(model, "look_ups", ())]


def sealed_column(model: type[Model], name: str) -> SealedColumn:
    """The sealed column a look-up value is made from."""
    return next(column for column in sealed_columns() if column.model is model and column.seal.column == name)


def keys_in_use() -> dict[str, int]:
    """How many values of the whole portal stand under which key of FIELD_KEYS."""
    total: dict[str, int] = {}
    for column in sealed_columns():
        for key, count in column.key_ids().items():
            total[key] = total.get(key, 0) + count
    return total


def write(model: type[Model], column: str, values: Iterable[tuple[object, bytes | None]]) -> int:
    """Set one column of many rows by (pk, value), and nothing else of them."""
    table, name = _quoted(model, column)
    pk = model._meta.pk
    key = connection.ops.quote_name(pk.column)
    rows = [(str(k) if isinstance(k, uuid.UUID) else k, v) for k, v in values]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            f"UPDATE {table} SET {name} = fresh.value FROM (VALUES %s) AS fresh (key, value) WHERE {table}.{key} = fresh.key",
            rows,
            template=f"(%s::{pk.db_type(connection)}, %s::bytea)",
            page_size=len(rows),
        )
        return cursor.rowcount


def ring() -> dict[str, str]:
    """The keys of FIELD_KEYS: id → fingerprint, the newest first."""
    return dict(line.split(":", 1) for line in crypto.fingerprints())


def other_keys() -> dict[str, str]:
    """The two keys apart from the ring that belong to the data: name → fingerprint."""
    return {name: crypto.fingerprint_of(getattr(settings, name)) for name in ("INDEX_KEY", "SEAL_KEY")}
