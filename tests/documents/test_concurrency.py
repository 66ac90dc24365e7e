"""Two clicks at once, and a job that is taken up twice, with real threads and transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from education.documents import services
from education.documents.models import Book, Piece
from partyportal.core import jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import Job
from tests.documents.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_two_clicks_at_once_ask_for_one_book(tree, secretary):
    gate = Barrier(2)

    def click(_):
        try:
            gate.wait()
            services.ask(organisation=tree.ours, span="year", start=TODAY, form="pdf", by=secretary, today=TODAY)
        except DomainError as refusal:
            return refusal.message
        finally:
            connections.close_all()

    # The task itself is rung on commit; here it is only written down, as it is while no worker is free.
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(jobs, "ring", lambda *args: None)
        said = list(pool.map(click, range(2)))
    assert sorted(said, key=str) == [None, "同样的台账正在生成，不用再点。做好后就在下面。"] or said.count(None) == 1
    assert Book.objects.count() == Job.objects.count() == 1


def test_a_job_is_done_with_progress_and_done_again_changes_nothing(tree, committee):
    asked = services.ask(organisation=tree.township, span="year", start=TODAY, form="xlsx", by=committee, today=TODAY)
    job = Job.objects.get(pk=asked.job_id)  # rung on commit, and done there and then: tests have no worker
    assert (job.state, job.total, job.result) == (Job.State.DONE, 2, {"book": str(asked.uid)})
    made = list(Piece.objects.values_list("pk", "digest").order_by("pk"))
    Job.objects.update(state=Job.State.QUEUED)
    jobs.run(job.pk, services.make_in_job)
    assert list(Piece.objects.values_list("pk", "digest").order_by("pk")) == made and len(made) == 3
