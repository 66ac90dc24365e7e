"""Reconciling and undoing at a county's size: a preview of 40,000 differences, its pages, and 20,000 rows taken back.

The processor's seconds are told beside the clock's: the database's own backend and this process, which a busy machine
does not make longer.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from bench.imports import BRANCHES, TODAY, _person, _row, _tree
from bench.scratch import scratch_database
from branches.models import Grant, Organisation
from members.models import ImportBatch, ImportedRow, ImportFile, ImportUndo, Member
from members.rules.roster import HEADINGS
from members.services import import_undo, imports, people
from members.services.exports import export_roster
from partyportal.core import crypto
from partyportal.core.models import Job, User
from partyportal.core.sheets import write_xlsx

ROWS, UNDO_ROWS, EDITS, ROUNDS = 40_000, 20_000, 500, 7
RECONCILE, PAGE = 5.0, 200
_AT = {heading: place for place, heading in enumerate(HEADINGS)}


def run() -> list[dict]:
    with scratch_database("bench_reconcile"):
        _tree()
        officer = _officer()
        reconcile_s, page_ms = _reconcile(officer)
    with scratch_database("bench_undo"):
        _tree()
        undo_s, conflicts, same = _undo(_officer())
    return [
        _row("reconcile_40k_s", round(reconcile_s, 2), "s", f"< {RECONCILE:g}", reconcile_s < RECONCILE),
        _row("reconcile_page_ms", round(page_ms), "ms", f"< {PAGE}", page_ms < PAGE),
        _row("undo_20k_s", round(undo_s, 2), "s", "—", True),
        _row("undo_20k_conflicts", conflicts, "rows", f"= {EDITS}", conflicts == EDITS),
        _row("undo_20k_rest_as_before", int(same), "", "= 1", same),
    ]


def _officer() -> User:
    user = User.objects.create_user(username="bench", name="周丽敏")
    Grant.objects.create(user=user, organisation=_county(), role="department", start=TODAY - timedelta(days=900), operator=True)
    return user


def _county() -> Organisation:
    return Organisation.objects.get(parent=None)


def _sheet(rows: list[tuple]) -> bytes:
    with write_xlsx(HEADINGS, rows, sheet="党员花名册", text_columns=HEADINGS) as made:
        return made.read()


def _people(count: int, first: int = 0) -> list[list]:
    chance = random.Random(count)
    return [list(_person(n, chance)) for n in range(first, first + count)]


def _committed(content: bytes, officer: User) -> ImportBatch:
    answer = imports.write_file(content, "roster.xlsx", organisation=_county(), day=TODAY, commit=True, today=TODAY, by=officer)
    assert not answer.errors, answer.errors[:2]
    return answer.batch


class _Clock:
    """Seconds by the clock, of this process and of its database backend between two readings."""

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
        self._begun = time.perf_counter(), time.process_time(), self._spent()

    def _spent(self) -> float:
        try:
            return sum(map(int, self._backend.read_text().rpartition(")")[2].split()[11:13])) / 100
        except FileNotFoundError:  # the server is on another machine
            return 0.0

    def told(self, what: str) -> float:
        wall, own, backend = (
            now - then for now, then in zip((time.perf_counter(), time.process_time(), self._spent()), self._begun, strict=True)
        )
        print(f"{what}: {wall:.2f} s by the clock, {own:.2f} s of this process, {backend:.2f} s of the database")
        return wall


# ── The preview ─────────────────────────────────────────────────────────────
def _reconcile(officer: User) -> tuple[float, float]:
    """Seconds until 40,000 rows that all differ are ready to be looked through; the slowest of its pages."""
    rows = _people(ROWS)
    _committed(_sheet(rows), officer)
    for n, row in enumerate(rows):
        row[_AT["手机号码"]] = f"155{n:08d}"
        if n % 4 == 0:
            row[_AT["家庭住址"]] = f"甘肃省清源县西街{n}号"
    content, taken = _sheet(rows), []
    for _ in range(3):
        batch = ImportBatch.objects.create(organisation=_county(), file_name="roster.xlsx", day=TODAY, created_by=officer)
        ImportFile.objects.create(batch=batch, sealed=crypto.encrypt(content, context=batch.uid.bytes))
        clock = _Clock()
        imports.read_in_job(Job(params={"batch": str(batch.uid)}, created_by=officer), imports.no_progress)
        taken.append(clock.told(f"reconciling {ROWS} rows"))
        batch.refresh_from_db()
        assert (batch.changed, batch.refused) == (ROWS, 0), batch.changed
    return median(taken), _slowest_page(batch, officer)


def _slowest_page(batch: ImportBatch, officer: User) -> float:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(officer)
    url, branch = reverse("members:import_batch", args=[batch.uid]), Organisation.objects.branches().order_by("code")[7].code
    slowest = 0.0
    for query in (
        "?tab=changed",
        f"?tab=changed&page={ROWS // 20}",
        "?tab=changed&field=address",
        f"?branch={branch}",
        "?q=张伟",
        "?tab=missing",
    ):
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            assert client.get(url + query).status_code == 200
            taken.append((time.perf_counter() - begun) * 1000)
        print(f"page {query}: {median(taken):.0f} ms")
        slowest = max(slowest, median(taken))
    choose = reverse("members:import_choose", args=[batch.uid])
    print(f"all {ROWS} left: {_timed(lambda: client.post(choose + '?tab=changed', {'act': 'leave'})) * 1000:.0f} ms")
    return slowest


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


# ── The undo ────────────────────────────────────────────────────────────────
def _undo(officer: User, rows: int = UNDO_ROWS, edits: int = EDITS) -> tuple[float, int, bool]:
    """8,000 new, 8,000 changed and 4,000 moved; 500 of them edited by hand; how many come back, and whether all else is as before."""
    new = changed = rows * 2 // 5
    old = _people(rows - new)
    _committed(_sheet(old), officer)
    branches = list(Organisation.objects.branches().order_by("code").values_list("name", flat=True))
    for n, row in enumerate(old):
        row[_AT["工作岗位"]] = "教师" if row[_AT["工作岗位"]] == "农民" else "农民"
        if n >= changed:
            row[_AT["所在党支部"]] = branches[(branches.index(row[_AT["所在党支部"]]) + 1) % BRANCHES]
    held = list(Member.objects.order_by("id").values_list("pk", flat=True))
    of_held = edits * 3 // 5
    edited = set(held[:: len(held) // of_held][:of_held])
    before = _exported(officer, edited)
    batch = _committed(_sheet(old + _people(new, first=rows)), officer)
    assert (batch.new, batch.changed + batch.moved) == (new, len(old)), (batch.new, batch.changed, batch.moved)
    fresh = list(ImportedRow.objects.filter(batch=batch, outcome="new").order_by("row").values_list("member", flat=True))
    edited |= set(fresh[:: len(fresh) // (edits - of_held)][: edits - of_held])
    for member in Member.objects.filter(pk__in=edited):
        people.edit(member, version=member.version, by=officer, on=TODAY, address="改过的地址")
    assert len(edited) == edits
    clock = _Clock()
    planned = import_undo.plan(batch, by=officer, today=TODAY)
    clock.told(f"planning the undo of {rows} rows")
    clock = _Clock()
    with transaction.atomic():
        done = import_undo.undo_batch(batch, today=TODAY, by=officer, progress=imports.no_progress)
    taken = clock.told(f"undoing {rows} rows")
    assert (planned.done, planned.conflicts) == (done.removed + done.ended + done.restored, done.conflicts)
    stayed = set(ImportedRow.objects.filter(batch=batch, undone="conflict").values_list("member", flat=True))
    assert ImportUndo.objects.count() == 1
    return taken, len(stayed & edited) if stayed == edited else -1, _exported(officer, edited) == before


def _exported(officer: User, edited: set[int]) -> bytes:
    with export_roster(Member.objects.exclude(pk__in=edited).order_by("id_index"), whole_numbers=True, path="/", by=officer) as file:
        return file.read()
