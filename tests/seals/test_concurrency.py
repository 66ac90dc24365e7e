"""Sealing while others write, on connections of their own: nobody waits for it, no row is passed over, nobody sees a deadlock."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from partyportal.core import audit
from partyportal.core.models import AuditEntry, LedgerSeal
from partyportal.core.seals import verify
from partyportal.core.seals.services import seal_ledgers
from points.models import Entry
from points.settlement import Scope, settle
from tests.factories import make_member
from tests.points.makers import deed, happened, make_scheme

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def in_thread(pool: ThreadPoolExecutor, act):
    def run():
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(run)


def test_a_row_still_being_written_is_neither_passed_over_nor_waited_for_by_others(tree):
    audit.record("test.before", by=None)
    written, finish = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            row = audit.record("test.slow", by=None)
            written.set()
            assert finish.wait(120)
        return row.pk

    with ThreadPoolExecutor(2) as pool:
        held = in_thread(pool, slow)
        assert written.wait(60)
        # A later row commits before the slow one: sealing up to it would leave the slow one out for good.
        later = audit.record("test.later", by=None)
        began = time.monotonic()
        assert seal_ledgers(patience=0.2).busy == ["core_auditentry"]
        assert not LedgerSeal.objects.exists() and time.monotonic() - began < 30
        # While a sealing waits, others write on.
        waiting = in_thread(pool, lambda: seal_ledgers(patience=120))
        time.sleep(0.2)
        began = time.monotonic()
        audit.record("test.meanwhile", by=None)
        assert time.monotonic() - began < 30 and not waiting.done()
        finish.set()
        slow_id = held.result(150)
        done = waiting.result(150)
    assert slow_id < later.pk <= done.seals[0].last_id
    assert done.seals[0].rows == AuditEntry.objects.filter(pk__lte=done.seals[0].last_id).count()
    assert verify.verify().fault is None


def test_a_transaction_that_only_began_after_is_not_waited_for(tree):
    audit.record("test.before", by=None)
    stop, going = threading.Event(), threading.Event()

    def busy():
        """Somebody is always writing: each transaction short, never a moment without one."""
        while not stop.is_set():
            with transaction.atomic():
                audit.record("test.busy", by=None)
                going.set()
                time.sleep(0.01)

    with ThreadPoolExecutor(3) as pool:
        writers = [in_thread(pool, busy) for _ in range(3)]
        assert going.wait(60)
        done = [seal_ledgers(patience=60) for _ in range(5)]
        stop.set()
        [writer.result(150) for writer in writers]
    assert not any(one.busy for one in done) and all(one.seals for one in done)
    seal_ledgers()
    assert verify.verify().fault is None
    assert sum(LedgerSeal.objects.values_list("rows", flat=True)) == AuditEntry.objects.count()


def test_a_ledger_kept_locked_is_left_and_the_others_are_sealed(tree):
    audit.record("test.before", by=None)
    locked, stop = threading.Event(), threading.Event()

    def lock():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE points_entry IN ACCESS EXCLUSIVE MODE")
            locked.set()
            stop.wait(120)

    with ThreadPoolExecutor(1) as pool:
        locking = in_thread(pool, lock)
        assert locked.wait(60)
        started = time.monotonic()
        done = seal_ledgers(patience=0.5)
        took = time.monotonic() - started
        stop.set()
        locking.result(150)
    assert done.busy == ["points_entry"] and took < 30
    assert [seal.ledger for seal in done.seals] == ["core_auditentry"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "0", "nobody after it inherits its patience"


def test_seals_settles_and_verifications_at_once(tree):
    make_scheme(tree.county, {}, {"code": "hours", "fact_kind": "study.hours"})
    people = [make_member(branch, f"党员{n}") for n in range(4) for branch in (tree.ours, tree.far)]
    ids, stop = [p.pk for p in people], threading.Event()

    def live(part):
        def act():
            for month in range(1, 7):
                happened(*(deed(p, date(2026, month, 5), kind=kind) for p in part for kind in ("meeting.theme_day", "study.hours")))
                settle(Scope.of([p.pk for p in part], 2026))
            return 0

        return act

    def seal():
        faults = 0
        while not stop.is_set():
            faults += len(seal_ledgers().faults)
        return faults

    def look():
        faults = []
        while not stop.is_set():
            faults += [str(fault) for fault in [verify.verify().fault] if fault]
        return faults

    with ThreadPoolExecutor(8) as pool:
        sealing, looking = [in_thread(pool, seal) for _ in range(2)], in_thread(pool, look)
        writing = [in_thread(pool, live(people[at::4])) for at in range(4)]
        writing.append(in_thread(pool, lambda: settle(Scope(2026))))
        [writer.result(150) for writer in writing]
        stop.set()
        assert [one.result(150) for one in sealing] == [0, 0] and looking.result(150) == []
    seal_ledgers()
    report = verify.verify()
    assert report.fault is None and report.unsealed == 0
    assert report.rows == Entry.objects.count() + AuditEntry.objects.count()
    assert Entry.objects.filter(member__in=ids).count() == len(people) * 12
