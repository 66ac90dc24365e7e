"""A lesson: read or watched where one left it, and added by who teaches."""

from contextlib import nullcontext

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import require
from education.study import services
from education.study.forms import LessonForm
from education.study.models import Course, Lesson
from education.study.selectors.courses import own_lessons
from education.study.views.courses import own_file, seen_course
from partyportal.core import attachments, media
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named
from partyportal.core.uploads import takes_films


def _lesson(request, uid) -> Lesson:
    seen = Course.objects.visible_to(request.user).order_by().values("pk")
    rows = Lesson.objects.filter(course__in=seen).select_related("course__organisation", "film", "file").defer("file__sealed")
    return get_object_or_404(rows, uid=uid)


@never_cache
@login_required
def lesson(request, uid):
    """The lesson itself; 学完了 is said by the member, at the end."""
    held, me = _lesson(request, uid), own_file(request.user)
    if request.method == "POST":
        if me is None:
            raise Http404
        try:
            services.finish_lesson(held, member=me, by=request.user, now=timezone.now())
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            later = held.course.lessons.filter(number__gt=held.number).first()
            messages.success(request, "记下了。" + ("接着学下一课。" if later else "这门课的课都在这里了。"))
            return redirect("study:lesson", later.uid) if later else redirect("study:course", held.course.uid)
    lines = own_lessons(held.course, me)
    at = next(at for at, one in enumerate(lines) if one.lesson.pk == held.pk)
    context = {
        "lesson": held,
        "course": held.course,
        "own": lines[at],
        "before": lines[at - 1].lesson if at else None,
        "after": lines[at + 1].lesson if at + 1 < len(lines) else None,
        "me": me,
    }
    return page(request, "study/lesson.html", context, status=422 if request.method == "POST" else None)


@login_required
@require_POST
def lesson_position(request, uid):
    """The player tells where it is; nothing is shown and nothing counts."""
    held, me = _lesson(request, uid), own_file(request.user)
    told = number_named(request.POST.get("position"))
    if me is None or told is None:
        raise Http404
    try:
        services.keep_position(held, member=me, position=min(told, 86_400), by=request.user, now=timezone.now())
    except DomainError as refusal:
        return HttpResponse(refusal.message, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@login_required
def lesson_file(request, uid):
    """The document or the film, to whoever sees the course; a film in parts."""
    held = _lesson(request, uid)
    if held.film:
        return media.streamed(held.film, request)
    if held.file:
        return attachments.streamed(held.file)
    raise Http404


@takes_films
@login_required
def lesson_new(request, uid):
    """One more lesson of a draft."""
    held = seen_course(request, uid)
    require(request.user, "study.teach", held.organisation)
    form = LessonForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            _added(request, held, form.cleaned_data)
            messages.success(request, "加上了。")
            return redirect("study:course", uid)
    context = {"course": held, "form": form, "largest": media.largest()}
    return page(request, "study/lesson_new.html", context, status=422 if form.errors else None)


def _added(request, held: Course, said: dict) -> None:
    film, file = said.pop("film"), said.pop("file")
    is_film = said["kind"] == Lesson.Kind.FILM and film is not None
    with media.received(film, field="film") if is_film else nullcontext() as arrival:
        services.add_lesson(held, **said, uploads=[file] if file else [], film=arrival, by=request.user, today=timezone.localdate())


@login_required
@require_POST
def lesson_remove(request, uid):
    """Out of the draft."""
    held = _lesson(request, uid)
    require(request.user, "study.teach", held.course.organisation)
    try:
        services.remove_lesson(held, by=request.user)
        messages.success(request, "去掉了。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("study:course", held.course.uid)
