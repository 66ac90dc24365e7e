"""Filed deeds and drafts wait for a second person: who is asked, by when, and what clears it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from partyportal.core.models import Notice
from partyportal.dashboard import duties as merged
from partyportal.dashboard.selectors.home import own_duties
from partyportal.dashboard.services import remind
from points import duties, services
from points.models import Award
from points.services.simulations import consent, simulate
from tests.factories import make_grant, make_user
from tests.points.makers import YEAR, deed, make_scheme, settled

pytestmark = pytest.mark.django_db
FILED, DUE = date(YEAR, 6, 8), date(YEAR, 6, 15)


def asked(user, today):
    user.__dict__.pop("_held_grants", None)
    return [(duty.due_on, duty.title) for duty in duties.due(user, today)]


@pytest.fixture
def filed(tree, member, secretary):
    """A deed the secretary filed at half past midnight in China, when it was still the day before in UTC."""
    scheme = make_scheme(tree.county, {"code": "volunteer", "fact_kind": "manual.volunteer", "value": Decimal(1), "manual": True})
    award = services.file_award(
        member=member,
        item=scheme.items.get(),
        day=FILED,
        units=Decimal(2),
        title="护林巡查",
        evidence="值班表",
        by=secretary,
        today=FILED,
    )
    Award.objects.update(filed_at=timezone.make_aware(datetime(YEAR, 6, 8, 0, 30)))  # noqa: DTZ001
    return award


def test_who_did_not_file_it_is_asked_within_the_days(filed, secretary, deputy, neighbour):
    assert asked(deputy, FILED) == [(DUE, "认定登记的 1 笔加减分")]
    assert asked(secretary, FILED) == asked(neighbour, FILED) == []
    services.confirm_award(filed, by=deputy, today=FILED)
    assert asked(deputy, FILED) == []


@pytest.mark.parametrize(("today", "late"), [(DUE, False), (DUE + timedelta(days=1), True)])
def test_what_a_branch_leaves_is_the_committee_s_the_day_after(filed, tree, committee, today, late):
    assert bool(asked(committee, today)) is late
    assert [duty.key for duty in own_duties(committee, tree.township, today=today) if duty.key.startswith("points.")] == (
        [f"points.late_award:{tree.township.code}"] if late else []
    )


def test_a_branch_is_asked_once_for_all_of_them(filed, tree):
    (duty,) = [duty for duty in merged.due_for([tree.ours, tree.neighbours], FILED) if duty.key.startswith("points.")]
    assert (duty.organisation_code, duty.url) == (tree.ours.code, f"/points/awards/?organisation={tree.ours.code}")


@pytest.fixture
def falling(tree, member, department):
    """A draft of the county's under which 刘明 loses; the department asks somebody else to look."""
    make_scheme(tree.county, {})
    settled(deed(member, date(YEAR, 3, 5)))
    draft = make_scheme(tree.county, {"value": Decimal(1)}, version=2, published=False, start=date(YEAR, 1, 1))
    type(draft).objects.filter(pk=draft.pk).update(drafted_by=department)
    draft.refresh_from_db()
    tried = simulate(draft, year=YEAR, by=department)
    assert tried.falls == 1
    return services.schemes.ask_consent(draft, revision=draft.revision, by=department), tried


def test_the_second_person_is_asked_and_not_who_drafted(falling, tree, department, committee):
    second = make_user("高远", username="second")
    make_grant(second, tree.county, "department")
    today = timezone.localdate()
    assert [title for _, title in asked(second, today)] == [f"看{falling[0]}的试算，同意或者不同意"]
    assert asked(department, today) == asked(committee, today) == []
    remind(today=today)
    assert Notice.objects.filter(user=second, key=f"points.consent:{falling[0].uid}").exists()
    assert not Notice.objects.filter(user=department, key__startswith="points.consent").exists()
    consent(falling[1], by=second)
    assert asked(second, today) == []


def test_an_edited_draft_asks_nobody_any_more(falling, tree, department):
    second = make_user("高远", username="second")
    make_grant(second, tree.county, "department")
    services.schemes.edit_head(falling[0], revision=falling[0].revision, by=department, name="另一个名字")
    assert asked(second, timezone.localdate()) == []
