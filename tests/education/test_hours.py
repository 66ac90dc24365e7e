"""学时 against what is asked of who one is: 32, 56 of a 书记 or 班子 with a 集中培训, nothing hard of the old and ill."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from education.selectors.hours import expected_of, hours_of
from members.models import MemberClass, Office
from members.services import facts
from tests.factories import make_member

TODAY = date(2026, 11, 20)


def studied(member, key: str, day: date, units="2") -> None:
    facts.record(
        [
            facts.FactLine(
                key=f"{key}:{uuid4()}",
                kind="study.hours",
                member_id=member.pk,
                organisation_id=member.branch_id,
                member_class="village",
                day=day,
                units=Decimal(units),
                title="学习",
            )
        ],
        by=None,
    )


def post(member, position="secretary", start=date(2020, 1, 1), way="elected") -> Office:
    return Office.objects.create(member=member, organisation=member.branch, position=position, start=start, way=way)


def test_each_source_is_told_and_all_add_up(tree):
    person = make_member(tree.ours)
    for key in ("education.hours", "study.training", "study.site", "study.lesson", "mobility.studied"):
        studied(person, key, date(2026, 3, 1))
    studied(person, "study.lesson", date(2025, 12, 31))
    hours = hours_of(person, 2026, today=TODAY)
    assert hours.total == 10 and hours.left == 22
    assert hours.by_source == [(label, Decimal(2)) for label in ("会议", "培训班", "站点", "课程", "其他")]


@pytest.mark.parametrize(("position", "due"), [("secretary", 56), ("publicity", 56), ("group_leader", 32)])
def test_of_a_secretary_and_the_committee_56_are_asked(tree, position, due):
    person = make_member(tree.ours)
    post(person, position)
    hours = hours_of(person, 2026, today=TODAY)
    assert hours.due == due and bool(hours.training_note) is (due == 56)


def test_a_training_of_the_year_answers_what_is_asked_of_the_committee(tree):
    person = make_member(tree.ours)
    post(person, "member")
    studied(person, "study.training", date(2025, 11, 1))
    assert "还没有参加集中培训" in hours_of(person, 2026, today=TODAY).training_note
    studied(person, "study.training", date(2026, 6, 2))
    assert hours_of(person, 2026, today=TODAY).training_note == "今年的集中培训 6月2日参加了。"


@pytest.mark.parametrize(
    ("trained", "in_time"), [(date(2026, 8, 30), False), (date(2026, 8, 31), True), (date(2027, 2, 28), True), (date(2027, 3, 1), False)]
)
def test_a_new_secretary_is_trained_within_half_a_year(tree, trained, in_time):
    """31 August and six months end on 28 February."""
    person = make_member(tree.ours)
    post(person, start=date(2026, 8, 31))
    studied(person, "study.training", trained)
    hours = hours_of(person, 2027, today=date(2027, 3, 1))
    assert hours.expected.train_by == date(2027, 2, 28) and hours.trained_in_time is in_time
    assert ("2027年2月28日前要参加一次" in hours.training_note) is not in_time


def test_a_secretary_of_long_standing_is_not_new(tree):
    one, other = make_member(tree.ours), make_member(tree.neighbours)
    post(one, start=date(2025, 1, 1))
    post(other, start=date(2026, 8, 31), way="opening")
    told = expected_of([one.pk, other.pk], 2026, today=TODAY)
    assert [told[person.pk].train_by for person in (one, other)] == [None, None]


def test_of_the_old_and_ill_nothing_hard_is_asked(tree):
    person = make_member(tree.ours)
    post(person)
    MemberClass.objects.filter(member=person).update(name="exempt")
    hours = hours_of(person, 2026, today=TODAY)
    assert hours.exempt and not hours.training_note and hours.expected.words == "不作硬性要求"
