"""Two at once write once; a broker that is away delays points and nothing else."""

from datetime import date

import pytest
from celery import Task
from django.core.files.uploadedfile import SimpleUploadedFile
from kombu.exceptions import OperationalError

from education.models import DrawnMeeting, Meeting, MeetingFile, MinutesApproval, RollExclusion
from education.rules import Item
from education.services import (
    add_files,
    answer_exclusion,
    answer_leave,
    approve_minutes,
    confirm_meeting,
    draw_meetings,
    withdraw_leave,
    write_agenda,
)
from members.models import Fact, Owed
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from points.models import Entry
from points.services import publish_default
from tests.at_once import at_once
from tests.education.makers import make_exclusion, make_leave
from tests.education.test_services import TODAY, record
from tests.factories import make_member


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


@pytest.mark.django_db(transaction=True)
def test_of_two_who_rewrite_the_minutes_at_once_the_later_is_told(tree, secretary, deputy):
    make_member(tree.ours)
    meeting = record(tree.ours, secretary, minutes="学习条例。", confirm=True)
    told = at_once(
        *(
            lambda by=by, title=title: write_agenda(Meeting.objects.get(pk=meeting.pk), version=1, agenda=[Item(title)], minutes="", by=by)
            for by, title in ((secretary, "防火"), (deputy, "防汛"))
        )
    )
    assert {type(one) for one in told} == {Meeting, Stale}
    assert (meeting.agenda.count(), list(meeting.revisions.values_list("number", flat=True))) == (1, [1, 2])


@pytest.mark.django_db(transaction=True)
def test_what_is_done_by_two_at_once_is_done_once(tree, secretary, deputy, committee, department, member):
    """One approval of a text, one answer to a leave and to a report, one photo, no meeting drawn twice."""
    make_member(tree.ours)
    meeting = record(tree.ours, member.user, minutes="学习条例。", confirm=True)
    told = at_once(*(lambda by=by: approve_minutes(Meeting.objects.get(pk=meeting.pk), number=1, by=by) for by in (secretary, deputy)))
    assert sum(isinstance(one, DomainError) for one in told) == MinutesApproval.objects.count() == 1

    leave = make_leave(member)
    told = at_once(
        lambda: answer_leave(leave, grant=True, by=secretary, today=TODAY), lambda: withdraw_leave(leave, by=member.user, today=TODAY)
    )
    leave.refresh_from_db()
    assert leave.state in ("granted", "withdrawn") and sum(isinstance(one, DomainError) for one in told) <= 1

    row = make_exclusion(member, by=secretary)
    told = at_once(*(lambda by=by, n=n: answer_exclusion(row, number=n, by=by) for by, n in ((committee, "1"), (department, "2"))))
    assert sum(isinstance(one, DomainError) for one in told) == 1
    assert RollExclusion.objects.get().superior_number in ("1", "2")

    photo = b"\xff\xd8\xff\xe0 a river"
    told = at_once(*(lambda by=by: add_files(meeting, files=[SimpleUploadedFile("1.jpg", photo)], by=by) for by in (secretary, deputy)))
    assert sorted(twice for _, twice in told) == [0, 1] and MeetingFile.objects.count() == 1

    asked = {"organisation": tree.township, "since": date(2026, 11, 1), "until": TODAY, "count": 1, "today": TODAY}
    told = at_once(*(lambda by=by: draw_meetings(by=by, **asked) for by in (committee, department)))
    drawn = list(DrawnMeeting.objects.values_list("meeting", flat=True))
    assert not [one for one in told if isinstance(one, Exception)] and len(drawn) == len(set(drawn)) == 2


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
