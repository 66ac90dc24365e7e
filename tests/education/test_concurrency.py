"""Two at once write once; a broker that is away delays points and nothing else."""

import threading
from datetime import date

import pytest
from celery import Task
from django.db import connection
from kombu.exceptions import OperationalError

from education.models import Meeting
from education.services import confirm_meeting
from members.models import Fact, Owed
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from points.models import Entry
from points.services import publish_default
from tests.education.test_services import TODAY, record
from tests.factories import make_member


def at_once(*acts) -> list:
    """Run the acts in threads of their own connections, let go together; what each returned or raised."""
    gate, told = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at, act):
        try:
            gate.wait(10)
            told[at] = act()
        except Exception as fault:
            told[at] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_write_facts_once(tree, secretary, deputy):
    for _ in range(5):
        make_member(tree.ours)
    meeting = record(tree.ours, secretary)
    told = at_once(
        *(lambda by=by: confirm_meeting(Meeting.objects.get(pk=meeting.pk), by=by, today=TODAY) for by in (secretary, deputy, secretary))
    )
    assert not [one for one in told if isinstance(one, Exception)]
    assert Fact.objects.count() == Fact.objects.standing().count() == 10
    assert AuditEntry.objects.filter(code="education.meeting.confirmed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_records_of_one_meeting_at_once_keep_one(tree, secretary, deputy):
    make_member(tree.ours)
    told = at_once(*(lambda by=by: record(tree.ours, by, confirm=True) for by in (secretary, deputy)))
    assert {type(one) for one in told} == {Meeting, DomainError}
    assert Meeting.objects.count() == 1
    assert Fact.objects.standing().count() == 2


def test_a_broker_that_is_away_does_not_stop_a_confirmation(tree, secretary, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **kwargs):
        raise OperationalError("no broker")

    monkeypatch.setattr(Task, "apply_async", away)
    person = make_member(tree.ours)
    Owed.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        meeting = record(tree.ours, secretary, confirm=True)
    assert meeting.state == "confirmed"
    assert Owed.objects.filter(member=person, year=2026).exists()


def test_points_follow_the_confirmation(tree, secretary, django_capture_on_commit_callbacks):
    person = make_member(tree.ours)
    publish_default(tree.county, start=date(2026, 1, 1), by=None)
    with django_capture_on_commit_callbacks(execute=True):
        meeting = record(tree.ours, secretary, confirm=True)
    assert Entry.objects.filter(member=person, fact__key=f"education.attendance:{meeting.attendances.get().uid}").exists()
