"""Photos and files of a meeting: optional, each content once, taken away only while the record is not confirmed."""

import hashlib
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from education.models import Meeting, MeetingFile
from education.services.held import locked, record_act
from partyportal.core import attachments
from partyportal.core.errors import DomainError
from partyportal.core.models import User

AT_MOST = 9


@transaction.atomic
def add_files(meeting: Meeting, *, files: Iterable[UploadedFile], by: User) -> tuple[list[MeetingFile], int]:
    """Keep what is new; returns it, and how many the meeting had already. The meeting is held, so one content is never stored twice."""
    held = locked(meeting)
    if held.state == Meeting.State.VOID:
        raise DomainError("这次会议已经作废，不能再传。", field="files")
    known = set(held.files.values_list("digest", flat=True))
    fresh: dict[str, UploadedFile] = {}
    asked = list(files)
    for one in asked:
        digest = _digest(one)
        if digest not in known:
            fresh.setdefault(digest, one)
    if len(known) + len(fresh) > AT_MOST:
        raise DomainError(f"一次会议最多留 {AT_MOST} 个文件，现在有 {len(known)} 个。挑说得清楚的。", field="files")
    kept = attachments.store(fresh.values(), by=by)
    made = MeetingFile.objects.bulk_create([MeetingFile(meeting=held, attachment=one, digest=one.digest, added_by=by) for one in kept])
    if made:
        record_act("files_added", held, by=by, files=len(made))
    return made, len(asked) - len(made)


@transaction.atomic
def remove_file(row: MeetingFile, *, by: User) -> None:
    """Take a wrong photo out of a record nobody has confirmed; the sealed file goes with it."""
    held = locked(row.meeting)
    if held.state not in {Meeting.State.DRAFT, Meeting.State.RETURNED}:
        raise DomainError("已确认的会议，照片和文件不能拿掉。")
    attachment = row.attachment
    row.delete()
    attachment.delete()
    record_act("file_removed", held, by=by, digest=row.digest)


def _digest(upload: UploadedFile) -> str:
    """The digest of what would be kept, read piece by piece; the file is put back to its beginning."""
    known = hashlib.sha256()
    for piece in upload.chunks():
        known.update(piece)
    upload.seek(0)
    return known.hexdigest()
