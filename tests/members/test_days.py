"""Branch, class and roll of a day: a transfer leaves the past where it was."""

from datetime import date

import pytest

from members.models import Affiliation, GroupMembership, MemberClass, Office
from members.selectors.days import places_on, roll_of
from tests.factories import make_member, make_organisation

DAY = date(2026, 11, 20)


def move(person, branch, on):
    person.affiliations.filter(end=None).update(end=on, end_reason="moved")
    Affiliation.objects.create(member=person, organisation=branch, start=on, reason="moved")


def reclass(person, name, on):
    person.classes.filter(end=None).update(end=on)
    MemberClass.objects.create(member=person, name=name, start=on)


def test_a_place_is_that_of_the_day(tree):
    person = make_member(tree.ours)
    move(person, tree.far, date(2026, 6, 1))
    reclass(person, "retired", date(2026, 9, 1))
    assert places_on([person.pk], date(2026, 5, 31))[person.pk] == (tree.ours.pk, "village")
    assert places_on([person.pk], date(2026, 6, 1))[person.pk] == (tree.far.pk, "village")
    assert places_on([person.pk], date(2026, 9, 1))[person.pk] == (tree.far.pk, "retired")


def test_who_belonged_nowhere_that_day_has_no_place(tree):
    person = make_member(tree.ours, start=date(2026, 3, 1))
    assert places_on([person.pk], date(2026, 2, 28)) == {}


def test_before_the_first_class_known_that_one_holds(tree):
    person = make_member(tree.ours)
    person.classes.update(start=date(2026, 8, 1))
    assert places_on([person.pk], date(2026, 1, 1))[person.pk].member_class == "village"


def test_the_roll_is_who_belonged_that_day_by_pinyin(tree):
    for name in ("周春", "戴鹏", "程勇庆"):
        make_member(tree.ours, name)
    gone, come = make_member(tree.ours, "刘明"), make_member(tree.neighbours, "郑月")
    move(gone, tree.neighbours, DAY)
    move(come, tree.ours, DAY)
    make_member(tree.ours, "安停", standing="suspended")
    assert [line.name for line in roll_of(tree.ours, DAY)] == ["程勇庆", "戴鹏", "郑月", "周春"]


def test_mobile_exempt_and_lost_members_are_not_expected(tree):
    away = make_member(tree.ours, "陈辉文", is_mobile=True, destination="陕西省西安市")
    old = make_member(tree.ours, "汤艳岚", birth_on=date(1944, 1, 1))
    MemberClass.objects.filter(member=old).update(name="exempt")
    lost = make_member(tree.ours, "石远", is_lost=True, lost_on=date(2026, 5, 1))
    here = make_member(tree.ours, "郝琴")
    roll = {line.member_id: line for line in roll_of(tree.ours, DAY)}
    assert {pk: line.is_expected for pk, line in roll.items()} == {away.pk: False, old.pk: False, lost.pk: False, here.pk: True}
    assert roll[old.pk].age == 82
    assert {line.member_id for line in roll_of(tree.ours, date(2026, 4, 1)) if line.is_expected} == {lost.pk, here.pk}


def test_standing_counts_from_full_membership_or_from_joining_when_there_was_no_probation(tree):
    make_member(tree.ours, "甲", joined_on=date(1969, 7, 1), full_on=date(1970, 7, 1), birth_on=date(1945, 1, 1))
    make_member(tree.ours, "丙", joined_on=date(1979, 7, 1), full_on=date(1980, 7, 1), birth_on=date(1955, 1, 1))
    make_member(tree.ours, "乙", category="probationary", joined_on=date(2026, 1, 10), full_on=None)
    assert [(line.standing_years, line.is_probationary) for line in roll_of(tree.ours, DAY)] == [(46, False), (57, False), (0, True)]


def test_the_roll_of_a_group_is_its_own_members(tree):
    group = make_organisation("高家杨村第一党小组", "group", tree.ours)
    inside, _outside = make_member(tree.ours, "郝琴"), make_member(tree.ours, "刘明")
    GroupMembership.objects.create(member=inside, organisation=group, start=date(2026, 1, 1))
    assert [line.name for line in roll_of(group, DAY)] == ["郝琴"]


@pytest.mark.parametrize("size", [1, 30])
def test_the_roll_and_the_places_cost_one_query_each(tree, size, django_assert_num_queries):
    people = [make_member(tree.ours) for _ in range(size)]
    with django_assert_num_queries(2):
        assert len(roll_of(tree.ours, DAY)) == size
        assert len(places_on([p.pk for p in people], DAY)) == size


def test_the_roll_knows_the_posts_of_that_day(tree):
    secretary, former = make_member(tree.ours, "吕山东"), make_member(tree.ours, "郑月")
    for position in ("member", "secretary"):
        Office.objects.create(member=secretary, organisation=tree.ours, position=position, start=date(2024, 1, 1))
    Office.objects.create(
        member=former, organisation=tree.ours, position="publicity", start=date(2021, 1, 1), end=date(2026, 1, 1), end_reason="term_over"
    )
    assert [(line.office_label, line.is_in_committee) for line in roll_of(tree.ours, DAY)] == [("书记", True), ("", False)]
