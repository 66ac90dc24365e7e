"""Base scores and the carry-over are facts."""

from datetime import date
from decimal import Decimal

import pytest

from members.models import Fact, Owed
from points.services import carry_over, open_period, settle_members, settle_owed
from points.settlement import Scope, settle
from tests.factories import make_member
from tests.points.makers import deed, happened, make_scheme, settled, total

pytestmark = pytest.mark.django_db

LAST, THIS = 2025, 2026
CARRIED = {"code": "carried", "fact_kind": "scheme.last_year", "value": Decimal("0.20"), "cap": Decimal(20), "cap_period": "year"}


@pytest.fixture
def scheme(tree):
    """红岗村 (DOMAIN §8): 20 % of last year's points, 20 at most."""
    return make_scheme(tree.county, CARRIED, {"value": Decimal(10)}, start=date(LAST, 1, 1))


def test_a_year_base_is_given_only_where_the_rules_ask_for_one(tree, member):
    make_scheme(tree.county, {"code": "base", "fact_kind": "scheme.base", "value": Decimal(5)})
    open_period(date(THIS, 4, 20))
    assert not Fact.objects.filter(kind="scheme.year").exists()
    make_scheme(tree.township, {"code": "hundred", "fact_kind": "scheme.year", "value": Decimal(100)}, start=date(THIS, 7, 1), version=2)
    open_period(date(THIS, 4, 21))
    open_period(date(THIS, 10, 21))
    assert [(fact.member, fact.day) for fact in Fact.objects.filter(kind="scheme.year")] == [(member, date(THIS, 1, 1))]


def test_a_fifth_of_last_year_is_carried_over(tree, member, scheme):
    newcomer = make_member(tree.ours, "新党员")
    settled(*(deed(member, date(LAST, month, 5)) for month in (2, 3, 8)), year=LAST)
    assert open_period(date(THIS, 1, 2)) == 3, "two base facts, and one who had points"
    settle(Scope(THIS))
    assert (total_of(member, THIS), total_of(newcomer, THIS)) == (6, 0)
    assert Fact.objects.get(kind="scheme.last_year").day == date(THIS, 1, 1)
    assert carry_over(THIS) == 0


def test_a_correction_of_last_year_reaches_this_one_by_itself(tree, member, scheme):
    settled(deed(member, date(LAST, 2, 5)), year=LAST)
    open_period(date(THIS, 1, 2))
    settle_owed()
    assert total_of(member, THIS) == 2
    happened(deed(member, date(LAST, 11, 5)))
    settle_owed()
    assert total_of(member, THIS) == 4
    assert list(Fact.objects.filter(kind="scheme.last_year").order_by("revision").values_list("revision", "units")) == [(1, 10), (2, 20)]
    assert settle_owed() == 0


def test_a_correction_that_was_rung_for_reaches_the_next_year_too(tree, member, scheme):
    """Also of a year long over, whose next is not the running one: no night would look at it again."""
    settled(deed(member, date(LAST, 2, 5)), year=LAST)
    carry_over(THIS)
    happened(deed(member, date(LAST, 11, 5)))
    settle_members([member.pk], LAST)
    assert set(Owed.objects.values_list("year", flat=True)) == {THIS}
    settle_owed()
    assert total_of(member, THIS) == 4


def test_below_nothing_is_nothing(tree, member):
    make_scheme(tree.county, CARRIED, {"code": "absent", "fact_kind": "meeting.absent", "value": Decimal(-1)}, start=date(LAST, 1, 1))
    settled(deed(member, date(LAST, 2, 5), kind="meeting.absent"), year=LAST)
    assert carry_over(THIS) == 0


def test_what_fell_to_nothing_is_revised_to_nothing(tree, member, scheme):
    settled(deed(member, date(LAST, 2, 5), key="once"), year=LAST)
    carry_over(THIS)
    happened(deed(member, date(THIS, 2, 5), key="once"))
    settle(Scope(LAST))
    assert carry_over(THIS) == 1
    assert Fact.objects.get(kind="scheme.last_year", superseded_at=None).units == 0


def total_of(member, year) -> Decimal:
    return total(member) - sum(standing.points for standing in member.standings.exclude(year=year))
