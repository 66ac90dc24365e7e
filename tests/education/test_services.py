"""Recording, confirming, correcting and returning a meeting, and the facts each leaves."""

from datetime import date, time
from decimal import Decimal

import pytest

from education.models import Attendance, Meeting
from education.services import RollLine, confirm_meeting, record_meeting, return_meeting, revise_meeting, void_meeting
from members.models import Affiliation, Fact, GroupMembership, MemberClass, Office
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from tests.factories import make_member, make_organisation

TODAY, DAY = date(2026, 11, 22), date(2026, 11, 20)
ILL = RollLine(state="leave", reason="ill")
SILENT = RollLine(state="absent", reason="unexplained")


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜", "郝琴")]


def record(organisation, by, *, roll=None, confirm=False, today=TODAY, **content):
    content = {"kind": "theme_day", "group": None, "held_on": DAY, "topic": "冬季防火", "study_hours": Decimal(2)} | content
    return record_meeting(organisation=organisation, roll=roll or {}, by=by, today=today, confirm=confirm, **content)


def revise(meeting, by, *, roll=None, **content):
    content = {name: getattr(meeting, name) for name in ("kind", "group", "held_on", "topic", "study_hours")} | content
    return revise_meeting(meeting, version=meeting.version, roll=roll or {}, by=by, today=TODAY, **content)


def standing():
    return sorted(Fact.objects.standing().values_list("member__name", "kind", "units", "day"))


def test_a_draft_leaves_no_facts(tree, secretary, people):
    meeting = record(tree.ours, secretary)
    assert (meeting.state, meeting.attendances.count(), standing()) == ("draft", 4, [])


def test_confirming_leaves_attendance_hours_and_unexplained_absence(tree, secretary, people):
    first, second, third, fourth = people
    record(
        tree.ours,
        secretary,
        roll={second.pk: ILL, third.pk: SILENT, fourth.pk: RollLine(state="absent", reason="other", note="车坏了")},
        confirm=True,
    )
    assert standing() == [
        ("程勇庆", "meeting.theme_day", 1, DAY),
        ("程勇庆", "study.hours", 2, DAY),
        ("龚莉娜", "meeting.absent", 1, DAY),
    ]
    fact = Fact.objects.get(member=first, kind="meeting.theme_day")
    assert (fact.organisation, fact.member_class, fact.recorded_by, fact.confirmed_by) == (tree.ours, "village", secretary, secretary)
    assert fact.key == f"education.attendance:{Attendance.objects.get(member=first).uid}"


def test_confirming_twice_writes_once(tree, secretary, people):
    meeting = record(tree.ours, secretary, confirm=True)
    before, acts = Fact.objects.count(), AuditEntry.objects.count()
    confirm_meeting(meeting, by=secretary, today=TODAY)
    assert (Fact.objects.count(), AuditEntry.objects.count()) == (before, acts)


def test_who_is_not_expected_is_on_the_roll_without_counting_and_may_come(tree, secretary):
    away, came = (make_member(tree.ours, name, is_mobile=True, destination="陕西省西安市") for name in ("陈辉文", "潘山洋"))
    old, here = make_member(tree.ours, "汤艳岚"), make_member(tree.ours, "郝琴")
    MemberClass.objects.filter(member=old).update(name="exempt")
    meeting = record(tree.ours, secretary, roll={came.pk: RollLine(state="present")}, confirm=True)
    states = {row.member_id: (row.state, row.reason) for row in meeting.attendances.all()}
    assert states == {away.pk: ("excused", "mobile"), old.pk: ("excused", "aged"), came.pk: ("present", ""), here.pk: ("present", "")}
    assert {name for name, *_ in standing()} == {"潘山洋", "郝琴"}


def test_a_committee_meeting_is_of_its_members_alone(tree, secretary, people):
    for person, position in zip(people[:2], ("secretary", "publicity"), strict=True):
        Office.objects.create(member=person, organisation=tree.ours, position=position, start=date(2024, 1, 1))
    meeting = record(tree.ours, secretary, kind="committee", roll={people[2].pk: RollLine(state="present")})
    assert set(meeting.attendances.values_list("member__name", flat=True)) == {"程勇庆", "戴鹏", "龚莉娜"}


def test_a_group_meeting_is_of_its_group(tree, secretary, people):
    group = make_organisation("第一党小组", "group", tree.ours)
    GroupMembership.objects.create(member=people[0], organisation=group, start=date(2026, 1, 1))
    meeting = record(tree.ours, secretary, kind="group", group=group)
    assert [row.member for row in meeting.attendances.all()] == [people[0]]


def test_correcting_a_confirmed_meeting_revises_its_facts(tree, secretary, people):
    meeting = record(tree.ours, secretary, confirm=True)
    revise(meeting, secretary, held_on=date(2026, 11, 19), roll={people[0].pk: SILENT})
    day = date(2026, 11, 19)
    assert [row[:2] for row in standing()] == [
        ("戴鹏", "meeting.theme_day"), ("戴鹏", "study.hours"), ("程勇庆", "meeting.absent"),
        ("郝琴", "meeting.theme_day"), ("郝琴", "study.hours"), ("龚莉娜", "meeting.theme_day"), ("龚莉娜", "study.hours"),
    ]  # fmt: skip
    assert {row[3] for row in standing()} == {day}


def test_moving_the_day_before_somebody_came_voids_their_facts(tree, secretary, people):
    late = make_member(tree.ours, "周春", start=date(2026, 11, 15))
    meeting = record(tree.ours, secretary, confirm=True)
    assert Fact.objects.standing().filter(member=late).count() == 2
    revise(meeting, secretary, held_on=date(2026, 11, 10))
    assert not Fact.objects.standing().filter(member=late).exists()
    assert not meeting.attendances.filter(member=late).exists()


def test_facts_keep_the_branch_of_their_day(tree, secretary, people):
    people[0].affiliations.update(end=date(2026, 11, 21), end_reason="moved")
    Affiliation.objects.create(member=people[0], organisation=tree.far, start=date(2026, 11, 21), reason="moved")
    record(tree.ours, secretary, confirm=True)
    assert Fact.objects.filter(member=people[0]).first().organisation == tree.ours


def test_a_returned_meeting_has_no_facts_until_confirmed_again(tree, secretary, committee, people):
    meeting = return_meeting(record(tree.ours, secretary, confirm=True), reason="缺会议纪要", by=committee)
    assert (meeting.state, meeting.return_reason, standing()) == ("returned", "缺会议纪要", [])
    meeting = revise(meeting, secretary, confirm=True)
    assert (meeting.state, meeting.return_reason, len(standing())) == ("confirmed", "", 8)


def test_a_void_meeting_leaves_its_day_free(tree, secretary, people):
    meeting = void_meeting(record(tree.ours, secretary, confirm=True), by=secretary)
    assert standing() == []
    with pytest.raises(DomainError, match="作废"):
        confirm_meeting(meeting, by=secretary, today=TODAY)
    record(tree.ours, secretary, confirm=True)
    assert len(standing()) == 8


def test_a_change_made_on_an_old_version_is_refused(tree, secretary, deputy, people):
    meeting = record(tree.ours, secretary)
    revise(meeting, deputy, topic="换届准备")
    with pytest.raises(Stale):
        revise(meeting, secretary, topic="冬季防火和换届")
    meeting.refresh_from_db()
    assert meeting.topic == "换届准备"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"held_on": date(2026, 11, 23)}, "held_on"),
        ({"held_on": date(1999, 12, 31)}, "held_on"),
        ({"starts_at": time(11), "ends_at": time(9)}, "ends_at"),
        ({"topic": "  "}, "topic"),
        ({"kind": "group"}, "group"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(tree, secretary, people, content, field):
    with pytest.raises(DomainError) as refusal:
        record(tree.ours, secretary, **content)
    assert refusal.value.field == field
    assert not Meeting.objects.exists()


def test_the_same_meeting_is_not_recorded_twice(tree, secretary, deputy, people):
    record(tree.ours, secretary)
    with pytest.raises(DomainError, match="已经有记录") as refusal:
        record(tree.ours, deputy)
    assert refusal.value.field == "held_on"
    record(tree.ours, secretary, kind="lecture")


def test_a_meeting_nobody_attended_is_not_confirmed(tree, secretary, people):
    with pytest.raises(DomainError, match="没有到"):
        record(tree.ours, secretary, roll={person.pk: ILL for person in people}, confirm=True)
    assert not Meeting.objects.exists()


def test_nobody_from_elsewhere_gets_onto_the_roll(tree, secretary, people):
    stranger = make_member(tree.far)
    with pytest.raises(DomainError) as refusal:
        record(tree.ours, secretary, roll={stranger.pk: RollLine(state="present")})
    assert refusal.value.field == "roll"


def test_audit_rows_hold_no_names_and_no_text(tree, secretary, people):
    record(tree.ours, secretary, roll={people[0].pk: ILL}, confirm=True)
    rows = AuditEntry.objects.filter(code__startswith="education.meeting.").order_by("id")
    assert [row.code for row in rows] == ["education.meeting.recorded", "education.meeting.confirmed"]
    assert rows[1].data == {"organisation": tree.ours.code, "kind": "theme_day", "day": "2026-11-20", "present": 3, "expected": 4}
    assert {row.organisation_path for row in rows} == {tree.ours.path}


@pytest.mark.parametrize("size", [2, 30])
def test_confirming_costs_the_same_for_few_and_many(tree, secretary, size, django_assert_num_queries):
    for _ in range(size):
        make_member(tree.ours)
    meeting = record(tree.ours, secretary)
    with django_assert_num_queries(17):
        confirm_meeting(meeting, by=secretary, today=TODAY)
