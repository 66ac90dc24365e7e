"""Sealing: what every ledger has gained since its last seal is bound into the one chain."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg2.errors import LockNotAvailable

from partyportal.core.seals import keys, rules, slips
from partyportal.core.seals.models import LedgerSeal
from partyportal.core.seals.rows import blocks, columns_of, digest, ledgers, line_of

CHAIN = 20260701  # the advisory lock under which the chain grows
PATIENCE = 3.0  # seconds a sealing waits for transactions that are writing the ledger, or keep it locked
LOOK_AGAIN = 0.02
ROWS_A_SEAL = 1_000_000  # a first sealing of millions is cut into as many seals


@dataclass
class Sealed:
    """What one sealing did: the new seals, the ledgers somebody was still writing or kept locked, and the rows it would not seal."""

    seals: list[LedgerSeal] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    faults: list[slips.Fault] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(seal.rows for seal in self.seals)


def seal_ledgers(*, patience: float = PATIENCE) -> Sealed:
    """Seal what each ledger has gained, ledger by ledger, each in a transaction of its own. Nobody is kept from writing meanwhile.

    A ledger a transaction is still writing or keeps locked is left for the next time. So are rows that are not what their slip says:
    a seal over them would make the touched row the true one.
    """
    done = Sealed()
    for ledger in ledgers():
        try:
            upto = written_upto(ledger, patience=patience)
            if upto is None:
                done.busy.append(ledger)
                continue
            while True:
                seal, fault = _seal(ledger, upto, patience=patience)
                if fault:
                    done.faults.append(fault)
                if seal:
                    done.seals.append(seal)
                if seal is None or seal.last_id >= upto:
                    break
        except Locked:
            done.busy.append(ledger)
    return done


class Locked(Exception):
    """Somebody kept the ledger even from being read for longer than we wait."""


@contextmanager
def _readable(ledger: str, *, patience: float) -> Iterator[None]:
    """A transaction in which the ledger can be read without waiting."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(max(1, round(patience * 1000)))])
        try:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(ledger)} IN ACCESS SHARE MODE")
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise Locked(ledger) from error
            raise
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
        yield


def written_upto(ledger: str, *, patience: float) -> int | None:
    """The greatest id below which no row can appear any more; None if that cannot be told yet.

    A row gets its id after its transaction has locked the table for writing, and the lock ends after the commit is seen. So once
    all who held that lock after `max(id)` was read are gone, whatever will ever have a lower id is there to be read. Unlike a lock
    on the table this keeps no writer waiting, cannot deadlock, and needs no right to change the ledger, which `app` has not.
    """
    deadline = time.monotonic() + patience
    with connection.cursor() as cursor:
        with _readable(ledger, patience=patience):
            cursor.execute(f"SELECT max(id) FROM {connection.ops.quote_name(ledger)}")
            upto = cursor.fetchone()[0]
        if upto is None:
            return 0
        before = _writers(cursor, ledger)
        while before:
            if time.monotonic() > deadline:
                return None
            time.sleep(LOOK_AGAIN)
            before &= _writers(cursor, ledger)
    return upto


def _writers(cursor, ledger: str) -> set[str]:
    """The transactions of others that hold the ledger open for writing."""
    cursor.execute(
        """
        SELECT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND relation = %s::regclass AND mode = 'RowExclusiveLock' AND granted AND pid IS DISTINCT FROM pg_backend_pid()
        """,
        [connection.ops.quote_name(ledger)],
    )
    return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def _seal(ledger: str, upto: int, *, patience: float) -> tuple[LedgerSeal | None, slips.Fault | None]:
    """One more link: the rows of one ledger after its last seal. The chain's lock is the only one taken that keeps anybody out."""
    table = connection.ops.quote_name(ledger)
    with _readable(ledger, patience=patience), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN])
        last = LedgerSeal.objects.order_by("-number").first()
        own = LedgerSeal.objects.filter(ledger=ledger).order_by("-last_id").first()
        after = own.last_id if own else rules.BEFORE_ALL
        cursor.execute(
            f"SELECT min(id), max(id), count(*) FROM (SELECT id FROM {table} WHERE id > %s AND id <= %s ORDER BY id LIMIT %s) AS new",
            [after, upto, ROWS_A_SEAL],
        )
        first_id, last_id, rows = cursor.fetchone()
        # With the last part, up to the very end: a row taken away there leaves nothing but its slip.
        is_part = rows == ROWS_A_SEAL and last_id < upto
        if fault := slips.first_fault(ledger, after=after, upto=last_id if is_part else None):
            return None, fault
        if not rows:
            return None, None
        types = columns_of(ledger)
        seal = LedgerSeal(
            number=last.number + 1 if last else 1,
            ledger=ledger,
            columns=list(types),
            after_id=after,
            first_id=first_id,
            last_id=last_id,
            rows=rows,
            previous=last.head if last else rules.NO_SEAL,
            sealed_at=timezone.now(),
        )
        # The blocks are worked out and kept inside the database, before their seal (whose key waits for the commit): it needs their digests.
        cursor.execute("SELECT nextval(pg_get_serial_sequence('core_ledgerseal', 'id'))")
        seal.pk = cursor.fetchone()[0]
        cursor.execute(
            f"""
            INSERT INTO core_sealblock (seal_id, position, after_id, last_id, ids, marks, rows_digest)
            SELECT %(seal)s, position, coalesce(lag(last_id) OVER (ORDER BY position), %(after)s), last_id, ids, marks, rows_digest
            FROM ({blocks(ledger, line_of(types, list(types)))}) AS new
            RETURNING position, {digest("ids", "marks", "rows_digest")}
            """,
            {"seal": seal.pk, "after": after, "upto": last_id},
        )
        seal.digest = rules.digest_of(bytes(one) for _, one in sorted(cursor.fetchall()))
        fingerprint, key = keys.current()
        seal.key = fingerprint
        seal.head = seal.link.head
        seal.mac = rules.mac_of(seal.head, key)
        seal.save(force_insert=True)
        cursor.execute("DELETE FROM core_ledgerslip WHERE ledger = %s AND last_id <= %s", [ledger, last_id])
    return seal, None
