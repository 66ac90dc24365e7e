"""What is handed in as a file: what is taken, what is refused with which words, and that a refusal leaves nothing, in tables or on disk."""

import io
import os
import struct
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from partyportal.core import attachments, media, officefiles, uploads
from partyportal.core.errors import DomainError
from partyportal.core.models import Attachment, MediaFile
from tests.factories import make_user

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override ContentType="{}"/></Types>'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(range(256)) * 40
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(2000)
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(5000)


def office(main: str = WORD, compression=zipfile.ZIP_DEFLATED, **parts: bytes | str) -> bytes:
    """A document of these parts; in their names / stands for __."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(main))
        for name, content in ({"word__document.xml": "<w:document/>"} | parts).items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.fixture
def by(db):
    return make_user("吕山东", username="uploader")


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def handed(content: bytes, name: str = "1.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def on_disk(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


# ── Documents ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("main", "kind"), [("wordprocessingml.document", "docx"), ("spreadsheetml.sheet", "xlsx"), ("presentationml.presentation", "pptx")]
)
def test_a_document_is_known_by_what_is_inside_and_comes_back_as_it_went_in(by, main, kind):
    content = office(f"application/vnd.openxmlformats-officedocument.{main}.main+xml")
    (stored,) = attachments.store([handed(content, "a.jpg")], by=by, kinds=attachments.DOCUMENTS)
    assert attachments.ENDINGS[stored.kind] == kind and bytes(stored.sealed) != content
    answer = attachments.streamed(stored)
    assert answer.content == content and answer["Content-Disposition"].startswith("attachment;")


def test_evidence_takes_no_document(by):
    with pytest.raises(DomainError, match="只收照片（JPG、PNG）和 PDF"):
        attachments.store([handed(office())], by=by)


def bomb() -> bytes:
    return office(word__media=bytes(20_000_000))


def bomb_of_many() -> bytes:
    return office(**{f"word__{at}.xml": "" for at in range(officefiles.AT_MOST_ENTRIES)})


def lying() -> bytes:
    """A bomb that says in its central directory, and before the part itself, that it is small."""
    content = bytearray(office(word__media=bytes(20_000_000)))
    true, small = struct.pack("<I", 20_000_000), struct.pack("<I", 500)
    assert content.count(true) >= 2
    return bytes(content.replace(true, small))


def locked() -> bytes:
    content = bytearray(office())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


REFUSED = {
    "an exe": (EXE, "只收照片"),
    "a bomb": (bomb, "压缩炸弹"),
    "a bomb of very many parts": (bomb_of_many, "2002 个部分"),
    "a bomb that lies": (lying, "文件坏了"),
    "macros": (lambda: office(word__vbaProject__bin="x", **{"word__vbaProject.bin": "x"}), "宏或程序"),
    "macros by type": (
        lambda: office(WORD.replace("main+xml", "x").join(["application/vnd.ms-word.document.macroEnabled.main+xml"])),
        "宏或程序",
    ),
    "a program inside": (lambda: office(**{"word__embeddings__a.exe": EXE}), "宏或程序"),
    "an entity": (lambda: office(**{"word__document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>"}), "不正常的定义"),
    "a template from elsewhere": (
        lambda: office(**{"word___rels__settings.xml.rels": '<R Type="x/attachedTemplate" TargetMode="External"/>'}),
        "别处取东西",
    ),
    "a path out of it": (lambda: office(**{"..__..__etc": "x"}), "路径不正常"),
    "two parts of one name": (lambda: office(**{"WORD__document.xml": "x"}), "重名"),
    "a password": (locked, "去掉密码"),
    "a plain zip": (lambda: office("text/plain"), "不是 Word"),
    "half a file": (lambda: office()[:-30], "文件坏了"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_reason_and_nothing_is_stored(by, what):
    content, words = REFUSED[what]
    with pytest.raises(DomainError, match=words) as refusal, transaction.atomic():
        attachments.store([handed(office()), handed(content() if callable(content) else content)], by=by, kinds=attachments.DOCUMENTS)
    assert refusal.value.field == "files"
    assert not Attachment.objects.exists()


def test_a_bomb_within_what_its_directory_admits_is_stopped_while_it_is_inflated(monkeypatch):
    monkeypatch.setattr(officefiles, "_require_fair", lambda inflated, size: None)
    with pytest.raises(officefiles.Refused, match="压缩炸弹"):
        officefiles.kind_of(bomb())


# ── Films ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("content", "kind"), [(MP4, "video/mp4"), (WEBM, "video/webm")])
def test_a_film_is_a_file_named_by_its_row(by, media_root, content, kind):
    with media.received(handed(content, "课.mp4"), field="film") as arrival, transaction.atomic():
        film = arrival.keep(by=by)
    assert (film.kind, film.size) == (kind, len(content))
    assert [path.read_bytes() for path in on_disk(media_root)] == [content]
    assert media.place_of(film.uid) in on_disk(media_root)


@pytest.mark.parametrize("content", [EXE, b"\xff\xd8\xff\xe0" + bytes(100), b"", b"\x00\x00\x00\x20ftypqt  " + bytes(100)])
def test_what_is_no_film_is_refused_by_its_content_whatever_its_name(media_root, content):
    with pytest.raises(DomainError, match="只收 MP4 和 WebM"), media.received(handed(content, "课.mp4"), field="film"):
        pass
    assert not on_disk(media_root)


def test_a_film_of_200_mb_is_refused_and_not_written(settings, media_root):
    film = handed(MP4, "课.mp4")
    film.size = 200_000_000
    with pytest.raises(DomainError, match="视频最多 100 MB"), media.received(film, field="film"):
        pass
    assert not on_disk(media_root)


def test_a_film_whose_row_is_refused_goes_again(by, media_root):
    with pytest.raises(DomainError), media.received(handed(MP4), field="film") as arrival, transaction.atomic():
        arrival.keep(by=by)
        assert on_disk(media_root)
        raise DomainError("不行")
    assert not on_disk(media_root) and not MediaFile.objects.exists()


def test_a_film_nobody_kept_goes_again(db, media_root):
    with media.received(handed(MP4), field="film"):
        pass
    assert not on_disk(media_root)


def test_the_night_sweeps_what_a_killed_process_left_and_nothing_else(by, media_root):
    with media.received(handed(MP4), field="film") as arrival:
        arrival.keep(by=by)
    left = [
        media_root / media.FOLDER / ".incoming" / "a",
        media_root / media.FOLDER / "ab" / "b",
        media_root / media.FOLDER / "ab" / "young",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for path in on_disk(media_root):
        if path.name != "young":
            os.utime(path, (1, 1))
    assert media.sweep(older_than=timedelta(days=1)) == 2
    assert {path.name for path in on_disk(media_root)} == {arrival.uid.hex, "young"}


def test_a_film_taken_away_leaves_no_file(by, media_root, django_capture_on_commit_callbacks):
    with media.received(handed(MP4), field="film") as arrival:
        film = arrival.keep(by=by)
    with django_capture_on_commit_callbacks(execute=True):
        media.remove(film)
    assert not on_disk(media_root) and not MediaFile.objects.exists()


# ── Given out in parts (RFC 9110 §14) ───────────────────────────────────────
@pytest.fixture
def film(by):
    with media.received(handed(MP4), field="film") as arrival:
        return arrival.keep(by=by)


SIZE = len(MP4)
RANGES = {
    "": (200, MP4, None),
    "bytes=0-9": (206, MP4[:10], f"bytes 0-9/{SIZE}"),
    "bytes=100-": (206, MP4[100:], f"bytes 100-{SIZE - 1}/{SIZE}"),
    "bytes=-20": (206, MP4[-20:], f"bytes {SIZE - 20}-{SIZE - 1}/{SIZE}"),
    f"bytes=5-{SIZE * 9}": (206, MP4[5:], f"bytes 5-{SIZE - 1}/{SIZE}"),
    f"bytes={SIZE}-": (416, b"", f"bytes */{SIZE}"),
    "bytes=9-5": (416, b"", f"bytes */{SIZE}"),
    "bytes=-": (416, b"", f"bytes */{SIZE}"),
    "bytes=0-1,5-9": (416, b"", f"bytes */{SIZE}"),
}


@pytest.mark.parametrize("asked", RANGES)
def test_a_part_of_a_film(film, asked):
    status, content, told = RANGES[asked]
    answer = media.streamed(film, RequestFactory().get("/", **({"HTTP_RANGE": asked} if asked else {})))
    assert answer.status_code == status and answer.get("Content-Range") == told
    assert (b"".join(answer.streaming_content) if answer.streaming else answer.content) == content
    if status != 416:
        assert answer["Content-Length"] == str(len(content)) and answer["Accept-Ranges"] == "bytes"


def test_one_answer_carries_a_slice_and_the_player_asks_for_the_next(film, monkeypatch):
    monkeypatch.setattr(media, "SLICE", 1000)
    seen = b""
    while len(seen) < SIZE:
        answer = media.streamed(film, RequestFactory().get("/", HTTP_RANGE=f"bytes={len(seen)}-"))
        seen += b"".join(answer.streaming_content)
    assert seen == MP4


def test_another_film_under_the_address_is_sent_whole(film):
    request = RequestFactory().get("/", HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"old"')
    assert media.streamed(film, request).status_code == 200


# ── Refused before it is read ───────────────────────────────────────────────
class NeverRead(io.BytesIO):
    def read(self, *args):
        raise AssertionError("the body was read")


@pytest.mark.parametrize(("path", "kind"), [("login", "text/html"), ("api", "application/problem+json")])
def test_200_mb_are_refused_by_their_announced_length(client, db, media_root, path, kind):
    address = reverse("core:login") if path == "login" else "/api/v1/token/"
    answer = client.generic(
        "POST", address, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH="200000000", **{"wsgi.input": NeverRead()}
    )
    assert answer.status_code == 413 and answer["Content-Type"].startswith(kind)
    assert "一次最多传 30 MB" in answer.content.decode()
    assert not on_disk(media_root)


def test_a_page_that_takes_films_takes_more(settings, rf):
    limit = uploads.UploadLimit(lambda request: HttpResponse())
    request = rf.generic("POST", "/", b"", CONTENT_LENGTH="90000000")
    assert limit.process_view(request, uploads.takes_films(lambda request: None), (), {}) is None
    assert limit.process_view(request, lambda request: None, (), {}).status_code == 413
