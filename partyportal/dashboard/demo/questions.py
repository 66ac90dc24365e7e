"""The demo's 请核实: two of each thing a night finds, in the committee login's branches, some asked and answered.

The texts, photos and rolls go through the services; the days on which records were written are laid back set-based, for a demo is
written down in one minute and would be one great burst.
"""

import struct
import zlib
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from branches.models import Organisation
from education.models import Meeting
from education.services import add_files, revise_meeting, write_agenda
from education.signals import rules, services
from education.signals.models import Question
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import SHOWCASE, TOWNSHIP
from points.services import settle_owed

SAMPLES = (
    "会议由支部书记主持，传达上级关于秋冬森林防火的通知，逐户核对林缘农户名单，安排老党员带队分三组巡山，"
    "早晚各一次，发现火情先报村委会再报镇里。与会党员逐一表态，表示要以身作则，管好自家的火，劝住身边的人。最后集体重温入党誓词。",
    "全体党员到村口集合，沿河道清理白色垃圾和枯枝，清出淤泥约两车，加固了下游一处护坡。中途在老党员家中歇脚，"
    "听他讲当年修渠的故事。大家商定以后每月清一次，轮流值守，由各小组记在本子上。",
)
ON_TIME = (
    "UPDATE education_meeting SET recorded_at = ((held_on + 1 + (id %% 3)::int) + time '02:00') AT TIME ZONE 'UTC' WHERE held_on + 4 < %s"
)
TOGETHER = """
UPDATE education_meeting SET recorded_at = (%(day)s::date + time '02:00') AT TIME ZONE 'UTC'
WHERE organisation_id = %(branch)s AND held_on BETWEEN %(since)s AND %(day)s::date - 20
"""


def ask_some(*, today: date) -> int:
    """Make the records look so, look them through, ask and answer some; returns how many questions there are."""
    with connection.cursor() as cursor:
        cursor.execute(ON_TIME, [today])
    by, township = User.objects.get(username="committee"), Organisation.objects.get(code=TOWNSHIP)
    meetings = Meeting.objects.confirmed().filter(organisation__path__startswith=township.path, kind=Meeting.Kind.THEME_DAY)
    branches: dict[int, list[Meeting]] = {}
    for meeting in meetings.select_related("organisation", "group").order_by("organisation__code", "held_on"):
        branches.setdefault(meeting.organisation_id, []).append(meeting)
    several = [held for held in branches.values() if len(held) > 1]
    _copy_texts(several, by)
    _repeat_photos(several, by)
    _repeat_rolls(several, by, today=today)
    _write_late(several, today=today)
    settle_owed()
    services.look(today=today)
    _talk_over(today=today)
    return Question.objects.count()


def _copy_texts(branches: list[list[Meeting]], by: User) -> None:
    """One text in the showcase and its neighbour, another in two months of a third branch."""
    pairs = [(branches[1][-2], branches[0][-1]), (branches[2][-2], branches[2][-1])] if len(branches) > 2 else []
    for at, pair in enumerate(pairs):
        for meeting in pair:
            write_agenda(meeting, version=meeting.version, agenda=[], minutes=f"{meeting.held_on:%-m月%-d日}，{SAMPLES[at]}", by=by)


def _repeat_photos(branches: list[list[Meeting]], by: User) -> None:
    for at, held in enumerate(branches[1:3]):
        for meeting in held[-2:]:
            add_files(meeting, files=[SimpleUploadedFile("a.png", _picture(at), content_type="image/png")], by=by)


def _repeat_rolls(branches: list[list[Meeting]], by: User, *, today: date) -> None:
    """Everybody came, every time, in the two largest of the branches."""
    for held in sorted(branches[1:], key=lambda one: -one[-1].attendances.count())[:2]:
        for meeting in Meeting.objects.filter(pk__in=[one.pk for one in held[-7:]], attendances__state__in=["leave", "absent"]).distinct():
            said = {
                name: getattr(meeting, name)
                for name in (
                    "kind",
                    "group",
                    "held_on",
                    "starts_at",
                    "ends_at",
                    "place",
                    "host",
                    "scribe",
                    "topic",
                    "minutes",
                    "decisions",
                    "study_hours",
                )
            }
            revise_meeting(meeting, version=meeting.version, roll={}, by=by, today=today, **said)


def _write_late(branches: list[list[Meeting]], *, today: date) -> None:
    """Two branches wrote a quarter's meetings down on one day after its end."""
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    since = (first - timedelta(days=1)).replace(day=1, month=max((first - timedelta(days=1)).month - 2, 1))
    with connection.cursor() as cursor:
        for held in branches[3:5]:
            cursor.execute(TOGETHER, {"branch": held[0].organisation_id, "since": since, "day": first + timedelta(days=2)})


def _talk_over(*, today: date) -> None:
    """Some were asked a week ago, one has answered, one was laid aside."""
    people = {user.username: user for user in User.objects.filter(username__in=("committee", "secretary", "deputy"))}
    found = Question.objects.filter(state=rules.OPEN).select_related("organisation").order_by("kind", "pk")
    own = [one for one in found if one.organisation.code == SHOWCASE]
    others = [one for one in found if one.organisation.code != SHOWCASE]
    for one in [*own[:1], *others[:1]]:
        services.ask(one, note="这两处看着一样，请说明是怎么回事，记录有出入的先改好。", by=people["committee"], today=today)
    for one in own[:1]:
        services.answer(
            one, note="两次确实都是巡山清河，记录人照着上次的写了，已请他补上不一样的地方。", by=people["secretary"], today=today
        )
    for one in others[1:2]:
        services.dismiss(one, note="打电话问过，山路断了，月底一起补的，会都开了。", by=people["committee"], today=today)


def _picture(shade: int) -> bytes:
    """A small picture, its own for every shade."""
    width, height = 320, 200
    rows = b"".join(b"\0" + bytes((90 + 40 * shade + (x + y) // 6) % 256 for x in range(width)) for y in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
