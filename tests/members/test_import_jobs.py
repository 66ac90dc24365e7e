"""The import as work that can be killed, cancelled, done twice and done by two at once."""

import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import date

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from members.models import Affiliation, ImportBatch, ImportedRow, Member, MemberClass, StagedRow
from members.services import imports
from partyportal.core import jobs
from partyportal.core.models import AuditEntry, Job
from tests.factories import id_number, make_member
from tests.members.test_import_roster import NEIGHBOURS, row, sheet

TODAY = date(2026, 11, 22)
pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "progress"]), pytest.mark.slow]


def people(count: int, *, first: int = 0, **said) -> list[dict]:
    return [
        row(name=f"吴山{'军民水木'[n % 4]}", id_number=id_number(date(1970, 1, 1 + n % 28), serial=6000 + n), **said)
        for n in range(first, first + count)
    ]


def write(content: bytes):
    return imports.write_file(content, "名册.xlsx", organisation=None, day=TODAY, commit=True, today=TODAY)


def state() -> dict[str, list]:
    """What an import leaves, without what differs from run to run: row ids, uids, keys and moments."""
    return {
        "members": sorted(Member.objects.values_list("id_masked", "name", "branch__code", "post", "version", "left_on"), key=str),
        "affiliations": sorted(
            Affiliation.objects.values_list("member__id_masked", "organisation__code", "start", "end", "reason"), key=str
        ),
        "classes": sorted(MemberClass.objects.values_list("member__id_masked", "name", "start", "end"), key=str),
        "written": sorted(ImportedRow.objects.values_list("batch__new", "row", "member__id_masked", "outcome"), key=str),
        "acts": sorted(AuditEntry.objects.filter(code__startswith="members.").values_list("code", "organisation_path"), key=str),
        "batches": sorted(ImportBatch.objects.values_list("state", "rows", "new", "changed", "moved", "unchanged", "refused")),
        "staged": StagedRow.objects.count(),
    }


def at_once(*works) -> list:
    """Run each in a thread with connections of its own, all let go together; what each raised, or None."""
    barrier, faults = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            barrier.wait()
            work()
        except Exception as fault:
            faults[place] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_two_imports_of_overlapping_files_make_nobody_twice(tree):
    one, other = sheet(*people(60)), sheet(*people(60, first=30))
    assert at_once(lambda: write(one), lambda: write(other)) == [None, None]
    assert Member.objects.count() == Affiliation.objects.count() == MemberClass.objects.count() == 90
    assert ImportedRow.objects.filter(outcome="new").count() == 90
    assert sorted(ImportBatch.objects.values_list("new", flat=True)) in ([30, 60],)


def test_two_moves_of_one_person_at_once_leave_one_affiliation_a_day(tree):
    write(sheet(*people(20)))
    here, there = sheet(*people(20, branch=NEIGHBOURS)), sheet(*people(20, branch=tree.far.code))
    assert at_once(lambda: write(here), lambda: write(there)) == [None, None]
    assert Affiliation.objects.filter(end=None).count() == 20
    assert Member.objects.values("branch").distinct().count() == 1


def test_a_registration_meanwhile_is_compared_and_not_doubled(tree):
    """Somebody registers a member of the file between its staging and its writing."""
    content, number = sheet(*people(5)), people(1)[0]["id_number"]
    begun, go_on, real = threading.Event(), threading.Event(), imports.register

    def slow_register(*args, **kwargs):
        begun.set()
        go_on.wait(10)
        return real(*args, **kwargs)

    imports.register = slow_register
    try:

        def register():
            begun.wait(10)
            make_member(tree.ours, "吴山军", id_number=number, birth_on=date(1970, 1, 1), post="", mobile_phone="")
            go_on.set()

        assert at_once(lambda: write(content), register) == [None, None]
    finally:
        imports.register = real
    batch = ImportBatch.objects.get()
    assert (batch.new, batch.unchanged) == (4, 1)
    assert Member.objects.count() == 5


def test_one_batch_committed_by_two_workers_is_written_once(tree, committee):
    batch = imports.upload(sheet(*people(30)), "名册.xlsx", organisation=tree.township, day=timezone.localdate(), by=committee)
    job = Job(params={"batch": str(batch.uid)}, created_by=committee)
    faults = at_once(*[lambda: imports.commit_in_job(job, imports.no_progress)] * 2)
    assert faults == [None, None]
    assert ImportedRow.objects.count() == Member.objects.count() == 30


def test_progress_is_seen_while_the_work_goes_on_and_a_cancel_stops_it(tree, committee, monkeypatch):
    seen = []
    monkeypatch.setattr("members.roster.staging._PARTS", (10,))
    real = jobs._progress_of

    def watched(job_id, token):
        progress = real(job_id, token)

        def told(**said):
            progress(**said)
            job = Job.objects.using("progress").get(pk=job_id)
            seen.append((job.step, job.done, job.total))
            if job.done == 21:
                Job.objects.using("progress").filter(pk=job_id).update(cancel_asked=True)  # as another request would

        return told

    monkeypatch.setattr(jobs, "_progress_of", watched)
    batch = imports.upload(sheet(*people(50)), "名册.xlsx", organisation=tree.township, day=timezone.localdate(), by=committee)
    assert ("读取和检查", 21, 51) in seen
    job = Job.objects.get(uid=ImportBatch.objects.get(pk=batch.pk).job)
    assert job.state == "cancelled"
    assert not StagedRow.objects.exists()
    monkeypatch.setattr(jobs, "_progress_of", real)
    jobs.again(job)
    assert ImportBatch.objects.get(pk=batch.pk).state == "ready"
    assert StagedRow.objects.count() == 50


KILLED = """
import os, sys, time
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from django.db import connections
for alias in connections:
    connections[alias].settings_dict["NAME"] = sys.argv[1]
from members.roster import commit
real = commit.audit.record_from
def slow(*args, **kwargs):
    found = real(*args, **kwargs)
    print("in the middle", flush=True)
    time.sleep(60)
    return found
{how}
"""


def killed_in_the_middle(how: str) -> None:
    """A process that imports, ended with SIGKILL after everything is written and before it is committed."""
    program = KILLED.format(how=textwrap.dedent(how))
    child = subprocess.Popen([sys.executable, "-c", program, connection.settings_dict["NAME"]], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline().strip() == "in the middle"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    for _ in range(100):  # the server notices that its client is gone
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)


def test_a_command_killed_in_the_middle_leaves_nothing_and_can_be_run_again(tree, tmp_path):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(sheet(*people(40), *people(5, first=40, branch="没有")))
    killed_in_the_middle(
        f"""
        commit.audit.record_from = slow
        from django.core.management import call_command
        call_command("import_roster", {str(file)!r}, commit=True, as_json=True)
        """
    )
    assert not Member.objects.exists() and not ImportBatch.objects.exists() and not StagedRow.objects.exists()
    imports.write_file(file.read_bytes(), "roster.xlsx", organisation=None, day=TODAY, commit=True, today=TODAY)
    after_kill = state()
    assert len(after_kill["members"]) == 40


def test_a_worker_killed_while_writing_is_taken_up_again_as_if_nothing_had_been(tree, committee):
    """The same batch once undisturbed and once killed with SIGKILL and resumed by beat: the same rows."""
    first = people(25)
    write(sheet(*first))
    mixed = sheet(*people(10, post="教师"), *people(10, first=10, branch=NEIGHBOURS), *people(10, first=25))

    def uploaded():
        batch = imports.upload(mixed, "名册.xlsx", organisation=tree.township, day=TODAY, by=committee)
        return ImportBatch.objects.get(pk=batch.pk)

    with transaction.atomic():
        batch = uploaded()  # its bell would ring on commit, and this is rolled back
        read_now(batch)
        imports.commit_in_job(Job(params={"batch": str(batch.uid)}, created_by=committee), imports.no_progress)
        undisturbed = state()
        transaction.set_rollback(True)

    batch = uploaded()
    job = Job.objects.create(kind="members.tasks.commit_import", title="写入名册", params={"batch": str(batch.uid)}, created_by=committee)
    killed_in_the_middle(
        f"""
        commit.audit.record_from = slow
        from members.tasks import commit_import
        commit_import({job.pk})
        """
    )
    job.refresh_from_db()
    assert job.state == "running"
    assert ImportBatch.objects.get(pk=batch.pk).state == "ready"
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    assert jobs.resume_lost() == 1  # what beat does each half minute; the task runs at once in tests
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert state() == undisturbed


def read_now(batch: ImportBatch) -> None:
    imports.read_in_job(Job(params={"batch": str(batch.uid)}, created_by=batch.created_by), imports.no_progress)


def test_a_reading_run_twice_stages_once(tree, committee):
    batch = imports.upload(sheet(*people(12)), "名册.xlsx", organisation=tree.township, day=TODAY, by=committee)
    read_now(ImportBatch.objects.get(pk=batch.pk))
    assert StagedRow.objects.count() == 12
