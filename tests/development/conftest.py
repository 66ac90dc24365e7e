"""Who votes in our branch, and a case it has opened."""

import pytest

from tests.development.makers import make_branch_people, make_case


@pytest.fixture
def people(tree):
    return make_branch_people(tree.ours)


@pytest.fixture
def case(tree, secretary):
    return make_case(tree.ours, secretary)
