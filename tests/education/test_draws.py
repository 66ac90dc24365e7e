"""抽查: meetings drawn from a seed, looked at once, passed or returned."""

from datetime import date

import pytest

from education.models import DrawnMeeting
from education.rules import drawn
from education.services import (
    draw_meetings,
    pass_drawn,
    return_meeting,
    void_meeting,
)
from partyportal.core.errors import DomainError
from tests.education.test_services import TODAY, record
from tests.factories import make_member


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]


def november(tree, by, days=5):
    return [record(tree.ours, by, held_on=date(2026, 11, day), topic=f"第 {day} 天", confirm=True) for day in range(1, days + 1)]


def draw(tree, by, count=2, **asked):
    asked = {"organisation": tree.township, "since": date(2026, 11, 1), "until": date(2026, 11, 30)} | asked
    return draw_meetings(count=count, by=by, today=TODAY, **asked)


def test_a_draw_can_be_drawn_again_from_its_seed(tree, secretary, committee, people):
    meetings = november(tree, secretary)
    record(tree.ours, secretary, held_on=date(2026, 11, 6), topic="草稿")
    check = draw(tree, committee)
    lots = [row.meeting.uid for row in check.drawn.all()]
    assert check.population == 5
    assert lots == drawn([meeting.uid for meeting in meetings], seed=check.seed, count=2)
    assert len(draw(tree, committee, count=50).drawn.all()) == 3
    with pytest.raises(DomainError, match="没有还能抽的"):
        draw(tree, committee)


@pytest.mark.parametrize(
    ("asked", "field"), [({"until": date(2026, 10, 31)}, "until"), ({"count": 0}, "count"), ({"kind": "lecture"}, "since")]
)
def test_a_draw_that_cannot_be_is_refused(tree, secretary, committee, people, asked, field):
    november(tree, secretary, 1)
    with pytest.raises(DomainError) as refusal:
        draw(tree, committee, **asked)
    assert refusal.value.field == field
    assert not DrawnMeeting.objects.exists()


def test_a_drawn_meeting_passes_or_is_returned_once(tree, secretary, committee, department, people):
    november(tree, secretary, 2)
    first, second = draw(tree, committee).drawn.all()
    with pytest.raises(DomainError, match="另一个人看"):
        pass_drawn(first, by=secretary, today=TODAY)
    pass_drawn(first, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="没有问题"):
        pass_drawn(first, by=department, today=TODAY)
    return_meeting(second.meeting, reason="没有纪要", by=committee, today=TODAY)
    with pytest.raises(DomainError, match="退回更正"):
        pass_drawn(second, by=committee, today=TODAY)
    second.refresh_from_db()
    assert (second.outcome, second.reason, second.checked_by, second.checked_on) == ("returned", "没有纪要", committee, TODAY)


def test_a_meeting_taken_out_of_account_is_no_longer_waited_for(tree, secretary, committee, people):
    november(tree, secretary, 1)
    (row,) = draw(tree, committee).drawn.all()
    void_meeting(row.meeting, by=secretary, today=TODAY)
    row.refresh_from_db()
    assert row.outcome == "gone"
