"""Evidence as files: known by their first bytes and not by what they call themselves, bounded, sealed, and streamed back by whoever may."""

import hashlib
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from partyportal.core import crypto
from partyportal.core.errors import DomainError
from partyportal.core.models import Attachment, User
from partyportal.core.uid import new_uid

LARGEST = 8_000_000  # a phone's photo is three to six
AT_MOST = 3
ACCEPT = ",".join(Attachment.Kind.values)
_BEGINNINGS = {
    b"\xff\xd8\xff": Attachment.Kind.JPEG,
    b"\x89PNG\r\n\x1a\n": Attachment.Kind.PNG,
    b"%PDF-": Attachment.Kind.PDF,
}


def store(uploads: Iterable[UploadedFile], *, by: User, field: str = "files") -> list[Attachment]:
    """Seal what was handed in; the caller links it to its row in the same transaction."""
    uploads = list(uploads)
    if len(uploads) > AT_MOST:
        raise DomainError(f"最多传 {AT_MOST} 个文件，挑说得清楚的。", field=field)
    return [_sealed(upload, by=by, field=field) for upload in uploads]


def _sealed(upload: UploadedFile, *, by: User, field: str) -> Attachment:
    if upload.size > LARGEST:
        raise DomainError(f"一个文件最多 {LARGEST // 1_000_000} MB，把照片缩小再传。", field=field)
    content = upload.read()
    kind = kind_of(content)
    if kind is None:
        raise DomainError("只收照片（JPG、PNG）和 PDF，换一个文件。", field=field)
    uid = new_uid()
    return Attachment.objects.create(
        uid=uid,
        kind=kind,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        sealed=crypto.encrypt(content, context=uid.bytes),
        uploaded_by=by,
    )


def kind_of(content: bytes) -> Attachment.Kind | None:
    """What the first bytes say it is; whatever else comes is not taken."""
    return next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)


def streamed(attachment: Attachment) -> HttpResponse:
    """The file itself, for whoever the caller has let see it: shown, never run, never kept by a cache on the way."""
    content = crypto.decrypt(bytes(attachment.sealed), context=attachment.uid.bytes)
    ending = attachment.kind.rpartition("/")[2]
    return HttpResponse(
        content,
        content_type=attachment.kind,
        headers={
            "Content-Disposition": f'inline; filename="{attachment.uid}.{ending}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
