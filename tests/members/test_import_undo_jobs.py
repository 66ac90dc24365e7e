"""The undo as work that can be killed, done twice and done by two at once."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from members.models import Affiliation, ImportBatch, ImportedRow, ImportUndo, Member, MemberClass, Office
from members.services import facts, import_undo, imports, people
from members.services.facts import FactLine
from partyportal.core import jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Job, PersonKey
from tests.factories import make_member
from tests.members.test_import_jobs import at_once, killed_in_the_middle, write
from tests.members.test_import_jobs import people as persons
from tests.members.test_import_roster import NEIGHBOURS, TODAY, sheet

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "progress"]), pytest.mark.slow]


def state() -> dict[str, list]:
    """What an undo leaves, without what differs from run to run: row ids, uids, keys and moments."""
    member = ("id_masked", "name", "branch__code", "post", "version", "left_on")
    return {
        "members": sorted(Member.objects.values_list(*member), key=str),
        "affiliations": sorted(
            Affiliation.objects.values_list("member__id_masked", "organisation__code", "start", "end", "reason", "end_reason"), key=str
        ),
        "classes": sorted(MemberClass.objects.values_list("member__id_masked", "name", "start", "end"), key=str),
        "written": sorted(ImportedRow.objects.values_list("row", "member__id_masked", "outcome", "undone", "why"), key=str),
        "acts": sorted(AuditEntry.objects.filter(code__startswith="members.").values_list("code", "organisation_path"), key=str),
        "batches": sorted(ImportBatch.objects.values_list("state", "rows", "new", "changed", "moved")),
        "undos": list(ImportUndo.objects.values_list("removed", "ended", "restored", "returned", "conflicts")),
        "keys": [PersonKey.objects.count()],
    }


@pytest.fixture
def batch(tree, committee) -> ImportBatch:
    """Of sixty people ten are new, ten moved, ten changed; of each kind one was edited since and one has an office."""
    write(sheet(*persons(50)))
    mixed = sheet(*persons(10, post="教师"), *persons(10, first=10, branch=NEIGHBOURS), *persons(10, first=50))
    answer = imports.write_file(mixed, "名册.xlsx", organisation=tree.township, day=TODAY, commit=True, today=TODAY, by=committee)
    rows = answer.batch.written.order_by("row")
    for kind in ("new", "moved", "changed"):
        edited, chairs = [row.member for row in rows.filter(outcome=kind)[:2]]
        people.edit(edited, version=edited.version, by=committee, on=TODAY, address="改过的地址")
        Office.objects.create(member=chairs, organisation=chairs.branch, position="member", start=TODAY - timedelta(days=9))
    return answer.batch


def a_job(batch: ImportBatch, by) -> Job:
    return Job.objects.create(kind="members.tasks.undo_import", title="撤销名册导入", params={"batch": str(batch.uid)}, created_by=by)


def test_a_worker_killed_while_undoing_is_taken_up_again_as_if_nothing_had_been(batch, committee):
    """The same batch undone once undisturbed, and once killed with SIGKILL and resumed by beat: the same rows."""
    with transaction.atomic():
        import_undo.undo_in_job(Job(params={"batch": str(batch.uid)}, created_by=committee), imports.no_progress)
        undisturbed = state()
        transaction.set_rollback(True)
    assert undisturbed["undos"] == [(8, 1, 18, 9, 3)]

    before, job = state(), a_job(batch, committee)
    killed_in_the_middle(
        f"""
        commit.audit.record_from = slow
        from members.tasks import undo_import
        undo_import({job.pk})
        """
    )
    job.refresh_from_db()
    assert job.state == "running"
    assert state() == before  # nothing by half
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    assert jobs.resume_lost() == 1  # what beat does each half minute; the task runs at once in tests
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result["conflicts"]) == ("done", 2, 3)
    assert state() == undisturbed


def test_two_who_undo_at_once_undo_once(batch, committee):
    own = [Job(params={"batch": str(batch.uid)}, created_by=committee) for _ in range(2)]
    assert at_once(*[lambda job=job: import_undo.undo_in_job(job, imports.no_progress) for job in own]) == [None, None]
    assert ImportUndo.objects.count() == 1
    assert AuditEntry.objects.filter(code="members.roster.undone").count() == 1
    assert AuditEntry.objects.filter(code="members.member.edit_undone").count() == 18


def test_two_who_ask_at_once_start_one_job(batch, committee, monkeypatch):
    monkeypatch.setattr(jobs, "ring", lambda *_: None)  # nobody works yet
    faults = at_once(*[lambda: import_undo.start_undo(batch, by=committee)] * 2)
    assert [str(fault) for fault in faults if fault] == ["这一批正在撤销，等它做完。"]
    assert all(isinstance(fault, DomainError) for fault in faults if fault)
    assert Job.objects.filter(kind="members.tasks.undo_import").count() == 1


def test_an_undo_and_a_commit_at_once_leave_what_one_after_the_other_leaves(batch, committee, tree):
    """Another file with the same people is written while the batch is taken back: each waits for the other whole."""
    content = sheet(*persons(10, post="医生"), *persons(10, first=50, post="医生"))

    def undo():
        import_undo.undo_in_job(Job(params={"batch": str(batch.uid)}, created_by=committee), imports.no_progress)

    assert at_once(undo, lambda: write(content)) == [None, None]
    done = ImportUndo.objects.get()
    # Whichever came first: everybody the file names is as it says, and nobody twice.
    assert Member.objects.filter(post="医生").count() == 20
    assert Affiliation.objects.filter(end=None).values("member").distinct().count() == Affiliation.objects.filter(end=None).count()
    assert Member.objects.count() == 60
    assert (done.removed, done.conflicts) in {(8, 3), (0, 20 + 1)}
    assert ImportBatch.objects.filter(state="committed").count() == 2


def test_who_is_named_while_they_are_removed_keeps_the_undo_from_ending_by_half(batch, committee, monkeypatch):
    """A fact for one of the new people is recorded after the plan was made, by somebody who waits for nobody."""
    fresh = batch.written.filter(outcome="new", member__version=1).order_by("-row").first().member
    begun, recorded, real = threading.Event(), threading.Event(), import_undo.undo._remove

    def slow_remove(*args, **kwargs):
        begun.set()
        recorded.wait(5)
        return real(*args, **kwargs)

    monkeypatch.setattr(import_undo.undo, "_remove", slow_remove)
    line = FactLine(
        key="deed:1",
        kind="deed",
        member_id=fresh.pk,
        organisation_id=fresh.branch_id,
        member_class="village",
        day=TODAY,
        units=1,
        title="义务劳动",
    )

    def record():
        begun.wait(10)
        recorded.set()
        facts.record([line], by=committee)

    def undo():
        import_undo.undo_in_job(Job(params={"batch": str(batch.uid)}, created_by=committee), imports.no_progress)

    undoing, recording = at_once(undo, record)
    # The one who comes second is told; neither leaves a fact of nobody or half an undo.
    assert (undoing is None) != (recording is None)
    if recording is None:
        assert isinstance(undoing, DomainError) and "这次没有撤销" in undoing.message
        assert Member.objects.filter(pk=fresh.pk).exists() and not ImportUndo.objects.exists()
    else:
        assert not Member.objects.filter(pk=fresh.pk).exists() and ImportUndo.objects.get().removed == 8


def test_a_cancelled_undo_leaves_everything_and_can_be_continued(batch, committee, monkeypatch, django_capture_on_commit_callbacks):
    before, real = state(), jobs._progress_of

    def stops(job_id, token):
        progress = real(job_id, token)

        def told(**said):
            Job.objects.using("progress").filter(pk=job_id).update(cancel_asked=True)  # as another request would
            progress(**said)

        return told

    monkeypatch.setattr(jobs, "_progress_of", stops)
    job = import_undo.start_undo(batch, by=committee)
    job.refresh_from_db()
    assert job.state == "cancelled" and state() == before
    monkeypatch.setattr(jobs, "_progress_of", real)
    jobs.again(job)
    job.refresh_from_db()
    assert job.state == "done" and ImportUndo.objects.get().conflicts == 3


def test_a_person_made_by_hand_is_no_concern_of_an_undo(batch, committee, tree):
    stranger = make_member(tree.ours, "旁人")
    import_undo.undo_in_job(Job(params={"batch": str(batch.uid)}, created_by=committee), imports.no_progress)
    stranger.refresh_from_db()
    assert stranger.version == 1


def test_who_was_removed_after_a_preview_is_not_written_by_it(batch, committee, tree):
    """The preview knew them; the undo removed them; the commit says so row by row and writes the others."""
    content = sheet(*persons(2, first=56, post="医生"), *persons(2, first=30, post="医生"))
    later = imports.upload(content, "再传.xlsx", organisation=tree.township, day=TODAY, by=committee)
    import_undo.undo_in_job(Job(params={"batch": str(batch.uid)}, created_by=committee), imports.no_progress)
    imports.commit_in_job(Job(params={"batch": str(later.uid)}, created_by=committee), imports.no_progress)
    later.refresh_from_db()
    assert (later.state, later.changed, later.refused) == ("committed", 2, 2)
    assert Member.objects.filter(post="医生").count() == 2
