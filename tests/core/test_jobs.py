"""A job asked for twice, when the database goes away under it, and when the clock is set back."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from partyportal.core import jobs
from partyportal.core.models import Job
from partyportal.core.tasks import resume_jobs
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def job(secretary, settings):
    settings.JOB_FAULTS_RAISE = False
    return Job.objects.create(kind="partyportal.core.tasks.resume_jobs", title="写入名册", created_by=secretary)


def test_an_outage_is_no_failure_the_job_is_taken_up_again(job):
    def cut_off(job, progress):
        raise OperationalError("server closed the connection unexpectedly")

    jobs.run(job.pk, cut_off)
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.RUNNING, "") and job.lease_until <= timezone.now()
    jobs.run(job.pk, lambda job, progress: {"rows": 1})
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts) == (Job.State.DONE, {"rows": 1}, 2)


def test_an_outage_without_end_is_given_up(job):
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.run(job.pk, lambda job, progress: (_ for _ in ()).throw(OperationalError()))
    jobs.resume_lost()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and "多次" in job.error


@pytest.mark.parametrize(
    ("ahead", "taken_up"), [(jobs.LEASE, False), (2 * jobs.LEASE + timedelta(seconds=5), True), (timedelta(days=1), True)]
)
def test_a_lease_of_a_clock_since_set_back_holds_nobody_up(job, ahead, taken_up):
    Job.objects.update(state=Job.State.RUNNING, lease_until=timezone.now() + ahead)
    jobs.run(job.pk, lambda job, progress: None)
    job.refresh_from_db()
    assert (job.state == Job.State.DONE) is taken_up


# ── The same, asked for twice ───────────────────────────────────────────────
@pytest.fixture
def ask(monkeypatch, secretary):
    """Ask for a job that nobody hears of."""
    monkeypatch.setattr(jobs, "ring", lambda *args: None)
    return lambda by=secretary, **params: jobs.start(resume_jobs, title="导出", by=by, **{"year": 2026} | params)


def test_what_is_asked_for_by_eight_clicks_at_once_is_one_job(ask):
    told = at_once(*[ask] * 8)
    assert {job.pk for job in told} == set(Job.objects.values_list("pk", flat=True)) and Job.objects.count() == 1


def test_what_another_asks_for_or_of_another_year_is_another_job(ask, deputy):
    assert len({ask().pk, ask(year=2025).pk, ask(by=deputy).pk}) == 3


@pytest.mark.parametrize(
    "over", [{"state": Job.State.DONE}, {"state": Job.State.FAILED}, {"state": Job.State.RUNNING, "cancel_asked": True}]
)
def test_what_is_over_or_was_given_up_is_asked_for_anew(ask, over):
    first = ask()
    Job.objects.update(**over)
    assert ask().pk != first.pk
