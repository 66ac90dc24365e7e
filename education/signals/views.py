"""The list of questions, one with what it is made of, the acts on it, and looking again at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, require_sight
from branches.asked import organisation_asked
from education.signals import services
from education.signals.forms import StepForm
from education.signals.models import Question, QuestionStep
from education.signals.selectors import questions as selectors
from partyportal.core import audit
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, query_with, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx

QUESTIONS_A_PAGE = 50
EXPORTED_AT_MOST = 20_000
HEADINGS = ("提示日期", "党支部", "提示", "说明", "进度", "上一步的日子")
DONE = {
    QuestionStep.Act.ASK: "已请支部核实，支部的要办里有这一件。",
    QuestionStep.Act.ANSWER: "已答复，上级看了会办结。",
    QuestionStep.Act.DISMISS: "已记下原因。依据不变就不再提示。",
}


@login_required
def questions(request):
    """What is worth asking under the user's committee; to a branch, what it was asked."""
    require_sight(request.user)
    if not (can(request.user, "education.question") or can(request.user, "education.record")):
        raise PermissionDenied("education.question")
    within, text, kind = organisation_asked(request), text_asked(request), request.GET.get("kind", "")
    everything = selectors.listed(request.user, kind=kind, within=within, text=text)
    tab = request.GET.get("tab") if request.GET.get("tab") in selectors.TABS else "waiting"
    found = everything.filter(state__in=selectors.TABS[tab][1])
    if request.GET.get("format") == "xlsx":
        return _exported(request, list(found[:EXPORTED_AT_MOST]))
    counts = selectors.counts(everything)
    listed = Paginator(found, QUESTIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": selectors.lines(request.user, list(listed.object_list)),
        "tabs": [(label, query_with(request, tab=key), key == tab, counts[key]) for key, (label, _) in selectors.TABS.items()],
        "tab": tab,
        "kinds": [("", "全部"), *Question.Kind.choices],
        "narrowed": bool(text or kind),
        "within": within,
        "oversees": can(request.user, "education.question"),
        "export_query": query_with(request, format="xlsx"),
    }
    return page(request, "signals/questions.html", context, fragment="signals/_questions.html")


def _exported(request, found: list[Question]) -> FileResponse:
    rows = (
        (
            one.question.found_on,
            one.question.organisation.name,
            one.question.get_kind_display(),
            one.words,
            one.question.get_state_display(),
            one.question.acted_on,
        )
        for one in selectors.lines(request.user, found)
    )
    file = write_xlsx(HEADINGS, rows, sheet="请核实", widths={"党支部": 36, "说明": 60})
    audit.record("signals.questions.exported", by=request.user, path=(paths_for(request.user) or [""])[0], rows=len(found))
    return sheet_response(file, f"请核实-{timezone.localdate():%Y%m%d}.xlsx")


@login_required
@require_POST
def look(request):
    """Look again at once, under the user's own committees."""
    require(request.user, "education.question")
    done = [services.look(today=timezone.localdate(), path=path, by=request.user) for path in paths_for(request.user, "education.question")]
    new = sum(one.new + one.reopened for one in done)
    messages.success(request, f"查过了，新提示 {new} 处。" if new else "查过了，没有新的提示。")
    return redirect("signals:questions")


@never_cache
@login_required
def question(request, uid):
    """One question: why it is asked, what it is made of, and how it went."""
    return _page_of(request, _question(request, uid))


@login_required
@require_POST
def question_act(request, uid, act):
    """Ask, answer or lay aside; what is refused comes back on the same page with what was typed."""
    if act not in {one.value for one in DONE}:
        raise Http404
    held = _question(request, uid)
    require(request.user, "education.record" if act == QuestionStep.Act.ANSWER else "education.question", held.organisation)
    form = StepForm(request.POST, act=act)
    if form.is_valid():
        with refusals(form):
            getattr(services, act)(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, DONE[QuestionStep.Act(act)])
            return redirect("signals:question", uid)
    return _page_of(request, _question(request, uid), act=act, form=form, status=422)


def _question(request, uid) -> Question:
    held = get_object_or_404(Question.objects.visible_to(request.user).select_related(*selectors.RELATED), uid=uid)
    if not Question.objects.open_to(request.user).filter(pk=held.pk).exists():
        raise PermissionDenied("education.question")
    return held


def _page_of(request, held: Question, *, act: str = "", form: StepForm | None = None, status: int | None = None):
    acts = selectors.acts_open(request.user, held)
    if form is not None and act not in acts:
        messages.error(request, "；".join(form.non_field_errors()) or "这件事刚才有人办过。看过再办。")
    offered = [
        {
            "act": one,
            "label": QuestionStep.Act(one).label,
            "form": form if form is not None and one == act else StepForm(act=one, initial={"version": held.version}),
        }
        for one in acts
    ]
    beside = held.kind in {Question.Kind.ALIKE, Question.Kind.PHOTO}
    sides = selectors.sides(request.user, held) if beside else []
    context = {
        "question": held,
        "words": selectors.lines(request.user, [held])[0].words,
        "sides": sides,
        "is_alike": any(passage.is_like for side in sides for passage in side.passages),
        "meetings": [] if beside else list(selectors.meetings_of(held)),
        "acts": offered,
        "steps": held.steps.select_related("by"),
        "oversees": can(request.user, "education.question", held.organisation),
    }
    return page(request, "signals/question.html", context, status=status)
