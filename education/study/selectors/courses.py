"""Courses as pages show them: a member's own way through, and who of a branch has done what. As many statements for one row as for fifty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from branches.models import Organisation
from education.study.models import Assignment, Attempt, Course, Credit, Lesson, Paper, Progress
from education.study.models.courses import outward
from education.study.selectors.attempts import best_of
from members.models import Member, Office

Audience = Assignment.Audience


# ── Of whom a course is required ────────────────────────────────────────────
def fitting(assignment: Assignment, today: date) -> Q:
    """The members one requirement means, as a condition on members: who are at home there and what they are today."""
    fit = Q(branch__path__startswith=assignment.organisation.path, left_on=None)
    if assignment.member_class:
        fit &= Q(classes__name=assignment.member_class, classes__end=None)
    if assignment.audience != Audience.ALL:
        posts = Office.objects.on(today).exclude(position=Office.Position.GROUP_LEADER)
        if assignment.audience == Audience.SECRETARIES:
            posts = posts.filter(position=Office.Position.SECRETARY)
        fit &= Q(pk__in=posts.values("member"))
    return fit


def required_of(members: QuerySet, assignments: Iterable[Assignment], today: date) -> dict[int, dict[int, date]]:
    """member → course → the earliest day it is due, among these members: one statement a requirement, and there are few."""
    found: dict[int, dict[int, date]] = {}
    for assignment in assignments:
        for member in members.filter(fitting(assignment, today)).order_by().values_list("pk", flat=True).distinct():
            due = found.setdefault(member, {})
            due[assignment.course_id] = min(due.get(assignment.course_id, assignment.due_on), assignment.due_on)
    return found


def concerning(paths: Iterable[str]) -> QuerySet:
    """The standing requirements of open courses that reach into these subtrees."""
    reach = Q()
    for path in paths:
        reach |= Q(organisation__path__startswith=path) | Q(organisation__path__in=outward(path))
    rows = Assignment.objects.standing().filter(course__opened_on__isnull=False, course__closed_on=None)
    return rows.filter(reach).select_related("organisation", "course") if reach else rows.none()


# ── One's own ───────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class OwnCourse:
    """A course as one member stands in it."""

    course: Course
    lessons: int
    hours: Decimal
    finished: int
    counted: int
    due_on: date | None
    has_test: bool

    @property
    def is_done(self) -> bool:
        return self.counted >= self.lessons > 0

    @property
    def is_waiting(self) -> bool:
        """Whether the member has done their part and the branch has not yet."""
        return not self.has_test and not self.is_done and self.finished >= self.lessons > 0

    @property
    def state(self) -> tuple[str, str]:
        """(words, kind of chip)."""
        if self.is_done:
            return "已记学时", "done"
        if self.lessons and self.finished >= self.lessons:
            return ("待考试", "way") if self.has_test else ("待支部确认", "way")
        return (f"学完 {self.finished} / {self.lessons} 课", "way") if self.finished else ("没有开始", "")


def own_courses(member: Member, courses: QuerySet, today: date) -> list[OwnCourse]:
    """The open courses a member sees: what is required first, by its day, then the others."""
    rows = {course.pk: course for course in courses.select_related("organisation")}
    lessons: dict[int, list[Lesson]] = {}
    for lesson in Lesson.objects.filter(course__in=rows).only("course_id", "hours"):
        lessons.setdefault(lesson.course_id, []).append(lesson)
    finished = _counts(Progress.objects.filter(member=member, lesson__course__in=rows, finished_at__isnull=False))
    counted = _counts(Credit.objects.standing().filter(member=member, lesson__course__in=rows))
    tested = set(Paper.objects.filter(course__in=rows).values_list("course_id", flat=True))
    due = required_of(Member.objects.filter(pk=member.pk), concerning([member.branch.path]) if member.branch_id else [], today)
    found = [
        OwnCourse(
            course=course,
            lessons=len(lessons.get(pk, ())),
            hours=sum((lesson.hours for lesson in lessons.get(pk, ())), Decimal(0)),
            finished=finished.get(pk, 0),
            counted=counted.get(pk, 0),
            due_on=due.get(member.pk, {}).get(pk),
            has_test=pk in tested,
        )
        for pk, course in rows.items()
    ]
    return sorted(found, key=lambda one: (one.is_done, one.due_on is None, one.due_on or today, -one.course.pk))


def _counts(rows: QuerySet) -> dict[int, int]:
    return dict(rows.order_by().values_list("lesson__course").annotate(count=Count("pk")))


@dataclass(frozen=True, kw_only=True)
class OwnLesson:
    lesson: Lesson
    progress: Progress | None
    credit: Credit | None

    @property
    def position(self) -> int:
        """Where a film was left, in seconds."""
        return self.progress.position if self.progress else 0

    @property
    def state(self) -> tuple[str, str]:
        if self.credit:
            return "已记学时", "done"
        if self.progress and self.progress.finished_at:
            return "学完了", "way"
        return ("学了一部分", "") if self.progress else ("", "")


def own_lessons(course: Course, member: Member | None) -> list[OwnLesson]:
    """A course's lessons, with how far this member is."""
    progress = {row.lesson_id: row for row in Progress.objects.filter(lesson__course=course, member=member)} if member else {}
    credits = {row.lesson_id: row for row in Credit.objects.standing().filter(lesson__course=course, member=member)} if member else {}
    return [OwnLesson(lesson=one, progress=progress.get(one.pk), credit=credits.get(one.pk)) for one in course.lessons.all()]


# ── Who has done what ───────────────────────────────────────────────────────
STATES = {"all": "全部", "open": "没有学完", "waiting": "等支部确认", "done": "已记学时"}


@dataclass(frozen=True, slots=True)
class Person:
    """Of a member what a line of a course shows: a county's course has forty thousand lines, a page of it shows fifty."""

    pk: int
    uid: UUID
    name: str
    branch: Organisation

    def __str__(self):
        return self.name


@dataclass(frozen=True, kw_only=True)
class Learner:
    """One member's line of a course."""

    member: Person
    due_on: date | None
    lessons: int
    finished: int
    counted: int
    best: Attempt | None
    tries: int
    has_test: bool

    @property
    def state(self) -> str:
        if self.lessons and self.counted >= self.lessons:
            return "done"
        return "waiting" if self.finished > self.counted and not self.has_test else "open"

    @property
    def label(self) -> str:
        return {"done": "已记学时", "waiting": "等支部确认"}.get(self.state, "没有学完" if self.finished or self.tries else "没有开始")

    @property
    def chip(self) -> str:
        return {"done": "done", "waiting": "way"}.get(self.state, "")

    @property
    def test_words(self) -> str:
        if not self.best:
            return "没有考" if self.has_test else "—"
        return f"{self.best.correct} / {len(self.best.questions)}，{'及格' if self.best.passed else f'考了 {self.tries} 次'}"


def learners(course: Course, members: QuerySet, today: date) -> list[Learner]:
    """Those of whom the course is required and whoever else has begun it, by branch and pinyin."""
    lessons = course.lessons.count()
    assignments = Assignment.objects.standing().filter(course=course).select_related("organisation")
    due = required_of(members, assignments, today)
    finished = _by_member(Progress.objects.filter(lesson__course=course, finished_at__isnull=False))
    counted = _by_member(Credit.objects.standing().filter(lesson__course=course))
    tries: dict[int, list[Attempt]] = {}
    for one in Attempt.objects.filter(paper__course=course).defer("answers"):
        tries.setdefault(one.member_id, []).append(one)
    has_test = Paper.objects.filter(course=course).exists()
    concerned = due.keys() | finished.keys() | counted.keys() | tries.keys()
    people = members.filter(pk__in=concerned).order_by("branch__path", "pinyin", "pk").values_list("pk", "uid", "name", "branch")
    branches = Organisation.objects.in_bulk({branch for *_, branch in people})
    return [
        Learner(
            member=Person(pk, uid, name, branches[branch]),
            due_on=due.get(pk, {}).get(course.pk),
            lessons=lessons,
            finished=finished.get(pk, 0),
            counted=counted.get(pk, 0),
            best=best_of(tries.get(pk, ())),
            tries=len(tries.get(pk, ())),
            has_test=has_test,
        )
        for pk, uid, name, branch in people
    ]


def _by_member(rows: QuerySet) -> dict[int, int]:
    return dict(rows.order_by().values_list("member").annotate(count=Count("pk")))
