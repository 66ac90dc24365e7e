"""A ledger of a few dozen rows, some sealed and some not, and the hand that touches it past the triggers."""

import importlib.util
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from partyportal.core import audit
from partyportal.core.seals import rows
from partyportal.core.seals.services import seal_ledgers
from points.models import Entry
from tests.factories import make_member
from tests.points.makers import deed, make_scheme, settled


def stand_alone():
    """The verifier, as a module of its own."""
    spec = importlib.util.spec_from_file_location("verify_ledger_export", Path(settings.BASE_DIR) / "bin/verify_ledger_export.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def live(tree, people, months) -> None:
    """Some deeds settled in several statements, and audit rows beside them."""
    for month in months:
        settled(*(deed(p, date(2026, month, 5)) for p in people))
        audit.record("test.month.lived", people[0], by=None, subject=people[0].uid, month=month)
        audit.record("test.month.seen", by=None, path=tree.ours.path, rows=month)


def skip_ids(table: str, count: int) -> None:
    """What a rolled-back transaction leaves: numbers that no row has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])


def sealed_and_open(tree, *, block: int, monkeypatch) -> list:
    """Two seals of each ledger, in blocks of a few rows, with gaps between ids; then rows nobody has sealed yet."""
    monkeypatch.setattr(rows, "ROWS_A_BLOCK", block)
    make_scheme(tree.county, {})
    people = [make_member(tree.ours, f"党员{n}") for n in range(4)]
    for months in ((1, 2, 3), (4, 5)):
        live(tree, people, months)
        skip_ids("points_entry", 3)
        skip_ids("core_auditentry", 2)
        assert not seal_ledgers().faults
    live(tree, people, (6, 7, 8))
    return people


@contextmanager
def past_the_triggers():
    """As only an intruder with the database's own keys could; taken back at the end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
        transaction.set_rollback(True)


def last_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        return cursor.fetchone()[0]


def entries() -> list[int]:
    return list(Entry.objects.order_by("id").values_list("id", flat=True))
