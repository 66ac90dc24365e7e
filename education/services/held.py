"""What every write of a meeting begins and ends with: its row held, its act in the log."""

from education.models import Meeting
from partyportal.core import audit
from partyportal.core.models import User


def locked(meeting: Meeting) -> Meeting:
    """The row as it is now, held against another writer until this transaction ends."""
    return Meeting.objects.select_for_update(of=("self",)).select_related("organisation", "group").get(pk=meeting.pk)


def record_act(act: str, meeting: Meeting, *, by: User, **data) -> None:
    audit.record(
        f"education.meeting.{act}",
        meeting,
        by=by,
        path=meeting.organisation.path,
        organisation=meeting.organisation.code,
        kind=meeting.kind,
        day=meeting.held_on,
        **data,
    )
