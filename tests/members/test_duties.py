"""转正: told thirty days before the 预备期 is full, until it is decided."""

from datetime import date

import pytest
from django.urls import reverse

from members.duties.probation import due, due_for
from members.rules.probation import probation_ends
from members.services.membership import put_off_full
from tests.factories import make_member

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("joined_on", "ends"),
    [(date(2025, 12, 20), date(2026, 12, 20)), (date(2024, 2, 29), date(2025, 2, 28)), (date(2025, 1, 31), date(2026, 1, 31))],
)
def test_probation_ends_a_year_after_the_assembly(joined_on, ends):
    assert probation_ends(joined_on) == ends


def probationer(branch, name, joined_on, **fields):
    return make_member(branch, name, category="probationary", joined_on=joined_on, full_on=None, start=joined_on, **fields)


def test_a_decision_is_told_thirty_days_before_and_stays_until_made(tree, secretary):
    near, late = probationer(tree.ours, "胡超强", date(2025, 12, 22)), probationer(tree.ours, "罗莉艳", date(2025, 10, 1))
    probationer(tree.ours, "刘小明", date(2025, 12, 23))
    duties = due(secretary, TODAY)
    assert [duty.title for duty in duties] == ["讨论罗莉艳转正", "讨论胡超强转正"]
    assert [duty.days_left(TODAY) for duty in duties] == [-52, 30]
    assert "12月22日满" in duties[1].reason
    assert duties[1].url == reverse("development:member", args=[near.uid])
    put_off_full(near, until=date(2026, 12, 23), by=None)
    assert [duty.title for duty in due(secretary, TODAY)] == ["讨论罗莉艳转正"], "thirty-one days before the extended end"
    put_off_full(near, until=date(2026, 12, 22), by=None)
    late.refresh_from_db()
    late.category, late.full_on = "full", date(2026, 11, 1)
    late.save()
    assert [duty.title for duty in due(secretary, TODAY)] == ["讨论胡超强转正"]


def test_only_ones_own_branch(tree, neighbour, committee):
    probationer(tree.ours, "胡超强", date(2025, 12, 1))
    assert due(neighbour, TODAY) == due(committee, TODAY) == []
    assert len(due_for([tree.ours, tree.far], TODAY)) == 1


@pytest.mark.parametrize("size", [1, 25])
def test_the_list_costs_the_same(tree, secretary, size, django_assert_num_queries):
    for _ in range(size):
        probationer(tree.ours, "胡超强", date(2025, 12, 1))
    with django_assert_num_queries(5):  # grants, branches, members, the period and its checks
        assert len(due(secretary, TODAY)) == size
