"""Meetings, awards and points, as the roof's pages read them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from education.models import Meeting
from points.models import Award, OrganisationMonth, OrganisationYear


@pytest.fixture
def hold(deputy):
    """Hold a confirmed meeting."""

    def hold(organisation, held_on: date, kind="theme_day", **fields):
        return Meeting.objects.create(
            **{"topic": "义务植树", "state": "confirmed", "confirmed_at": timezone.now(), "recorded_by": deputy} | fields,
            organisation=organisation,
            kind=kind,
            held_on=held_on,
        )

    return hold


@pytest.fixture
def file_award(deputy):
    """File a deed that waits for a second person."""

    def file_award(member, title="防汛值守", by=deputy):
        return Award.objects.create(
            member=member,
            organisation=member.branch,
            item_code="DUTY",
            fact_kind="deed.duty",
            day=date(2026, 11, 18),
            title=title,
            evidence="值守登记表",
            filed_by=by,
        )

    return file_award


@pytest.fixture
def month_points(db):
    """The projections' rows of an organisation's month."""

    def month_points(organisation, month: date, points, category="life"):
        OrganisationYear.objects.update_or_create(
            organisation=organisation,
            year=month.year,
            category=category,
            defaults={"points": F("points") + Decimal(points), "as_of": timezone.now()},
            create_defaults={"points": Decimal(points), "as_of": timezone.now()},
        )
        return OrganisationMonth.objects.create(
            organisation=organisation, month=month, category=category, points=Decimal(points), as_of=timezone.now()
        )

    return month_points
