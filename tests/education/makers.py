"""Rows of a meeting, whole, with the values nobody cares about filled in."""

from datetime import date

from branches.models import Organisation
from education.models import Leave, Meeting, RollExclusion
from education.services import answer_exclusion, answer_leave, ask_leave, propose_exclusion
from members.models import Member
from partyportal.core.models import User
from tests.education.test_services import TODAY, record


def agreed(organisation: Organisation, by: User, *, on: date = date(2026, 11, 2)) -> Meeting:
    """A confirmed 党员大会 at which the branch agreed to something."""
    return record(organisation, by, kind="assembly", held_on=on, topic="研究不计应到", study_hours=0, confirm=True)


def make_exclusion(member: Member, *, by: User, second: User | None = None, meeting: Meeting | None = None, **fields) -> RollExclusion:
    """Reported by one person; with a second one, on record."""
    meeting = meeting or agreed(member.branch, by)
    fields = {"reason": "grave", "start": meeting.held_on} | fields
    row = propose_exclusion(member=member, agreed_at=meeting, by=by, **fields)
    return answer_exclusion(row, number="山门组〔2026〕12号", by=second) if second else row


def make_leave(member: Member, *, day: date = TODAY, by: User | None = None, today: date = TODAY, **fields) -> Leave:
    """Asked by the member; with somebody else, granted."""
    leave = ask_leave(member=member, day=day, by=member.user, today=today, **({"reason": "away", "note": "去县城看病"} | fields))
    return answer_leave(leave, grant=True, by=by, today=today) if by else leave
