"""How far a member has come in a lesson. Worth nothing by itself and changed every few seconds, so it leaves no audit row."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from education.study.models import Lesson, Progress
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def keep_position(lesson: Lesson, *, member: Member, position: int, by: User, now: datetime) -> Progress:
    """Where a film was left, so that another phone goes on there."""
    _require_open(lesson, member, by)
    if not 0 <= position <= 86_400:
        raise DomainError("看到的位置不对。", field="position")
    return _kept(lesson, member, now, position=position)


@transaction.atomic
def finish_lesson(lesson: Lesson, *, member: Member, by: User, now: datetime) -> Progress:
    """The member says they are through. Said twice, the first time stands."""
    _require_open(lesson, member, by)
    row = _kept(lesson, member, now)
    Progress.objects.filter(pk=row.pk).update(finished_at=Coalesce(F("finished_at"), now))
    row.refresh_from_db()
    return row


def _kept(lesson: Lesson, member: Member, now: datetime, **changed) -> Progress:
    row, _ = Progress.objects.update_or_create(lesson=lesson, member=member, defaults=changed, create_defaults={"opened_at": now} | changed)
    return row


def _require_open(lesson: Lesson, member: Member, by: User) -> None:
    if member.user_id != by.pk:
        raise DomainError("学习进度只能本人记。")
    if not lesson.course.is_open:
        raise DomainError("这门课已经结束，不再记进度。" if lesson.course.closed_on else "这门课还没有开放。")
