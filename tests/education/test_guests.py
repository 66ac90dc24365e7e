"""双重管理: what a mobile member attends with the host is recorded once there and counts at home, exactly once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from education.models import Attendance, Meeting
from education.selectors.meetings import counted, sheet
from education.selectors.rolls import is_expected, standing_roll
from education.services import RollLine, confirm_meeting, return_meeting
from members.mobility.models import Attestation
from members.mobility.services import hosting as hostings
from members.mobility.services import outflows
from members.models import Affiliation, Fact
from members.services import membership
from partyportal.core.errors import DomainError
from points.models import Entry
from points.services import Scope, publish_default, settle
from tests.at_once import at_once
from tests.education.test_services import DAY, TODAY, record, revise, standing
from tests.factories import make_grant, make_member, make_user
from tests.mobility.makers import make_hosting, make_outflow

CAME = RollLine(state="present")


@pytest.fixture
def guest(tree):
    return make_member(tree.ours, "潘山洋")


@pytest.fixture
def hosted(tree, secretary, guest):
    """Of our branch, taken on by 石柳村 from 1 June."""
    return make_hosting(make_outflow(guest, secretary), tree.far, secretary, start=date(2026, 6, 1))


@pytest.fixture
def host(tree):
    user = make_user("石书记", username="host")
    make_grant(user, tree.far, "secretary")
    make_member(tree.far, "石强")
    return user


def names(organisation, day=DAY, kind="theme_day"):
    return {line.name for line in standing_roll(organisation=organisation, group=None, held_on=day, kind=kind) if line.guest_of}


def test_a_guest_stands_on_the_hosts_roll_with_the_home_branch_and_is_not_expected(tree, hosted, host):
    (line,) = [line for line in standing_roll(organisation=tree.far, group=None, held_on=DAY) if line.guest_of]
    assert (line.name, line.guest_of, is_expected(line, "theme_day")) == ("潘山洋", "高家杨村党支部", False)
    assert names(tree.far, kind="committee") == names(tree.far, kind="group") == set()


def test_only_from_the_day_it_starts_until_the_day_before_it_ends(tree, secretary, hosted):
    assert names(tree.far, date(2026, 5, 31)) == set()
    assert names(tree.far, date(2026, 6, 1)) == {"潘山洋"}
    hostings.end_hosting(hosted, on=date(2026, 9, 1), reason="agreed", today=TODAY, by=secretary)
    assert names(tree.far, date(2026, 8, 31)) == {"潘山洋"}
    assert names(tree.far, date(2026, 9, 1)) == set()


def test_not_before_the_host_has_said_yes(tree, secretary, guest):
    asked = make_hosting(make_outflow(guest, secretary), tree.far, secretary, accepted=False)
    assert names(tree.far) == set()
    hostings.accept(asked, today=TODAY, by=secretary)
    assert names(tree.far) == {"潘山洋"}


def test_coming_home_and_moving_to_the_host_both_end_it(tree, secretary, guest, hosted):
    membership.move(guest, to=tree.far, on=date(2026, 10, 1), by=None)
    assert names(tree.far, date(2026, 9, 30)) == {"潘山洋"}
    assert names(tree.far, date(2026, 10, 1)) == set()
    (own,) = [line for line in standing_roll(organisation=tree.far, group=None, held_on=DAY) if line.name == "潘山洋"]
    assert (own.guest_of, own.hosted_at) == ("", "")


def test_an_ended_outflow_takes_the_guest_off_the_roll(tree, secretary, guest, hosted):
    outflows.end_outflow(hosted.outflow, on=date(2026, 10, 1), reason="returned", today=TODAY, by=secretary)
    assert names(tree.far, date(2026, 9, 30)) == {"潘山洋"} and names(tree.far, date(2026, 10, 1)) == set()


def test_attending_with_the_host_counts_at_home_once(tree, guest, hosted, host):
    publish_default(tree.county, start=date(2026, 1, 1), by=None)
    meeting = record(tree.far, host, roll={guest.pk: CAME}, confirm=True)
    facts = Fact.objects.standing().filter(member=guest)
    assert {(fact.kind, fact.units, fact.organisation, fact.member_class) for fact in facts} == {
        ("meeting.theme_day", 1, tree.ours, "village"),
        ("study.hours", 2, tree.ours, "village"),
    }
    assert {fact.title for fact in facts} == {"主题党日：冬季防火（在石柳村党支部参加）"}
    settle(Scope(2026))
    confirm_meeting(meeting, by=host, today=TODAY)
    settle(Scope(2026))
    earned = Entry.objects.filter(member=guest, fact__kind="meeting.theme_day")
    assert [(entry.organisation, entry.fact.kind) for entry in earned] == [(tree.ours, "meeting.theme_day")]


def test_a_guest_is_outside_the_hosts_figures_and_named_apart(tree, guest, hosted, host):
    meeting = record(tree.far, host, roll={guest.pk: CAME}, confirm=True)
    (row,) = counted(Meeting.objects.filter(pk=meeting.pk))
    shown = sheet(meeting, with_reasons=True)
    assert (row.expected, row.present, shown.tally.present) == (1, 1, 1)
    assert (shown.present, shown.guests) == (("石强",), ("潘山洋（高家杨村党支部）",))


def test_a_guest_who_did_not_come_leaves_no_line_at_all(tree, guest, hosted, host):
    record(tree.far, host, confirm=True)
    assert not Attendance.objects.filter(member=guest).exists()
    assert not Fact.objects.filter(member=guest).exists()


def test_a_meeting_of_guests_alone_is_none(tree, secretary, guest, hosted):
    with pytest.raises(DomainError, match="一个人也没有到"):
        record(tree.far, secretary, roll={guest.pk: CAME}, confirm=True)


def test_home_neither_expects_nor_counts_absent_whom_another_takes_on(tree, secretary, guest, hosted):
    """Also where the class of that day was not yet 流动: the registration came later."""
    make_member(tree.ours, "程勇庆")
    record(tree.ours, secretary, roll={guest.pk: RollLine(state="absent", reason="unexplained")}, confirm=True)
    row = Attendance.objects.get(member=guest)
    assert (row.state, row.reason) == ("excused", "mobile")
    assert not Fact.objects.filter(member=guest).exists()


def test_the_same_day_and_kind_is_not_recorded_at_home_as_well(tree, secretary, guest, hosted, host):
    make_member(tree.ours, "程勇庆")
    record(tree.far, host, roll={guest.pk: CAME}, confirm=True)
    before = standing()
    with pytest.raises(DomainError, match=r"潘山洋.*已经记过主题党日：冬季防火（在石柳村党支部参加）.*只记一次"):
        record(tree.ours, secretary, roll={guest.pk: CAME}, confirm=True)
    assert standing() == before and Meeting.objects.count() == 1
    assert record(tree.ours, secretary, roll={guest.pk: CAME}, confirm=True, held_on=DAY - timedelta(days=1)).pk


def test_correcting_takes_the_guest_off_and_returning_voids(tree, guest, hosted, host, committee):
    meeting = record(tree.far, host, roll={guest.pk: CAME}, confirm=True)
    return_meeting(meeting, reason="人数不符", by=committee)
    assert not Fact.objects.standing().filter(member=guest).exists()
    meeting.refresh_from_db()
    confirm_meeting(meeting, by=host, today=TODAY)
    assert Fact.objects.standing().filter(member=guest).count() == 2
    meeting.refresh_from_db()
    revise(meeting, host)
    assert not Fact.objects.standing().filter(member=guest).exists()


def test_the_member_and_the_home_branch_see_it_and_the_hosts_roll_stays_the_hosts(tree, client, guest, hosted, host, secretary):
    guest.user = make_user("潘山洋", username="pan")
    guest.save(update_fields=["user"])
    meeting = record(tree.far, host, roll={guest.pk: CAME}, confirm=True)
    assert Meeting.objects.visible_to(guest.user).get() == meeting
    assert not Meeting.objects.visible_to(secretary).exists()
    client.force_login(secretary)
    page = client.get(f"/members/{guest.uid}/").content.decode()
    assert "主题党日：冬季防火（在石柳村党支部参加）" in page


def test_a_transfer_later_leaves_it_with_the_home_of_that_day(tree, guest, hosted, host):
    record(tree.far, host, roll={guest.pk: CAME}, confirm=True)
    membership.move(guest, to=tree.neighbours, on=TODAY, by=None)
    assert set(Fact.objects.standing().filter(member=guest).values_list("organisation", flat=True)) == {tree.ours.pk}
    assert Affiliation.objects.get(member=guest, end=None).organisation == tree.neighbours


def test_a_paper_from_outside_the_county_counts_at_home_once(tree, secretary, guest):
    publish_default(tree.county, start=date(2026, 1, 1), by=None)
    outflow = make_outflow(guest, secretary)
    said = {
        "day": DAY, "kind": "theme_day", "study_hours": Decimal("1.5"), "host_name": "长安镇流动党员党支部", "topic": "清理河道",
        "evidence": "回执", "today": TODAY, "by": secretary, "uid": outflow.uid,
    }  # fmt: skip
    first, second = (hostings.attest(outflow, **said) for _ in range(2))
    assert first == second and standing() == [("潘山洋", "meeting.theme_day", 1, DAY), ("潘山洋", "study.hours", Decimal("1.5"), DAY)]
    assert set(Fact.objects.values_list("organisation", flat=True)) == {tree.ours.pk}
    settle(Scope(2026))
    assert Entry.objects.filter(member=guest, fact__kind="meeting.theme_day").count() == 1
    with pytest.raises(DomainError, match="只记一次"):
        hostings.attest(outflow, **(said | {"uid": None}))
    make_member(tree.ours, "程勇庆")
    with pytest.raises(DomainError, match="只记一次"):
        record(tree.ours, secretary, roll={guest.pk: CAME}, confirm=True)
    hostings.void_attestation(first, by=secretary)
    assert standing() == []
    settle(Scope(2026))
    assert sum(entry.points for entry in Entry.objects.filter(member=guest, fact__kind="meeting.theme_day")) == 0


@pytest.mark.parametrize("day", [date(2026, 3, 1), TODAY + timedelta(days=1)])
def test_a_paper_is_of_the_days_away(tree, secretary, guest, day):
    with pytest.raises(DomainError, match="外出期间"):
        hostings.attest(
            make_outflow(guest, secretary),
            day=day,
            kind="lecture",
            host_name="某支部",
            topic="党课",
            evidence="回执",
            today=TODAY,
            by=secretary,
        )
    assert not Attestation.objects.exists()


def test_the_kinds_of_papers_are_kinds_of_meetings():
    assert set(Attestation.Kind.values) < set(Meeting.Kind.values)
    assert all(Attestation.Kind(value).label == Meeting.Kind(value).label for value in Attestation.Kind.values)


@pytest.mark.parametrize(
    ("host", "start", "words"),
    [
        ("ours", date(2026, 6, 1), "本来就是这个支部的"),
        ("township", date(2026, 6, 1), "党支部"),
        ("far", date(2026, 3, 1), "2026-03-02"),
        ("far", TODAY + timedelta(days=1), "今天以前"),
    ],
)
def test_whom_may_be_asked_and_from_when(tree, secretary, guest, host, start, words):
    with pytest.raises(DomainError, match=words):
        make_hosting(make_outflow(guest, secretary), getattr(tree, host), secretary, start=start)


def test_the_answer_is_given_once_and_one_host_at_a_time(tree, secretary, guest):
    outflow = make_outflow(guest, secretary)
    asked = make_hosting(outflow, tree.far, secretary, accepted=False)
    with pytest.raises(DomainError, match="等他们答复"):
        make_hosting(outflow, tree.neighbours, secretary)
    with pytest.raises(DomainError, match="原因"):
        hostings.decline(asked, answer=" ", today=TODAY, by=secretary)
    hostings.decline(asked, answer="没有条件", today=TODAY, by=secretary)
    with pytest.raises(DomainError, match="未接收"):
        hostings.accept(asked, today=TODAY, by=secretary)
    assert make_hosting(outflow, tree.neighbours, secretary).state == "accepted"


@pytest.mark.django_db(transaction=True)
def test_two_hosts_that_confirm_at_once_count_it_once(tree, secretary):
    guest = make_member(tree.ours, "潘山洋")
    outflow = make_outflow(guest, secretary)
    first = make_hosting(outflow, tree.far, secretary, start=date(2026, 6, 1))
    make_member(tree.far, "石强")
    make_member(tree.ours, "程勇庆")
    there = record(tree.far, secretary, roll={guest.pk: CAME})
    home = record(tree.ours, secretary, roll={guest.pk: CAME})
    told = at_once(*(lambda pk=pk: confirm_meeting(Meeting.objects.get(pk=pk), by=secretary, today=TODAY) for pk in (there.pk, home.pk)))
    assert {type(one) for one in told} == {Meeting, DomainError}
    assert Fact.objects.standing().filter(member=guest, kind="meeting.theme_day").count() == 1
    assert first.state == "accepted"
