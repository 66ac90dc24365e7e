"""The membership's figures against the roster behind each of them."""

from datetime import date

from django.utils import timezone

from members.selectors.roster import narrowed, roster
from partyportal.dashboard.selectors.structure import structure
from tests.factories import make_member

TODAY = date(2026, 11, 22)


def people(tree):
    """One of each kind, ours and the neighbours'."""
    make_member(tree.ours, "甲", birth_on=date(1950, 1, 1), education="61", joined_on=date(1975, 1, 1), full_on=date(1975, 1, 1))
    make_member(tree.ours, "乙", birth_on=date(1996, 11, 22), sex="2", education="21", joined_on=date(2020, 1, 1), full_on=date(2021, 1, 1))
    make_member(tree.ours, "丙", birth_on=date(1996, 11, 23), sex="2", joined_on=date(2026, 1, 1), category="probationary", full_on=None)
    make_member(tree.ours, "丁", is_mobile=True, destination="广东省")
    make_member(tree.ours, "戊", is_mobile=True, destination="广东省东莞市", is_lost=True, lost_on=date(2026, 1, 1))
    make_member(tree.ours, "己", is_mobile=True, destination="陕西省西安市")
    make_member(tree.neighbours, "邻", is_mobile=True, destination="陕西省西安市")


def test_every_figure_is_as_many_as_the_roster_it_opens(tree, committee):
    people(tree)
    today = timezone.localdate()
    shown = structure(committee, tree.township, today=today)

    def rows(**asked):
        return narrowed(roster(committee, within=tree.township), today=today, **asked).count()

    assert shown.members == rows() == 7
    for band in shown.bands:
        assert (band.men, band.women) == (rows(age=band.key, sex="1"), rows(age=band.key, sex="2")), band
    assert all(line.count == rows(education=line.key) for line in shown.education)
    assert all(line.count == rows(category=line.key) for line in shown.categories)
    assert all(line.count == rows(destination=line.key) for line in shown.destinations)
    assert (shown.mobile, shown.lost) == (rows(state="mobile"), rows(state="lost")) == (4, 1)
    assert shown.men + shown.women == sum(line.count for line in shown.education) == shown.members


def test_a_birthday_moves_a_member_to_the_next_band(tree, secretary):
    people(tree)
    bands = {band.key: band.women for band in structure(secretary, tree.ours, today=TODAY).bands}
    assert (bands["-30"], bands["31-35"]) == (2, 0)  # thirty today and twenty-nine
    bands = {band.key: band.women for band in structure(secretary, tree.ours, today=date(2027, 11, 22)).bands}
    assert (bands["-30"], bands["31-35"]) == (1, 1)


def test_a_place_inside_another_is_not_counted_twice(tree, secretary):
    people(tree)
    shown = structure(secretary, tree.ours, today=TODAY)
    assert [(line.label, line.count) for line in shown.destinations] == [("广东省", 2), ("陕西省西安市", 1)]
    assert shown.elsewhere == 0


def test_a_neighbouring_branch_never_leaks_into_the_figures(tree, secretary, neighbour):
    people(tree)
    assert structure(secretary, tree.ours, today=TODAY).members == 6
    assert structure(neighbour, tree.neighbours, today=TODAY).members == 1
    # even asked over the township, a secretary's figures hold what the secretary sees
    assert structure(neighbour, tree.township, today=TODAY).members == 1


def test_it_takes_two_statements(tree, committee, django_assert_num_queries):
    people(tree)
    committee.__dict__.pop("_held_grants", None)
    structure(committee, tree.township, today=TODAY)
    with django_assert_num_queries(2):
        structure(committee, tree.township, today=TODAY)
