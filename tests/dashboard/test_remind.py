"""The nightly reminder: each thing once, to whoever answers for the branch itself."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import Grant
from members.transfers import services as transfers
from partyportal.core.models import Notice
from partyportal.dashboard import duties, tasks
from partyportal.dashboard.services import remind
from tests.factories import make_grant, make_member, make_organisation, make_user

TODAY = date(2026, 11, 22)


def inbox(user):
    return set(Notice.objects.visible_to(user).values_list("key", flat=True))


def test_each_duty_is_written_once(tree, secretary, neighbour):
    first = remind(today=TODAY)
    assert first == Notice.objects.count() > 0
    assert remind(today=TODAY) == 0
    assert f"education.theme_day:{tree.ours.code}:2026-11" in inbox(secretary)
    assert not inbox(secretary) & inbox(neighbour)


def test_a_reminder_says_what_why_and_where(tree, secretary):
    remind(today=TODAY)
    notice = Notice.objects.get(user=secretary, key=f"education.theme_day:{tree.ours.code}:2026-11")
    duty = next(duty for duty in duties.due(secretary, TODAY) if duty.key == notice.key)
    assert (notice.title, notice.reason, notice.url, notice.due_on) == (duty.title, duty.reason, duty.url, duty.due_on)


def test_what_falls_due_later_is_not_asked_for_yet(tree, secretary):
    remind(today=TODAY)
    assert not Notice.objects.filter(due_on__gt=date(2026, 11, 30)).exists()
    remind(today=date(2026, 12, 1))
    assert Notice.objects.filter(user=secretary, due_on=date(2026, 12, 31)).exists()


def test_a_committee_is_not_written_to_for_each_of_its_branches(tree, committee, department, reader, member):
    assert remind(today=TODAY) == 0


def test_a_committee_is_written_to_of_what_waits_for_it(tree, secretary, committee):
    person = make_member(tree.ours)
    transfers.apply(member=person, to_branch=tree.far, by=secretary, today=date(2026, 11, 2), reason="work", dues_until=date(2026, 11, 1))
    assert not inbox(committee)
    remind(today=TODAY)
    assert [key.split(":")[0] for key in inbox(committee)] == ["transfers.approve"]
    assert remind(today=TODAY) == 0


def test_both_who_answer_for_a_branch_are_told(tree, secretary, deputy):
    remind(today=TODAY)
    assert inbox(secretary) == inbox(deputy) != set()


def test_nobody_is_told_who_no_longer_answers(tree, secretary):
    secretary.is_active = False
    secretary.save()
    over = make_user("前任")
    make_grant(over, tree.ours, "secretary", end=date(2026, 11, 1))
    waiting = make_user("待确认")
    Grant.objects.create(user=waiting, organisation=tree.ours, role="secretary", start=date(2026, 1, 1), granted_by=over)
    assert remind(today=TODAY) == 0


def test_a_reminder_whose_duty_was_done_is_taken_as_read(tree, secretary, hold):
    remind(today=TODAY)
    key = f"education.theme_day:{tree.ours.code}:2026-11"
    hold(tree.ours, date(2026, 11, 20))
    remind(today=date(2026, 11, 23))
    assert Notice.objects.get(user=secretary, key=key).read_at is not None
    assert Notice.objects.filter(user=secretary, read_at=None).exists()  # October's is still owed


def test_other_notices_are_left_alone(secretary):
    notice = Notice.objects.create(user=secretary, key="job:1", title="导入做完了")
    remind(today=TODAY)
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_task_rings_the_service(tree, secretary):
    tasks.remind()
    assert inbox(secretary)


def test_it_takes_as_many_statements_for_fifty_branches_as_for_one(tree):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            remind(today=TODAY)
        return len(asked)

    make_grant(make_user("甲"), tree.ours, "secretary")
    remind(today=TODAY)
    one = statements()
    for number in range(50):
        branch = make_organisation("中共清源县山门镇新村支部委员会", "branch", tree.township)
        make_grant(make_user(f"书记{number}"), branch, "secretary")
    remind(today=TODAY)
    assert statements() == one
