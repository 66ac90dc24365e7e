"""A township whose records show each of the four things once, and a branch that shows nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from education.models import Meeting
from education.signals import services
from education.signals.models import Question
from tests.education.test_services import record
from tests.factories import make_member

TODAY = date(2026, 10, 20)
MINUTES = (
    "会议由支部书记主持，传达镇党委关于秋季防火的通知，逐户核对了林缘农户名单，"
    "安排老党员带队分三组巡山，每组两人，早晚各一次，发现火情先报村委会再报镇里。大家讨论后一致同意，散会。"
)
OTHER = "学习了新修订的党员教育管理条例，讨论了村口小桥的维修款项，王家沟组提出先修护栏，账目张榜公布，由监委会每月核一次，下次会再议剩下的事情和明年的打算。"


def hold(branch, by, day: date, *, minutes: str = OTHER, recorded: date | None = None, **said) -> Meeting:
    """A confirmed meeting, written down on a day."""
    meeting = record(branch, by, held_on=day, today=TODAY, minutes=minutes, confirm=True, **said)
    at = datetime.combine(recorded or day, datetime.min.time(), UTC) + timedelta(hours=2)
    Meeting.objects.filter(pk=meeting.pk).update(recorded_at=at)
    return meeting


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, f"党员{n:02d}", start=date(2020, 1, 1)) for n in range(3)]


@pytest.fixture
def alike(tree, people, secretary, neighbour):
    """袁家店村's text of September, and ours of October with another date in it."""
    make_member(tree.neighbours, start=date(2020, 1, 1))
    earlier = hold(tree.neighbours, neighbour, date(2026, 9, 10), minutes=f"9月10日，{MINUTES}")
    later = hold(tree.ours, secretary, date(2026, 10, 8), minutes=f"10 月 8 日：{MINUTES}")
    return earlier, later


@pytest.fixture
def question(alike):
    """What a night finds of it."""
    services.look(today=TODAY)
    return Question.objects.get()
