"""A branch with a year of meetings, and a book asked of it."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.utils import timezone

from education.documents.services import ask, make_in_job
from education.services import RollLine, record_meeting
from members.services.imports import no_progress
from partyportal.core.models import Job
from tests.factories import make_member

TODAY = date(2026, 11, 22)
NAMES = ("程勇庆", "戴鹏", "龚莉娜", "㛃小娜", "龙䶮", "薛永云")
ILL, SILENT = RollLine(state="leave", reason="ill", note="胃病住院"), RollLine(state="absent", reason="unexplained")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in NAMES]


def held(branch, by, people, *, kind="theme_day", day=date(2026, 10, 20), confirm=True, roll=None, **content):
    content = {
        "kind": kind,
        "group": None,
        "held_on": day,
        "starts_at": time(9),
        "ends_at": time(11),
        "place": "村党员活动室",
        "host_id": people[0].pk,
        "scribe_id": people[1].pk,
        "topic": "冬季防火和换届准备",
        "minutes": "学习森林防火条例。分八个片区巡查，每片两人，12 月 1 日起排班。\n说明支委会换届的时间和程序，征求党员意见。",
        "decisions": "汪辉世 11月28日前排好巡查表。",
        "study_hours": Decimal(2),
    } | content
    return record_meeting(organisation=branch, roll=roll or {}, by=by, today=TODAY, confirm=confirm, **content)


@pytest.fixture
def meeting(tree, secretary, people):
    return held(tree.ours, secretary, people, roll={people[4].pk: ILL, people[5].pk: SILENT})


@pytest.fixture
def book(tree, secretary):
    """Ask for a book and have it made at once."""

    def make(organisation=tree.ours, *, by=secretary, span="year", start=date(2026, 1, 1), form="pdf", meeting=None):
        asked = ask(organisation=organisation, span=span, start=start, form=form, by=by, today=TODAY, meeting=meeting)
        make_in_job(asked.job, no_progress)
        Job.objects.filter(pk=asked.job.pk).update(state=Job.State.DONE)
        asked.refresh_from_db()
        return asked

    return make
