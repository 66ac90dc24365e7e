"""A film on a phone: watched, left, and gone on with where it was left. The film is made here: one picture a second, for a minute."""

import struct
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from selenium.webdriver.support.wait import WebDriverWait

from education.study import services
from education.study.models import Progress
from partyportal.core import media
from tests.browser import Phone, browser_marks, chromium, complaints, cookie
from tests.study.makers import make_course

pytestmark = browser_marks()
SECONDS, SIZE = 60, 32


def _of(code: str, *parts: bytes) -> bytes:
    """One element of EBML: its name, the length in eight bytes, what it holds."""
    content = b"".join(parts)
    return bytes.fromhex(code) + (len(content) | 1 << 56).to_bytes(8) + content


def _number(code: str, value: int) -> bytes:
    return _of(code, value.to_bytes(8))


def _key_frame() -> bytes:
    """A picture as VP8 has it: what a lossy WebP holds."""
    file = BytesIO()
    Image.new("RGB", (SIZE, SIZE), "#1d5b7a").save(file, "WEBP", quality=50)
    content = file.getvalue()
    at = content.index(b"VP8 ") + 4
    return content[at + 4 : at + 4 + struct.unpack_from("<I", content, at)[0]]


def make_film() -> bytes:
    """A WebM with an index, so that a player may go to any second at once."""
    frame = _key_frame()
    clusters = [_of("1f43b675", _number("e7", at * 1000), _of("a3", b"\x81\x00\x00\x80", frame)) for at in range(SECONDS)]
    begins = b"".join(
        [
            _of(
                "1549a966",
                _number("2ad7b1", 1_000_000),
                _of("4489", struct.pack(">d", SECONDS * 1000)),
                _of("4d80", b"t"),
                _of("5741", b"t"),
            ),
            _of(
                "1654ae6b",
                _of(
                    "ae",
                    _number("d7", 1),
                    _number("73c5", 1),
                    _number("83", 1),
                    _of("86", b"V_VP8"),
                    _of("e0", _number("b0", SIZE), _number("ba", SIZE)),
                ),
            ),
        ]
    )

    def index(start: int) -> bytes:
        points, place = [], start
        for at, cluster in enumerate(clusters):
            points.append(_of("bb", _number("b3", at * 1000), _of("b7", _number("f7", 1), _number("f1", place))))
            place += len(cluster)
        return _of("1c53bb6b", *points)

    start = len(begins) + len(index(0))  # its own length is the same wherever the clusters begin
    head = _of("1a45dfa3", _of("4282", b"webm"), _number("4287", 2), _number("4285", 2))
    return head + _of("18538067", begins, index(start), *clusters)


def test_a_film_goes_on_where_it_was_left(tree, committee, member, settings, tmp_path, live_server):
    settings.MEDIA_ROOT, today = tmp_path, timezone.localdate()
    course = make_course(tree.township, committee, lessons=0, open_on=None)
    with media.received(SimpleUploadedFile("课.webm", make_film()), field="film") as film:
        lesson = services.add_lesson(course, kind="film", title="怎样报", minutes=1, film=film, by=committee, today=today)
    services.open_course(course, by=committee, today=today)
    with chromium() as driver:
        phone = Phone(driver, live_server.url)
        cookie(phone, member.user)

        def becomes(script: str) -> bool:
            return WebDriverWait(driver, 20, 0.1).until(
                lambda _: driver.execute_script(f"const film = document.querySelector('video'); return {script}")
            )

        driver.get(phone.url + reverse("study:lesson", args=[lesson.uid]))
        assert phone.shows("h1", "怎样报")
        assert becomes("film.readyState >= 1 && film.duration") == SECONDS
        driver.execute_script("const film = document.querySelector('video'); film.muted = true; film.currentTime = 30; film.play()")
        assert becomes("!film.paused && !film.seeking && film.currentTime >= 30")
        driver.execute_script("document.querySelector('video').pause()")
        WebDriverWait(driver, 20, 0.1).until(lambda _: Progress.objects.filter(member=member, position__gte=30).exists())
        driver.get(phone.url + reverse("study:lesson", args=[lesson.uid]))
        assert phone.shows("main", "从上次停下的地方接着放")
        assert becomes("film.readyState >= 1 && film.currentTime >= 30")
        assert not complaints(driver)
    assert Progress.objects.get().finished_at is None, "watching is nothing that counts"
