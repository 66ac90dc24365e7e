"""Who calls, who puts forward, who reviews, and whom it is about."""

from types import SimpleNamespace

import pytest

from points.honours.models import Call
from tests.factories import make_grant, make_member, make_user
from tests.honours.makers import issued


@pytest.fixture
def cast(secretary, committee, department, neighbour, reader):
    return SimpleNamespace(secretary=secretary, committee=committee, department=department, neighbour=neighbour, reader=reader)


@pytest.fixture
def second_department(tree):
    """马越, also of 组织部: whoever has to be another person there."""
    user = make_user("马越", username="department2")
    make_grant(user, tree.county, "department")
    return user


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "潘山洋", mobile_phone="18900009777")


@pytest.fixture
def call(tree, department) -> Call:
    """全县优秀共产党员: five places, two of them 山门镇's."""
    return issued(tree.county, by=department, shares=[(tree.township, 2)])
