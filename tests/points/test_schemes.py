"""Pages name the version by which a settle scores: one definition, also after a re-hang."""

from datetime import date
from decimal import Decimal

import pytest

from branches.services.organisations import rehang
from points.models import Entry
from points.selectors.schemes import scheme_in_force
from tests.points.makers import deed, make_scheme, settled

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "worth"),
    [(date(2026, 5, 31), 2), (date(2026, 6, 1), 5), (date(2026, 8, 31), 5), (date(2026, 9, 1), 7), (date(2026, 12, 31), 7)],
)
def test_the_version_named_is_the_version_that_scored(tree, member, department, day, worth):
    versions = {
        2: make_scheme(tree.county, {"value": Decimal(2)}),
        5: make_scheme(tree.other_township, {"value": Decimal(5)}),
        7: make_scheme(tree.other_township, {"value": Decimal(7)}, start=date(2026, 9, 1), version=2),
    }
    rehang(tree.ours, under=tree.other_township, on=date(2026, 6, 1), by=department)
    tree.ours.refresh_from_db()
    settled(deed(member, day))
    assert Entry.objects.get().points == worth
    assert scheme_in_force(tree.ours, day) == versions[worth]


def test_where_nothing_was_published_nothing_rules(tree):
    assert scheme_in_force(tree.ours, date(2026, 5, 1)) is None
    make_scheme(tree.county, {}, start=date(2026, 6, 1))
    assert scheme_in_force(tree.ours, date(2026, 5, 31)) is None
