"""Two files of 潘山洋, and who holds something by one of them."""

from datetime import date

import pytest

from members.models import Office
from points.services import publish_default
from tests.factories import id_number, make_grant, make_member, make_user
from tests.merging.makers import BORN


@pytest.fixture
def scheme(tree):
    return publish_default(tree.county, start=date(2025, 1, 1), by=None)


@pytest.fixture
def kept(tree):
    return make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=id_number(BORN, serial=40_000))


@pytest.fixture
def gone(tree):
    """One digit of the number off: two numbers in a row may differ in more, and then they are not alike."""
    return make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=id_number(BORN, serial=40_001))


@pytest.fixture
def holder(tree, gone):
    """The file that goes is our secretary's: a login, a grant with the office, and a grant beside it."""
    gone.user = make_user("潘山洋", username="pan")
    gone.save(update_fields=["user"])
    with_office = make_grant(gone.user, tree.ours, "secretary")
    Office.objects.create(member=gone, organisation=tree.ours, position="secretary", start=date(2024, 1, 1), grant=with_office)
    make_grant(gone.user, tree.neighbours, "reader")
    return gone
