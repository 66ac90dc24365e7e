"""The demo's 台账: the showcase branch's book of this year so far, made by the job's own work, so that a download is there to look at."""

from datetime import date

from django.utils import timezone

from branches.models import Organisation
from education.documents.models import Book
from education.documents.resources import fonts
from education.documents.services import ask
from education.documents.services.books import make_in_job
from members.services.imports import no_progress
from partyportal.core.models import Job, User
from partyportal.dashboard.demo.logins import SHOWCASE


def make_one(*, today: date) -> int:
    """Ask for the book as the secretary does, and make it here and now: the demo needs no worker. Without the fonts there is none."""
    if fonts.missing():
        return 0
    secretary, branch = User.objects.get(username="secretary"), Organisation.objects.get(code=SHOWCASE)
    book = ask(organisation=branch, span=Book.Span.YEAR, start=today, form=Book.Form.PDF, by=secretary, today=today)
    result = make_in_job(book.job, no_progress)
    ended = {"state": Job.State.DONE, "done": 1, "total": 1, "attempts": 1, "result": result, "finished_at": timezone.now()}
    Job.objects.filter(pk=book.job_id).update(started_at=book.job.created_at, **ended)
    return 1
