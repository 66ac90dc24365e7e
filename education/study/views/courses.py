"""Courses: the list, one, of whom it is required, and who has done what."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, require_sight
from branches.models import Organisation
from education.study import services
from education.study.forms import AssignForm, CourseForm, ReasonForm
from education.study.models import Assignment, Attempt, Course, Paper
from education.study.selectors import courses as selectors
from members.models import Member
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.uid import uid_named

A_PAGE = 50
STATES = {"open": "开放", "draft": "草稿", "closed": "已结束"}
HEADINGS = ("姓名", "党支部", "学完期限", "学完几课", "记学时几课", "考试", "状态")


@login_required
def courses(request):
    """What I have to learn, what else there is; for posts also their drafts and what has ended."""
    today, me = timezone.localdate(), own_file(request.user)
    seen = Course.objects.visible_to(request.user)
    looks_around = bool(paths_for(request.user))
    state = request.GET.get("state", "open")
    state = state if looks_around and state in STATES else "open"
    text = text_asked(request)
    conditions = {
        "open": {"opened_on__isnull": False, "closed_on": None},
        "draft": {"opened_on": None},
        "closed": {"closed_on__isnull": False},
    }
    listed = seen.filter(title__icontains=text, **conditions[state]).select_related("organisation")
    context = {
        "me": me,
        "own": selectors.own_courses(me, seen.open(), today) if me else [],
        "page": Paginator(listed.with_counts().order_by("-created_at", "-id"), A_PAGE).get_page(request.GET.get("page"))
        if looks_around
        else None,
        "states": list(STATES.items()),
        "state": state,
        "looks_around": looks_around,
        "may_teach": can(request.user, "study.teach"),
        "today": today,
    }
    return page(request, "study/courses.html", context)


def own_file(user) -> Member | None:
    """The member behind a login, if there is one."""
    return Member.objects.filter(user=user).select_related("branch").defer("id_number").first()


@login_required
def course_new(request):
    """A draft, to which lessons are added next."""
    require(request.user, "study.teach")
    organisations = Organisation.objects.existing().where(request.user, "study.teach").order_by("path")
    form = CourseForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        made = services.create_course(by=request.user, **form.cleaned_data)
        messages.success(request, "课程建好了，还是草稿。接着加课，加完再开放。")
        return redirect("study:course", made.uid)
    return page(request, "study/course_new.html", {"form": form}, status=422 if form.errors else None)


@login_required
def course(request, uid):
    """One course: its lessons and how far I am; for who teaches it, also what is still to do."""
    return page_of(request, seen_course(request, uid))


def seen_course(request, uid) -> Course:
    related = ("organisation", "created_by", "opened_by", "closed_by")
    return get_object_or_404(Course.objects.visible_to(request.user).select_related(*related), uid=uid)


def page_of(request, held: Course, *, form: ReasonForm | None = None, status: int | None = None):
    today, me = timezone.localdate(), own_file(request.user)
    paper = Paper.objects.filter(course=held).prefetch_related("parts").first()
    tries = list(Attempt.objects.filter(paper=paper, member=me).order_by("number")) if paper and me else []
    may_teach = can(request.user, "study.teach", held.organisation)
    due = selectors.required_of(Member.objects.filter(pk=me.pk), _assignments(held), today) if me else {}
    lessons = selectors.own_lessons(held, me)
    context = {
        "course": held,
        "me": me,
        "lessons": lessons,
        "hours": sum((one.lesson.hours for one in lessons), 0),
        "paper": paper,
        "questions": sum(part.count for part in paper.parts.all()) if paper else 0,
        "tries": [one for one in tries if one.submitted_at],
        "may_try": bool(me and paper and held.is_open and today <= paper.closes_on)
        and not any(one.passed for one in tries)
        and (len(tries) < paper.attempts_allowed or tries[-1].submitted_at is None),
        "left": max(0, paper.attempts_allowed - len(tries)) if paper else 0,
        "due_on": due.get(me.pk, {}).get(held.pk) if me else None,
        "may_teach": may_teach,
        "looks_around": bool(paths_for(request.user)),
        "assignments": _assignments(held) if may_teach else [],
        "form": form or ReasonForm(),
        "today": today,
    }
    return page(request, "study/course.html", context, status=status)


def _assignments(held: Course):
    return held.assignments.standing().select_related("organisation", "set_by")


@login_required
@require_POST
def course_open(request, uid):
    """Show it to everybody below."""
    held = seen_course(request, uid)
    require(request.user, "study.teach", held.organisation)
    try:
        services.open_course(held, by=request.user, today=timezone.localdate())
        messages.success(request, "课程开放了。要大家都学的，接着布置给谁、什么时候学完。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return page_of(request, held, status=422)
    return redirect("study:course", uid)


@login_required
@require_POST
def course_close(request, uid):
    """End it, with a reason."""
    held, form = seen_course(request, uid), ReasonForm(request.POST)
    require(request.user, "study.teach", held.organisation)
    if form.is_valid():
        with refusals(form):
            services.close_course(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "课程结束了，已经记的学时不变。")
            return redirect("study:course", uid)
    return page_of(request, held, form=form, status=422)


@login_required
def assign(request, uid):
    """Require the course of an organisation's members by a day."""
    held = seen_course(request, uid)
    require(request.user, "study.teach", held.organisation)
    below = Organisation.objects.existing().within(held.organisation).exclude(kind=Organisation.Kind.GROUP).order_by("path")
    form = AssignForm(request.POST or None, organisations=below)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.assign(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "布置好了。该学的党员登录就能看到，快到期时支部书记会收到提醒。")
            return redirect("study:course", uid)
    return page(request, "study/assign.html", {"course": held, "form": form}, status=422 if form.errors else None)


@login_required
@require_POST
def assignment_end(request, uid):
    """Nobody has to any more."""
    held = get_object_or_404(Assignment.objects.visible_to(request.user).select_related("course__organisation"), uid=uid)
    require(request.user, "study.teach", held.course.organisation)
    form = ReasonForm(request.POST)
    try:
        services.end_assignment(held, reason=form.data.get("reason", ""), by=request.user, today=timezone.localdate())
        messages.success(request, "撤销了。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return page_of(request, seen_course(request, held.course.uid), status=422)
    return redirect("study:course", held.course.uid)


@login_required
def learners(request, uid):
    """Who has done what, and 支部确认 of what has no test."""
    held, today = seen_course(request, uid), timezone.localdate()
    require_sight(request.user)
    members = Member.objects.at_home().visible_to(request.user)
    if request.method == "POST":
        return _confirm(request, held)
    text, state = text_asked(request), request.GET.get("state", "all")
    rows = selectors.learners(held, members.matching(text) if text else members, today)
    found = Counter(row.state for row in rows)
    counts = {key: found[key] for key in selectors.STATES} | {"all": len(rows)}
    rows = [row for row in rows if state in ("all", row.state)]
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, held, rows)
    context = {
        "course": held,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "counts": counts,
        "states": [(key, f"{label} {counts[key]}") for key, label in selectors.STATES.items()],
        "state": state,
        "has_test": Paper.objects.filter(course=held).exists(),
        "may_confirm": held.is_open and can(request.user, "study.confirm"),
        "may_teach": can(request.user, "study.teach", held.organisation),
        "may_export": can(request.user, "member.export"),
        "today": today,
        "query": request.GET.urlencode(),
    }
    return page(request, "study/learners.html", context)


def _confirm(request, held: Course):
    require(request.user, "study.confirm")
    chosen = map(uid_named, request.POST.getlist("members"))
    people = Member.objects.at_home().where(request.user, "study.confirm").filter(uid__in=chosen).defer("id_number")
    try:
        given = services.confirm_lessons(held, members=people, by=request.user, today=timezone.localdate())
        messages.success(request, f"确认了，记了 {given} 课的学时。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("study:learners", held.uid)


@login_required
@require_POST
def withdraw(request, uid):
    """Take back what was confirmed, or passed, by mistake."""
    held = seen_course(request, uid)
    require(request.user, "study.teach", held.organisation)
    wanted = Member.objects.visible_to(request.user).defer("id_number")
    person = get_object_or_404(wanted, uid=uid_named(request.POST.get("member")))
    try:
        taken = services.withdraw_credits(
            held, member=person, reason=request.POST.get("reason", ""), by=request.user, today=timezone.localdate()
        )
        messages.success(request, f"取消了{person.name} {taken} 课的学时。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("study:learners", uid)


def _exported(request, held: Course, rows):
    sheet = write_xlsx(
        HEADINGS,
        (
            (
                row.member.name,
                row.member.branch.short_name,
                row.due_on.isoformat() if row.due_on else "",
                row.finished,
                row.counted,
                row.test_words,
                row.label,
            )
            for row in rows
        ),
        title=held.title,
        sheet="学习情况",
    )
    audit.record("study.learners.exported", held, by=request.user, rows=len(rows))
    return sheet_response(sheet, "学习情况.xlsx")
