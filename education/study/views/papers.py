"""Tests: the bank, the paper, and a try of one's own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from education.study import rules, services
from education.study.forms import AnswersForm, BankForm, PaperForm
from education.study.models import Attempt, Course, Paper, Question
from education.study.parameters import PASS_PERCENT
from education.study.selectors.attempts import asked, may_review
from education.study.views.courses import own_file, page_of, seen_course
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response, write_xlsx

QUESTIONS_A_PAGE = 50
EXAMPLES = (
    ("单选", "党员大会一般多久召开一次？", "每月", "每季度", "每半年", "每年", "", "", "B", "支部工作条例第十一条", "组织生活"),
    ("多选", "“三会一课”包括哪些？", "支部党员大会", "支委会", "党小组会", "党课", "", "", "ABCD", "", "组织生活"),
    ("判断", "预备党员有表决权。", "", "", "", "", "", "", "错", "党章第七条", "党章"),
)


def _taught(request, uid) -> Course:
    held = seen_course(request, uid)
    require(request.user, "study.teach", held.organisation)
    return held


@never_cache
@login_required
def bank(request, uid):
    """题库: what stands in it, and adding a sheet."""
    held = _taught(request, uid)
    if request.GET.get("format") == "template":
        sheet = write_xlsx(rules.HEADINGS, EXAMPLES, sheet="题库", text_columns=rules.HEADINGS)
        return sheet_response(sheet, "题库模板.xlsx")
    form, told = BankForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            told = services.import_questions(held, content=form.cleaned_data["file"].read(), by=request.user, now=timezone.now())
    standing = held.questions.filter(retired_at=None)
    strata = _strata(held)
    context = {
        "course": held,
        "form": form,
        "told": told,
        "strata": list(strata.items()),
        "count": sum(strata.values()),
        "page": Paginator(standing.order_by("stratum", "pk"), QUESTIONS_A_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "study/bank.html", context, status=422 if form.errors or (told and told.refused) else None)


def _strata(held: Course) -> dict[str, int]:
    strata: dict[str, int] = {}
    for stratum in held.questions.filter(retired_at=None).order_by("stratum").values_list("stratum", flat=True):
        strata[stratum] = strata.get(stratum, 0) + 1
    return strata


@login_required
@require_POST
def question_retire(request, uid):
    """Not drawn any more."""
    seen = Course.objects.visible_to(request.user).order_by().values("pk")
    question = get_object_or_404(Question.objects.filter(course__in=seen).select_related("course__organisation"), uid=uid)
    require(request.user, "study.teach", question.course.organisation)
    try:
        services.retire_question(question, by=request.user, now=timezone.now())
        messages.success(request, "停用了，以后不再抽到。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("study:bank", question.course.uid)


@login_required
def paper(request, uid):
    """How the course is tested."""
    held, today = _taught(request, uid), timezone.localdate()
    standing = Paper.objects.filter(course=held).prefetch_related("parts").first()
    initial = {"pass_percent": value_on(today, PASS_PERCENT)}
    if standing:
        initial = {name: getattr(standing, name) for name in ("pass_percent", "attempts_allowed", "minutes", "closes_on")}
    drawn = {part.stratum: part.count for part in standing.parts.all()} if standing else {}
    form = PaperForm(request.POST or None, strata=_strata(held), drawn=drawn, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.set_paper(held, by=request.user, today=today, **form.said())
            messages.success(request, "考试定好了。有人考过以后就不能再改。")
            return redirect("study:course", uid)
    return page(request, "study/paper.html", {"course": held, "form": form}, status=422 if form.errors else None)


@login_required
@require_POST
def attempt_new(request, uid):
    """Begin, or go on with the one left open."""
    held, me = seen_course(request, uid), own_file(request.user)
    if me is None:
        raise PermissionDenied("study.test")
    try:
        made = services.start_attempt(get_object_or_404(Paper, course=held), member=me, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return page_of(request, held, status=422)
    return redirect("study:attempt", made.uid)


@never_cache
@login_required
def attempt(request, uid):
    """A try: its questions while it is open, what came of it afterwards, and the wrong ones when the test is over for all."""
    related = ("paper__course__organisation", "member__branch")
    held = get_object_or_404(Attempt.objects.visible_to(request.user).select_related(*related).defer("member__id_number"), uid=uid)
    own, today = held.member.user_id == request.user.pk, timezone.localdate()
    if not own and (held.submitted_at is None or not can(request.user, "study.confirm", held.member.branch)):
        raise PermissionDenied("study.test")
    questions = asked(held, today)
    form = AnswersForm(request.POST or None, questions=questions) if own and held.submitted_at is None else None
    if request.method == "POST":
        if form is None:
            return redirect("study:attempt", uid)
        if form.is_valid():
            with refusals(form):
                services.submit_attempt(held, answers=form.said(), by=request.user, now=timezone.now())
                return redirect("study:attempt", uid)
    context = {
        "attempt": held,
        "course": held.paper.course,
        "total": len(questions),
        "form": form,
        "own": own,
        "questions": questions,
        "wrong": [one for one in questions if not one.is_right] if may_review(held, today) else None,
        "closes_on": held.paper.closes_on,
    }
    return page(request, "study/attempt.html", context, status=422 if form and form.errors else None)
