"""Evidence and documents as files: known by their content and not by what they call themselves, bounded, sealed, and streamed back by
whoever may. What is larger (films) is `core.media`."""

import hashlib
from collections.abc import Collection, Iterable

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from partyportal.core import crypto, officefiles
from partyportal.core.errors import DomainError
from partyportal.core.models import Attachment, User
from partyportal.core.uid import new_uid

Kind = Attachment.Kind

LARGEST = 8_000_000  # a phone's photo is three to six
AT_MOST = 3
EVIDENCE = (Kind.JPEG, Kind.PNG, Kind.PDF)  # what proves something: looked at, never edited
DOCUMENTS = (*EVIDENCE, Kind.DOCX, Kind.XLSX, Kind.PPTX)  # what is read on: lesson notes, plans
ACCEPT = ",".join(EVIDENCE)
_BEGINNINGS = {
    b"\xff\xd8\xff": Kind.JPEG,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"%PDF-": Kind.PDF,
}
_OFFICE = {"docx": Kind.DOCX, "xlsx": Kind.XLSX, "pptx": Kind.PPTX}
ENDINGS = {Kind.JPEG: "jpeg", Kind.PNG: "png", Kind.PDF: "pdf"} | {kind: ending for ending, kind in _OFFICE.items()}


def store(
    uploads: Iterable[UploadedFile], *, by: User, field: str = "files", kinds: Collection[Kind] = EVIDENCE, at_most: int = AT_MOST
) -> list[Attachment]:
    """Seal what was handed in; the caller links it to its row in the same transaction."""
    uploads = list(uploads)
    if len(uploads) > at_most:
        raise DomainError(f"最多传 {at_most} 个文件，挑说得清楚的。", field=field)
    return [_sealed(upload, by=by, field=field, kinds=kinds) for upload in uploads]


def _sealed(upload: UploadedFile, *, by: User, field: str, kinds: Collection[Kind]) -> Attachment:
    if upload.size > LARGEST:
        raise DomainError(f"一个文件最多 {LARGEST // 1_000_000} MB，把照片缩小再传。", field=field)
    content = upload.read()
    kind = kind_of(content, kinds=kinds, field=field)
    uid = new_uid()
    return Attachment.objects.create(
        uid=uid,
        kind=kind,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        sealed=crypto.encrypt(content, context=uid.bytes),
        uploaded_by=by,
    )


def kind_of(content: bytes, *, kinds: Collection[Kind], field: str) -> Kind:
    """What the content says it is; whatever else comes is refused with what is taken here."""
    kind = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)
    if kind is None and Kind.DOCX in kinds and content.startswith(b"PK\x03\x04"):
        try:
            kind = _OFFICE[officefiles.kind_of(content)]
        except officefiles.Refused as refusal:
            raise DomainError(str(refusal), field=field) from None
    if kind not in kinds:
        wanted = "照片（JPG、PNG）、PDF 和 Word、Excel、PowerPoint 文档" if Kind.DOCX in kinds else "照片（JPG、PNG）和 PDF"
        raise DomainError(f"只收{wanted}，换一个文件。", field=field)
    return kind


def streamed(attachment: Attachment) -> HttpResponse:
    """The file itself, for whoever the caller has let see it: shown or saved, never run, never kept by a cache on the way."""
    content = crypto.decrypt(bytes(attachment.sealed), context=attachment.uid.bytes)
    way = "inline" if attachment.kind in EVIDENCE else "attachment"
    return HttpResponse(
        content,
        content_type=attachment.kind,
        headers={
            "Content-Disposition": f'{way}; filename="{attachment.uid}.{ENDINGS[attachment.kind]}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
