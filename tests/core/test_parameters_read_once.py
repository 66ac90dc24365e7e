"""Many numbers asked for one page are read once, and are those of each day asked."""

from datetime import date

import pytest

from branches.parameters import TERM_WARNING_MONTHS
from members.parameters import STALE_MONTHS, VACANT_MONTHS
from partyportal.core.once import read_once
from partyportal.core.parameters import set_value, value_on, values_on
from tests.factories import make_user

TODAY, BEFORE = date(2026, 11, 22), date(2026, 11, 21)
ASKED = (TERM_WARNING_MONTHS, VACANT_MONTHS, STALE_MONTHS)


def test_the_answers_are_the_same_and_cost_one_statement(db, django_assert_num_queries):
    by = make_user("谭洁")
    set_value(VACANT_MONTHS, value=2, start=date(2026, 1, 1), by=by)
    set_value(VACANT_MONTHS, value=5, start=TODAY, by=by)
    set_value(VACANT_MONTHS, value=6, start=date(2027, 1, 1), by=by)
    apart = [values_on(day, ASKED) for day in (TODAY, BEFORE, date(2025, 1, 1))]
    assert [one[VACANT_MONTHS.key] for one in apart] == [5, 2, VACANT_MONTHS.default]
    with read_once(), django_assert_num_queries(1):
        assert [values_on(day, ASKED) for day in (TODAY, BEFORE, date(2025, 1, 1))] == apart
        assert value_on(TODAY, VACANT_MONTHS) == 5


def test_nothing_is_remembered_beyond_the_block(db):
    by = make_user("谭洁")
    with read_once():
        assert value_on(TODAY, VACANT_MONTHS) == VACANT_MONTHS.default
    set_value(VACANT_MONTHS, value=4, start=TODAY, by=by)
    assert value_on(TODAY, VACANT_MONTHS) == 4
    with pytest.raises(RuntimeError), read_once():
        raise RuntimeError
    with read_once():
        assert value_on(TODAY, VACANT_MONTHS) == 4
