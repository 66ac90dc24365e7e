"""A meeting and a point on the ledger, as the cards read them."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from education.models import Meeting
from points.models import Category, Item, Scheme, Standing


@pytest.fixture
def hold(secretary):
    """Hold a confirmed meeting; the recorder does not matter here."""

    def hold(organisation, held_on: date, kind="theme_day", **fields):
        return Meeting.objects.create(
            **{"topic": "义务植树", "state": "confirmed", "confirmed_at": timezone.now(), "recorded_by": secretary} | fields,
            organisation=organisation,
            kind=kind,
            held_on=held_on,
        )

    return hold


@pytest.fixture
def base_item(tree):
    """The scheme's base score, which is no merit of anybody's."""
    scheme = Scheme.objects.create(organisation=tree.county, name="试行办法", version=90, start=date(2020, 1, 1))
    category = Category.objects.create(scheme=scheme, code="base", name="基础分")
    return Item.objects.create(scheme=scheme, category=category, code="BASE", name="基础分", fact_kind="scheme.base", value=60)


@pytest.fixture
def stand(base_item):
    """Give a member a standing in a category."""

    def stand(member, points, *, category="life", year=2026, quarter=1):
        return Standing.objects.create(
            member=member, year=year, quarter=quarter, category=category, points=Decimal(points), as_of=timezone.now()
        )

    return stand
