"""Two townships and the people who act on each side of a transfer."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import timezone

from tests.factories import make_grant, make_member, make_user

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today(request, monkeypatch):
    if "browser" not in request.keywords:
        monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def far_secretary(tree):
    """石书记, of the branch in the other township."""
    user = make_user("石大方", username="far_secretary")
    make_grant(user, tree.far, "secretary")
    return user


@pytest.fixture
def far_committee(tree):
    """白驼镇党委."""
    user = make_user("罗莉艳", username="far_committee")
    make_grant(user, tree.other_township, "committee")
    return user


@pytest.fixture
def cast(secretary, committee, far_secretary, far_committee, neighbour):
    return SimpleNamespace(
        secretary=secretary, committee=committee, far_secretary=far_secretary, far_committee=far_committee, neighbour=neighbour
    )


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "潘山洋", mobile_phone="18900009777")
