"""A worker killed in the middle of a book: the next goes on where it stood, and every digest of the list holds."""

import hashlib
import io
import zipfile
from contextlib import contextmanager

import psycopg2
import pytest
from django.utils import timezone

from education.documents import services
from education.documents.models import Piece
from education.documents.services.books import contents
from partyportal.core.models import Job
from tests.factories import make_member, make_organisation
from tests.live.processes import database_url, wait_until
from tests.live.test_worker import waiting_backends

pytestmark = [pytest.mark.worker, pytest.mark.slow]


@contextmanager
def held_up_at(branch):
    """Whoever files something under the branch waits at its commit."""
    other = psycopg2.connect(database_url())
    other.cursor().execute("SELECT 1 FROM branches_organisation WHERE id = %s FOR UPDATE", [branch.pk])
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_a_worker_killed_in_the_middle_of_a_book_leaves_a_whole_one(worker, tree, committee):
    make_member(tree.ours, "㛃小娜")
    third = make_organisation("中共清源县山门镇石沟村支部委员会", "branch", tree.township, code="001003003")
    with held_up_at(third):
        asked = services.ask(
            organisation=tree.township, span="year", start=timezone.localdate(), form="xlsx", by=committee, today=timezone.localdate()
        )
        wait_until(lambda: waiting_backends() and Piece.objects.count() == 2, what="two branches made and the third under way")
        worker.kill()
        kept = set(Piece.objects.values_list("pk", "digest"))
        assert Job.objects.get(pk=asked.job_id).state == Job.State.RUNNING
    worker.start()
    wait_until(lambda: Job.objects.get(pk=asked.job_id).is_over, seconds=120, what="the second worker's end of the book")
    job = Job.objects.get(pk=asked.job_id)
    assert (job.state, job.attempts, job.total) == (Job.State.DONE, 2, 3)
    asked.refresh_from_db()
    assert kept < set(asked.pieces.values_list("pk", "digest")) and asked.files == 4, "what was made is not made again"
    content = b"".join(contents(asked))
    assert hashlib.sha256(content).hexdigest() == asked.digest
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        told = dict(line.split("  ", 1)[::-1] for line in box.read("校验清单.txt").decode().splitlines())
        assert told == {name: hashlib.sha256(box.read(name)).hexdigest() for name in box.namelist() if name.endswith(".xlsx")}
