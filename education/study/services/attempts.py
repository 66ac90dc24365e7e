"""Taking a test: a fair draw, one open try at a time, and what is handed in twice counts once."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from education.study import rules
from education.study.models import Attempt, Course, Credit, Paper
from education.study.parameters import GRACE_MINUTES
from education.study.selectors.attempts import key_of, pool_at
from education.study.services.credits import give
from members.models import Member
from partyportal.core import audit
from partyportal.core.days import chinese_day
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on


@transaction.atomic
def start_attempt(paper: Paper, *, member: Member, by: User, now: datetime) -> Attempt:
    """Draw a member's questions. One who left a try open goes on with it; the member is locked, so two taps begin one."""
    if member.user_id != by.pk:
        raise DomainError("考试只能本人参加。")
    Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
    paper = Paper.objects.select_for_update(no_key=True, of=("self",)).select_related("course__organisation").get(pk=paper.pk)
    _require_open(paper, timezone.localdate(now))
    tries = list(Attempt.objects.filter(paper=paper, member=member).order_by("number"))
    if tries and tries[-1].submitted_at is None:
        if _in_time(tries[-1], now):
            return tries[-1]
        _judge(tries[-1], {}, now)
    if any(one.passed for one in tries):
        raise DomainError("已经及格，学时记上了，不用再考。")
    if len(tries) >= paper.attempts_allowed:
        raise DomainError(f"{paper.attempts_allowed} 次都考过了。和支部书记说，由主办方另行安排。")
    seed = secrets.randbits(63)
    counts = {part.stratum: part.count for part in paper.parts.all()}
    attempt = Attempt.objects.create(
        paper=paper,
        member=member,
        number=len(tries) + 1,
        seed=seed,
        questions=rules.draw(pool_at(paper.course, now), counts, seed),
        started_at=now,
        until=now + timedelta(minutes=paper.minutes) if paper.minutes else None,
    )
    _record("started", attempt, by=by)
    return attempt


@transaction.atomic
def submit_attempt(attempt: Attempt, *, answers: Mapping[str, str], by: User, now: datetime) -> Attempt:
    """Judge a try. Handed in again, it is what it was: the first counts."""
    held = Attempt.objects.select_for_update(of=("self",)).select_related("paper__course__organisation", "member").get(pk=attempt.pk)
    if held.member.user_id != by.pk:
        raise DomainError("答卷只能本人交。")
    if held.submitted_at:
        return held
    late = not _in_time(held, now)
    _judge(held, {} if late else answers, now)
    _record("submitted", held, by=by, correct=held.correct, total=len(held.questions), passed=held.passed, late=late)
    if held.passed:
        give_passed(held.paper.course, member_id=held.member_id, day=timezone.localdate(now), by=by)
    return held


def give_passed(course: Course, *, member_id: int, day: date, by: User) -> int:
    """A passed test makes every lesson of the course count."""
    lessons = course.lessons.select_related("course")
    return give([(member_id, lesson, day) for lesson in lessons], way=Credit.Way.TEST, by=by)


def _judge(attempt: Attempt, answers: Mapping[str, str], now: datetime) -> None:
    key = key_of(attempt)
    said = {uid: rules.normal_answer(answers.get(uid, "")) for uid in key}
    attempt.answers, attempt.submitted_at, attempt.correct = said, now, rules.judged(said, key)
    attempt.passed = rules.is_passed(correct=attempt.correct, total=len(key), pass_percent=attempt.paper.pass_percent)
    attempt.save(update_fields=["answers", "submitted_at", "correct", "passed"])


def _in_time(attempt: Attempt, now: datetime) -> bool:
    return rules.is_in_time(now, until=attempt.until, grace_minutes=value_on(timezone.localdate(now), GRACE_MINUTES))


def _require_open(paper: Paper, today: date) -> None:
    if not paper.course.is_open:
        raise DomainError("这门课现在不开放，不能考试。")
    if today > paper.closes_on:
        raise DomainError(f"考试 {chinese_day(paper.closes_on)}截止了。")


def _record(what: str, attempt: Attempt, *, by: User, **data) -> None:
    path = attempt.paper.course.organisation.path
    audit.record(f"study.attempt.{what}", attempt, by=by, path=path, number=attempt.number, **data)
