"""Pieces on their way: one about 刘明 and one of the catalogue."""

from datetime import date
from importlib import import_module

import pytest

from education.openness.models import Topic
from education.openness.services import pieces as services

TODAY = date(2026, 7, 6)


@pytest.fixture
def exemplar(tree, member, secretary):
    return services.draft(
        tree.ours,
        sort="exemplar",
        title="雨夜巡河",
        text="连下三天雨，他守了两夜河堤。",
        reach="branch",
        member=member,
        by=secretary,
        today=TODAY,
    )


@pytest.fixture
def submitted(exemplar, member, secretary):
    services.consent(exemplar, by=member.user, today=TODAY)
    return services.submit(exemplar, by=secretary, today=TODAY)


@pytest.fixture
def published(submitted, committee):
    return services.publish(submitted, by=committee, today=TODAY)


@pytest.fixture
def catalogue(db):
    """The county puts its catalogue in force from the year's first day."""
    if not Topic.objects.exists():  # a kept database, which a test with transactions has emptied
        Topic.objects.bulk_create(Topic(**row) for row in import_module("education.openness.migrations.0003_catalogue").TOPICS)
    Topic.objects.update(start=date(2026, 1, 1))
    return {(one.organisation_kind, one.code): one for one in Topic.objects.all()}
