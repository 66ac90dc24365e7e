"""A job's page: live while it runs, readable without JavaScript, one's own alone."""

from django.urls import reverse

from partyportal.core.models import Job
from tests.budgets import fits_budget
from tests.factories import make_user


def make_job(user, **fields):
    fields = {
        "kind": "partyportal.core.tasks.resume_jobs",
        "title": "写入山门镇名册",
        "state": Job.State.RUNNING,
        "done": 341,
        "total": 532,
    } | fields
    return Job.objects.create(created_by=user, **fields)


def test_a_running_job_asks_again_each_second(client, secretary):
    client.force_login(secretary)
    job = make_job(secretary)
    url = reverse("core:job", args=[job.uid])
    whole, bar = client.get(url), client.get(url, headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode() and "<html" not in bar.content.decode()
    assert 'hx-trigger="every 1s"' in bar.content.decode()
    Job.objects.update(state=Job.State.DONE)
    assert "hx-trigger" not in client.get(url, headers={"HX-Request": "true"}).content.decode()


def test_a_job_is_seen_by_whoever_started_it_alone(client, secretary, deputy):
    job = make_job(secretary)
    client.force_login(deputy)
    for name in ("job", "job_cancel", "job_again"):
        url = reverse(f"core:{name}", args=[job.uid])
        assert (client.get(url) if name == "job" else client.post(url)).status_code == 404
    assert "写入山门镇名册" not in client.get(reverse("core:jobs")).content.decode()


def test_a_queued_job_is_cancelled_at_once_and_a_running_one_is_asked(client, secretary):
    client.force_login(secretary)
    queued, running = make_job(secretary, state=Job.State.QUEUED), make_job(secretary)
    for job in (queued, running):
        client.post(reverse("core:job_cancel", args=[job.uid]))
        job.refresh_from_db()
    assert (queued.state, running.state, running.cancel_asked) == (Job.State.CANCELLED, Job.State.RUNNING, True)


def test_a_failed_job_says_why_and_can_be_continued(client, secretary):
    client.force_login(secretary)
    job = make_job(secretary, state=Job.State.FAILED, error="数据库断开了。")
    assert "数据库断开了。" in client.get(reverse("core:job", args=[job.uid])).content.decode()
    client.post(reverse("core:job_again", args=[job.uid]))
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.QUEUED, "")


def test_the_list_costs_the_same_at_one_job_and_at_fifty(client, secretary):
    client.force_login(secretary)
    for many in (1, 49):
        for _ in range(many):
            make_job(secretary)
        with fits_budget("core:jobs"):
            client.get(reverse("core:jobs"))


def test_without_jobs_the_list_says_what_will_stand_there(client, db):
    client.force_login(make_user("新人"))
    assert "还没有任务" in client.get(reverse("core:jobs")).content.decode()
