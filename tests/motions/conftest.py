"""A branch that votes: ten with a vote and logins, one 预备党员, one under 留党察看, one mobile and one old, and a 党员大会 of theirs."""

from datetime import date
from types import SimpleNamespace

import pytest

from education.motions import services
from education.motions.models import Motion
from education.motions.parameters import ONLINE
from education.services import RollLine, record_meeting
from members.models import MemberClass, Office, Sanction
from partyportal.core.parameters import set_value
from tests.factories import make_member, make_user

DAY = TODAY = date(2026, 11, 20)
NAMES = ("程勇庆", "戴鹏", "龚莉娜", "郝琴", "孔祥", "雷鸣", "马晓", "牛犇", "欧阳", "潘虹")


def make_assembly(tree, by, *, roll=None, kind="assembly", host=None):
    said = {"kind": kind, "group": None, "held_on": DAY, "topic": "讨论修路"} | ({"host_id": host.pk} if host else {})
    return record_meeting(organisation=tree.ours, roll=roll or {}, by=by, today=TODAY, **said)


@pytest.fixture
def branch(tree, secretary):
    """Ten who vote, by name, each with a login; the secretary is nobody of the branch."""
    voters = [make_member(tree.ours, name) for name in NAMES]
    for number, person in enumerate(voters):
        person.user = make_user(person.name, username=f"voter{number}")
        person.save(update_fields=["user"])
    probationary = make_member(tree.ours, "白灵", category="probationary", joined_on=date(2026, 3, 1), full_on=None)
    watched = make_member(tree.ours, "蔡明")
    Sanction.objects.create(member=watched, kind="probation", start=date(2026, 1, 1), end=date(2027, 1, 1), basis="清纪〔2026〕1 号")
    mobile = make_member(tree.ours, "邓超")
    return SimpleNamespace(organisation=tree.ours, voters=voters, probationary=probationary, watched=watched, mobile=mobile)


@pytest.fixture
def assembly(tree, branch, secretary):
    """Everybody came but the mobile member, who is not counted; 程勇庆 presides."""
    MemberClass.objects.filter(member=branch.mobile).update(name="mobile")
    return make_assembly(tree, secretary, host=branch.voters[0])


@pytest.fixture
def committee_of_three(branch):
    for person, position in zip(branch.voters[:3], ("secretary", "organisation", "publicity"), strict=True):
        Office.objects.create(member=person, organisation=branch.organisation, position=position, start=date(2025, 1, 1), way="opening")
    return branch.voters[:3]


@pytest.fixture
def online(tree):
    set_value(ONLINE, value=1, start=date(2026, 1, 1), by=None)


def moved(meeting, by, **said) -> Motion:
    """A motion of a meeting, 举手 unless said otherwise."""
    content = {"kind": "decision", "method": "hands", "title": "修通村公路"} | said
    return services.move(organisation=meeting.organisation, meeting=meeting, by=by, today=TODAY, **content)


def opened(meeting, by, *, branch=None, **said) -> Motion:
    """The same, open; 戴鹏 and 龚莉娜 watch a vote on paper."""
    motion = moved(meeting, by, **said)
    watchers = {"teller": branch.voters[1], "counter": branch.voters[2]} if branch else {}
    return services.open_vote(motion, by=by, today=TODAY, **watchers)


def absent(*people) -> dict:
    return {person.pk: RollLine(state="leave", reason="away") for person in people}
