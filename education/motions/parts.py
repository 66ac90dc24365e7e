"""What a meeting's page and printed sheet show of its votes (`settings.MEETING_PARTS`)."""

from branches.access import can
from education.models import Meeting
from education.motions import rules
from education.motions.models import Motion
from education.motions.selectors.motions import of_meeting
from education.parts import Part
from partyportal.core.models import User

VOTING = frozenset(rules.procedure_of(kind).meeting for kind in Motion.Kind)


def votes(meeting: Meeting, user: User) -> list[Part]:
    """表决: each motion with its result. The sheet has them once there is one; who records may add one."""
    if meeting.kind not in VOTING:
        return []
    motions = of_meeting(meeting)
    may_move = meeting.state != Meeting.State.VOID and can(user, "education.record", meeting.organisation)
    if not motions and not may_move:
        return []
    context = {"motions": motions, "may_move": may_move, "meeting": meeting}
    return [Part(title="表决", template="motions/_part.html", context=context, is_printed=bool(motions))]
