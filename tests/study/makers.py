"""Courses, banks and tries, with what nobody cares about filled in."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from education.study import services
from education.study.models import Course, Question
from partyportal.core.sheets import write_xlsx
from tests.factories import make_user

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=timezone.get_fixed_timezone(0))


def make_course(
    organisation, by=None, *, lessons: int = 2, title: str = "党章学习", open_on: date | None = TODAY, minutes: int = 45
) -> Course:
    """A course of short texts, opened (unless told otherwise)."""
    by = by or make_user(f"讲师{title}", username=f"teacher-{title}")
    course = services.create_course(organisation=organisation, title=title, about="逐章学习", by=by)
    for number in range(1, lessons + 1):
        services.add_lesson(course, kind="text", title=f"第{number}讲", minutes=minutes, body="总纲。", by=by, today=TODAY)
    return services.open_course(course, by=by, today=open_on) if open_on else course


def make_bank(course: Course, by, *, count: int = 6, stratum: str = "一般", moment: datetime = NOW - timedelta(days=9)) -> list[Question]:
    """Single-choice questions whose answer is B."""
    return Question.objects.bulk_create(
        [
            Question(
                course=course,
                kind="single",
                stratum=stratum,
                text=f"{stratum}第{n}题",
                options=[["A", "错的"], ["B", "对的"]],
                answer="B",
                explanation="见党章",
                added_by=by,
                added_at=moment,
            )
            for n in range(1, count + 1)
        ]
    )


def make_tested_course(
    organisation, by, *, draw: int = 4, attempts: int = 2, minutes: int | None = None, title: str = "条例测试"
) -> Course:
    """A course with a bank and a paper, opened."""
    course = make_course(organisation, by, open_on=None, title=title)
    make_bank(course, by)
    services.set_paper(
        course,
        parts={"一般": draw},
        pass_percent=60,
        attempts_allowed=attempts,
        closes_on=TODAY + timedelta(days=30),
        minutes=minutes,
        by=by,
        today=TODAY,
    )
    return services.open_course(course, by=by, today=TODAY)


def finish(course: Course, member, *, now: datetime = NOW) -> None:
    for lesson in course.lessons.select_related("course"):
        services.finish_lesson(lesson, member=member, by=member.user, now=now)


def sheet(*rows: dict | tuple, headings=None) -> bytes:
    from education.study.rules import HEADINGS

    with write_xlsx(
        headings or HEADINGS, [tuple(row.get(h, "") for h in HEADINGS) if isinstance(row, dict) else row for row in rows]
    ) as file:
        return file.read()
