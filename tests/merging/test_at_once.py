"""Merges, settles and whoever takes a merge back, at one moment."""

from datetime import date

import pytest

from members.models import Member, Merge
from partyportal.dashboard.workflows.merging import merge, reverse
from points.services import Scope, publish_default, settle
from tests.at_once import at_once
from tests.factories import make_member
from tests.merging.makers import BORN, TODAY, absent, ledger, meet, sound


@pytest.mark.django_db(transaction=True)
def test_two_merges_that_share_a_file_are_taken_one_after_the_other(tree, committee, department, kept, gone):
    third = make_member(tree.ours, "潘山洋", birth_on=BORN)
    told = at_once(lambda: merge(kept, gone, by=committee, on=TODAY), lambda: merge(third, gone, by=department, on=TODAY))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Outcome"]
    assert Merge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_merges_crosswise_end_with_one_file(tree, committee, department, kept, gone):
    told = at_once(lambda: merge(kept, gone, by=committee, on=TODAY), lambda: merge(gone, kept, by=department, on=TODAY))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Outcome"]
    assert Member.objects.at_home().filter(name="潘山洋").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_merge_while_a_settle_runs_loses_and_doubles_nothing(tree, secretary, committee, kept, gone):
    publish_default(tree.county, start=date(2025, 1, 1), by=None)
    for number in range(1, 10):
        meet(tree.ours, secretary, date(2026, number, 20), roll=absent(kept) if number % 2 else absent(gone))
    told = at_once(
        lambda: merge(kept, gone, by=committee, on=TODAY), lambda: settle(Scope(2026)), lambda: settle(Scope.of([kept.pk, gone.pk], 2026))
    )
    assert not [one for one in told if isinstance(one, Exception)]
    sound()
    assert ledger(gone) == [] and ledger(kept)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_one_merge_back_do_it_once(committee, department, kept, gone):
    done = merge(kept, gone, by=committee, on=TODAY).merge
    told = at_once(lambda: reverse(done, by=committee), lambda: reverse(done, by=department))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Merge"]
