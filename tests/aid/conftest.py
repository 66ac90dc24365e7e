"""A branch with an assembly, a programme, a fund that can bear it, and the people of all the steps."""

import pytest

from tests.aid.makers import TODAY, Department, fill_branch, make_case, make_line, make_programme


@pytest.fixture
def hands(tree):
    """The three of the department."""
    return Department(tree.county)


@pytest.fixture
def programme(db):
    return make_programme()


@pytest.fixture
def line(tree, hands):
    return make_line(tree.county, by=hands.cashier, second=hands.checker)


@pytest.fixture
def assembly(tree):
    return fill_branch(tree.ours, 5)


@pytest.fixture
def case(programme, member, assembly, secretary):
    """刘明's case, recorded by the secretary; six have a vote that day."""
    return make_case(programme, member, by=secretary)


@pytest.fixture
def go(secretary, committee, hands, line):
    """Take a case as far as a state."""
    from tests.aid.makers import advance

    def to(case, state, *, later=None, today=TODAY):
        return advance(case, state, secretary=secretary, committee=committee, department=hands, line=line, today=today, later=later)

    return to
