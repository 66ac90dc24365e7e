"""A branch with a quarter behind it: 2026's second, of which everything is fixed."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from members.models import Fact
from members.services.facts import record
from points.publicity import services
from points.services import confirm_award, file_award, settle_owed
from points.settlement import Scope, settle
from tests.factories import make_member, make_user
from tests.points.makers import deed, make_scheme

TODAY = date(2026, 7, 6)  # a Monday; five working days are full on the 10th


@pytest.fixture
def scheme(tree):
    return make_scheme(
        tree.county,
        {"code": "theme_day", "category": "life", "value": Decimal(2)},
        {"code": "volunteer", "fact_kind": "manual.volunteer", "category": "service", "value": Decimal(1), "manual": True},
        categories={"life": None, "service": (Decimal(20), "year")},
        start=date(2026, 1, 1),
    )


@pytest.fixture
def quarter(scheme, tree, member, secretary, deputy):
    """刘明 has 2 + 2 of meetings (recorded by the secretary) and 4 of a deed (filed by the secretary, confirmed by the deputy); 白灵 has 2."""
    other = make_member(tree.ours, "白灵")
    record([deed(member, date(2026, 4, 10)), deed(member, date(2026, 5, 10)), deed(other, date(2026, 5, 10))], by=secretary)
    item = scheme.items.get(code="volunteer")
    award = file_award(
        member=member,
        item=item,
        day=date(2026, 6, 8),
        units=Decimal(4),
        title="护林巡查",
        evidence="值班表",
        by=secretary,
        today=date(2026, 6, 8),
    )
    confirm_award(award, by=deputy, today=date(2026, 6, 9))
    settle(Scope(2026))
    return SimpleNamespace(
        member=member, other=other, award=award, volunteered=Fact.objects.get(key=f"points.award:{award.uid}"), branch=tree.ours
    )


@pytest.fixture
def publication(quarter, secretary):
    return services.publish(quarter.branch, year=2026, quarter=2, by=secretary, today=TODAY)


@pytest.fixture
def objection(quarter, publication):
    """刘明 says his four hours were six."""
    return services.object_to(
        publication, member=quarter.member, fact=quarter.volunteered, what="是 6 小时，少记了 2 小时", by=quarter.member.user, today=TODAY
    )


@pytest.fixture
def heard(objection, deputy):
    return services.hear(objection, note="问了林场，确是 6 小时", by=deputy, today=TODAY)


@pytest.fixture
def third(tree):
    """邓宁, a third who may decide in our branch: neither recorded nor confirmed anything."""
    from tests.factories import make_grant

    user = make_user("邓宁", username="third")
    make_grant(user, tree.ours, "secretary")
    return user


@pytest.fixture
def settled_now():
    """What a beat does a minute later."""
    return settle_owed
