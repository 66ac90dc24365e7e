"""Films and recordings: too large for the database, so files under MEDIA_ROOT, each named by a `MediaFile` row (ADR 25).

The file stands in its place before its row is written and goes again if the row is not: whoever finds a row finds its
file, and a backup, which dumps first and copies then, holds both. What a killed process left is swept the next night.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from partyportal.core.errors import DomainError
from partyportal.core.models import MediaFile, User
from partyportal.core.uid import new_uid

FOLDER = "media"  # inside MEDIA_ROOT
STEP = 262_144
SLICE = 4_000_000  # the most one answer carries: the player asks for the next, and no worker is held for a whole film
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
_MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"}
ACCEPT = ",".join(MediaFile.Kind.values)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A checked file in its place, waiting for its row."""

    uid: UUID
    kind: str
    size: int
    digest: str

    def keep(self, *, by: User) -> MediaFile:
        """Its row, in the caller's transaction."""
        return MediaFile.objects.create(uid=self.uid, kind=self.kind, size=self.size, digest=self.digest, uploaded_by=by)


def largest() -> int:
    return settings.MEDIA_MAX_BYTES


def place_of(uid: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / uid.hex[-2:] / uid.hex


@contextmanager
def received(upload: UploadedFile, *, field: str) -> Iterator[Arrival]:
    """Check what came and put it in its place; whatever fails inside the block, the file goes again.

    The block holds the service's whole transaction, never the other way round: only after a commit is the file wanted.
    """
    if upload.size > largest():
        raise DomainError(f"视频最多 {largest() // 1_000_000} MB，压缩或分成几课再传。", field=field)
    upload.seek(0)
    kind = kind_of(upload.read(4096))
    if kind is None:
        raise DomainError("只收 MP4 和 WebM 视频，换一个文件。", field=field)
    uid = new_uid()
    place, draft = place_of(uid), Path(settings.MEDIA_ROOT) / FOLDER / ".incoming" / uid.hex
    try:
        size, digest = _written(upload, draft)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(place)
        yield Arrival(uid=uid, kind=kind, size=size, digest=digest)
        if not MediaFile.objects.filter(uid=uid).exists():
            place.unlink(missing_ok=True)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    finally:
        draft.unlink(missing_ok=True)


def _written(upload: UploadedFile, draft: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    draft.parent.mkdir(parents=True, exist_ok=True)
    upload.seek(0)
    with draft.open("xb") as file:
        for step in upload.chunks(STEP):
            size += len(step)
            digest.update(step)
            file.write(step)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def kind_of(beginning: bytes) -> MediaFile.Kind | None:
    """What the first bytes say it is, whatever it is called."""
    if beginning[4:8] == b"ftyp" and beginning[8:12] in _MP4_BRANDS:
        return MediaFile.Kind.MP4
    if beginning.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in beginning[:64]:
        return MediaFile.Kind.WEBM
    return None


def remove(media: MediaFile) -> None:
    """Take a film away that nothing names any more; the file goes when the row is gone for good."""
    place = place_of(media.uid)
    media.delete()
    transaction.on_commit(lambda: place.unlink(missing_ok=True))


def sweep(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove files that a killed process left without a row; young ones may be of a transaction that is still open."""
    root, before, removed = Path(settings.MEDIA_ROOT) / FOLDER, timezone.now() - older_than, 0
    if not root.is_dir():
        return 0
    held = {uid.hex for uid in MediaFile.objects.values_list("uid", flat=True)}
    for path in root.glob("*/*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp() and (path.parent.name == ".incoming" or path.name not in held):
                path.unlink()
                removed += 1
    return removed


# ── Given out ───────────────────────────────────────────────────────────────
def streamed(media: MediaFile, request: HttpRequest) -> HttpResponse:
    """The film, for whoever the caller has let see it; in parts as the player asks for them (RFC 9110 §14)."""
    path = place_of(media.uid)
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{media.digest[:32]}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", headers["ETag"]) != headers["ETag"]:
        asked = ""
    span = _span(asked, media.size)
    if span is None:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{media.size}"})
    first, last = span
    headers["Content-Length"] = str(last - first + 1)
    if asked:
        headers["Content-Range"] = f"bytes {first}-{last}/{media.size}"
    body = () if request.method == "HEAD" else _steps(path, first, last)
    return StreamingHttpResponse(body, status=206 if asked else 200, content_type=media.kind, headers=headers)


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte to send: all of it, or one asked range, at most a slice long; None where it lies outside."""
    if not asked:
        return 0, size - 1
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    if start > end or start >= size:
        return None
    return start, min(end, start + SLICE - 1)


def _steps(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (step := file.read(min(STEP, left))):
            left -= len(step)
            yield step
