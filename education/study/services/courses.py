"""Courses: drafted lesson by lesson, opened, required of somebody, closed."""

from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Max

from branches.models import Organisation
from education.study import rules
from education.study.models import Assignment, Course, Lesson, Paper, Question
from education.study.parameters import MINUTES_AN_HOUR
from partyportal.core import attachments, audit, media
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on

Kind = Lesson.Kind
LONGEST_LESSON = 240


@transaction.atomic
def create_course(*, organisation: Organisation, title: str, about: str = "", by: User) -> Course:
    """A course nobody sees yet but who may teach."""
    if not title.strip():
        raise DomainError("写上课程名称。", field="title")
    course = Course.objects.create(organisation=organisation, title=title.strip(), about=about.strip(), created_by=by)
    record("course.created", course, by=by)
    return course


@transaction.atomic
def add_lesson(
    course: Course,
    *,
    kind: str,
    title: str,
    minutes: int,
    body: str = "",
    uploads: Iterable[UploadedFile] = (),
    film: media.Arrival | None = None,
    by: User,
    today: date,
) -> Lesson:
    """One more lesson of a draft. A film has arrived already (core.media); its row is written here, with the lesson's."""
    held = _draft(course)
    if not title.strip():
        raise DomainError("写上这一课的题目。", field="title")
    if not 1 <= minutes <= LONGEST_LESSON:
        raise DomainError(f"时长写 1 到 {LONGEST_LESSON} 分钟，更长的分成几课。", field="minutes")
    files = attachments.store(uploads, by=by, field="file", kinds=attachments.DOCUMENTS, at_most=1) if kind == Kind.FILE else []
    _require_content(kind, body, files, film)
    last = held.lessons.aggregate(last=Max("number"))["last"] or 0
    lesson = Lesson.objects.create(
        course=held,
        number=last + 1,
        kind=kind,
        title=title.strip(),
        body=body.strip(),
        file=files[0] if files else None,
        film=film.keep(by=by) if film and kind == Kind.FILM else None,
        minutes=minutes,
        hours=rules.hours_of_minutes(minutes, an_hour=value_on(today, MINUTES_AN_HOUR)),
    )
    record("lesson.added", held, by=by, lesson=lesson.uid, kind=kind, hours=lesson.hours)
    return lesson


def _require_content(kind: str, body: str, files: list, film: media.Arrival | None) -> None:
    if kind == Kind.TEXT and not body.strip():
        raise DomainError("写上这一课的文字。", field="body")
    if kind == Kind.FILE and not files:
        raise DomainError("选一个文档。", field="file")
    if kind == Kind.FILM and film is None:
        raise DomainError("选一个视频。", field="film")


@transaction.atomic
def remove_lesson(lesson: Lesson, *, by: User) -> None:
    """Take a lesson out of a draft, its file with it; those after it move up."""
    course = _draft(lesson.course)
    held = Lesson.objects.filter(pk=lesson.pk, course=course).select_related("film").first()
    if held is None:
        raise DomainError("这一课已经去掉了。")
    file, film = held.file_id, held.film
    held.delete()
    if file:
        attachments.Attachment.objects.filter(pk=file).delete()
    if film:
        media.remove(film)
    for number, later in enumerate(course.lessons.order_by("number"), start=1):
        if later.number != number:
            Lesson.objects.filter(pk=later.pk).update(number=number)
    record("lesson.removed", course, by=by, lesson=lesson.uid)


@transaction.atomic
def open_course(course: Course, *, by: User, today: date) -> Course:
    """Show it to everybody below. From now on its lessons, and what each is worth, stay."""
    held = _draft(course)
    if not held.lessons.exists():
        raise DomainError("还没有课。先加一课再开放。")
    paper = Paper.objects.filter(course=held).prefetch_related("parts").first()
    if paper:
        require_enough(held, {part.stratum: part.count for part in paper.parts.all()})
    held.opened_on, held.opened_by = today, by
    held.save(update_fields=["opened_on", "opened_by"])
    record("course.opened", held, by=by)
    return held


@transaction.atomic
def close_course(course: Course, *, reason: str, by: User, today: date) -> Course:
    """Nobody learns from it any more; what counted, counts."""
    held = locked(course)
    if not held.is_open:
        raise DomainError("只有开放的课程可以结束。")
    if not reason.strip():
        raise DomainError("写上结束的原因，学了一半的党员好明白。", field="reason")
    held.closed_on, held.closed_by, held.closed_because = today, by, reason.strip()
    held.save(update_fields=["closed_on", "closed_by", "closed_because"])
    record("course.closed", held, by=by)
    return held


@transaction.atomic
def assign(
    course: Course,
    *,
    organisation: Organisation,
    due_on: date,
    audience: str = Assignment.Audience.ALL,
    member_class: str = "",
    by: User,
    today: date,
) -> Assignment:
    """Require a course of an organisation's members, or of some of them, by a day."""
    held = locked(course)
    if not held.is_open:
        raise DomainError("课程开放以后才能布置。")
    if not organisation.path.startswith(held.organisation.path):
        raise DomainError("只能布置给主办党组织和它下面的党组织。", field="organisation")
    if due_on < today:
        raise DomainError("期限已经过了，从今天起选一天。", field="due_on")
    try:
        with transaction.atomic():
            made = Assignment.objects.create(
                course=held,
                organisation=organisation,
                audience=audience,
                member_class=member_class,
                due_on=due_on,
                set_on=today,
                set_by=by,
            )
    except IntegrityError as refusal:
        if "assignment_once" not in str(refusal):
            raise
        raise DomainError("这门课对同样的人已经布置过。要改期限，先撤销那一条。", field="organisation") from None
    audit.record("study.assignment.set", made, by=by, path=organisation.path, course=held.uid, due_on=due_on, audience=audience)
    return made


@transaction.atomic
def end_assignment(assignment: Assignment, *, reason: str, by: User, today: date) -> Assignment:
    """Nobody has to any more; the row stays."""
    held = Assignment.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=assignment.pk)
    if held.ended_on:
        raise DomainError("这条要求已经撤销了。")
    if not reason.strip():
        raise DomainError("写上撤销的原因。", field="reason")
    held.ended_on, held.ended_by, held.ended_because = today, by, reason.strip()
    held.save(update_fields=["ended_on", "ended_by", "ended_because"])
    audit.record("study.assignment.ended", held, by=by, path=held.organisation.path)
    return held


# ── Shared by the services beside ───────────────────────────────────────────
def locked(course: Course) -> Course:
    """The course as it is now, held until this transaction ends."""
    return Course.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=course.pk)


def _draft(course: Course) -> Course:
    held = locked(course)
    if held.opened_on:
        raise DomainError("课程已经开放，里面的课不再改。要加内容，另建一门。")
    return held


def require_enough(course: Course, counts: dict[str, int]) -> None:
    """The bank has as many questions of each kind as a try draws."""
    held: dict[str, int] = {}
    for stratum in Question.objects.filter(course=course, retired_at=None).values_list("stratum", flat=True):
        held[stratum] = held.get(stratum, 0) + 1
    for stratum, count in counts.items():
        if held.get(stratum, 0) < count:
            raise DomainError(f"“{stratum}”要抽 {count} 道，题库里只有 {held.get(stratum, 0)} 道。加题，或者少抽几道。", field="parts")


def record(code: str, course: Course, *, by: User, **data) -> None:
    audit.record(f"study.{code}", course, by=by, path=course.organisation.path, **data)
