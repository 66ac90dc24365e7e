"""What counts: a lesson becomes 学时 once, by its test or by the branch, in the branch of that day."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from education.study.models import Course, Credit, Lesson, Paper, Progress
from education.study.services.courses import locked, record
from members.models import Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.services import settle_soon

Way = Credit.Way
KEY = "study.lesson:"


@transaction.atomic
def confirm_lessons(course: Course, *, members: Iterable[Member], by: User, today: date) -> int:
    """The branch confirms that these members have studied what they say they finished; returns how many lessons now count.

    Of a course with a test nothing is confirmed: the test is what counts.
    """
    held = locked(course)
    if Paper.objects.filter(course=held).exists():
        raise DomainError("这门课有考试，考过自动记学时，不用确认。")
    people = {member.pk: member for member in members}
    if not people:
        raise DomainError("先勾选党员。", field="members")
    if any(member.user_id == by.pk for member in people.values()):
        raise DomainError("自己的学习由别人确认。去掉自己再确认。", field="members")
    done = Progress.objects.filter(lesson__course=held, member__in=people, finished_at__isnull=False).select_related("lesson")
    pairs = [(row.member_id, row.lesson, timezone.localdate(row.finished_at)) for row in done]
    given = give(pairs, way=Way.CONFIRMED, by=by)
    if not given:
        raise DomainError("勾选的党员没有新学完的课，不用确认。", field="members")
    record("lessons.confirmed", held, by=by, members=len({member for member, _, _ in pairs}), lessons=given)
    return given


def give(pairs: Iterable[tuple[int, Lesson, date]], *, way: str, by: User) -> int:
    """Credits and facts for (member, lesson, day), less what counts already; the caller's transaction holds the course or the try.

    The members are locked first, so that a test and a confirmation at once give one credit.
    """
    pairs = list(pairs)
    people = {member for member, _, _ in pairs}
    list(Member.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=people).order_by("pk").values_list("pk", flat=True))
    standing = set(
        Credit.objects.standing()
        .filter(member__in=people, lesson__in={one.pk for _, one, _ in pairs})
        .values_list("member_id", "lesson_id")
    )
    by_day: dict[date, list[tuple[int, Lesson]]] = {}
    for member, lesson, day in pairs:
        if (member, lesson.pk) not in standing and lesson.hours:
            by_day.setdefault(day, []).append((member, lesson))
    credits, lines = [], []
    for day, found in by_day.items():
        places = places_on({member for member, _ in found}, day)
        for member, lesson in found:
            if place := places.get(member):  # at home nowhere that day: nothing to count it in
                credit = Credit(
                    lesson=lesson,
                    member_id=member,
                    organisation_id=place.organisation_id,
                    day=day,
                    hours=lesson.hours,
                    way=way,
                    given_by=by,
                )
                credits.append(credit)
                lines.append(_line(credit, place.member_class))
    Credit.objects.bulk_create(credits)
    facts.record(lines, by=by, confirmed_by=by if way == Way.CONFIRMED else None)
    _ring(credits)
    return len(credits)


def _line(credit: Credit, member_class: str) -> facts.FactLine:
    return facts.FactLine(
        key=f"{KEY}{credit.uid}",
        kind="study.hours",
        member_id=credit.member_id,
        organisation_id=credit.organisation_id,
        member_class=member_class,
        day=credit.day,
        units=credit.hours,
        title=f"课程《{credit.lesson.course.title}》{credit.lesson.title}"[:120],
        evidence=Way(credit.way).label,
    )


@transaction.atomic
def withdraw_credits(course: Course, *, member: Member, reason: str, by: User, today: date) -> int:
    """Take back what was confirmed by mistake: the credits are dated out, their facts voided."""
    held = locked(course)
    if not reason.strip():
        raise DomainError("写上取消的原因。", field="reason")
    rows = list(Credit.objects.standing().select_for_update(of=("self",)).filter(lesson__course=held, member=member).order_by("pk"))
    if not rows:
        raise DomainError("这门课没有给他记过学时。", field="member")
    Credit.objects.filter(pk__in=[row.pk for row in rows]).update(
        withdrawn_on=today, withdrawn_by=by, withdrawn_because=reason.strip()[:120]
    )
    facts.void([f"{KEY}{row.uid}" for row in rows], by=by)
    record("credits.withdrawn", held, by=by, member=member.uid, lessons=len(rows))
    _ring(rows)
    return len(rows)


def _ring(credits: Iterable[Credit]) -> None:
    years: dict[int, list[int]] = {}
    for credit in credits:
        years.setdefault(credit.day.year, []).append(credit.member_id)
    for year, members in years.items():
        settle_soon(members=members, year=year)
