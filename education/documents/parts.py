"""What 台账 adds to a meeting's page: its sheet as a file."""

from branches.access import can
from education.documents.models import Book
from education.models import Meeting
from education.parts import Part
from partyportal.core.models import User

SHORT = {Book.Form.PDF: "PDF", Book.Form.DOCX: "Word", Book.Form.XLSX: "Excel"}


def parts_of(meeting: Meeting, user: User) -> list[Part]:
    """Of a confirmed meeting, to whoever keeps the branch's books."""
    if meeting.state != Meeting.State.CONFIRMED or not can(user, "education.book", meeting.organisation):
        return []
    return [
        Part(
            title="台账页", template="documents/_meeting.html", context={"meeting": meeting, "forms": list(SHORT.items())}, is_printed=False
        )
    ]
