"""The cases in sight, one case with its one next act, its words and papers, and what is objected to its notice."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.asked import organisation_asked
from members.care.aid import rules, services
from members.care.aid.forms import ACT_FORMS, AnswerForm, ApproveForm, CaseFilters, ObjectionForm
from members.care.aid.models import Case, CaseFile, Objection, Programme, Step
from members.care.aid.parameters import LIMIT_DAYS
from members.care.aid.selectors import cases as selectors
from members.care.aid.services.exports import export_cases
from partyportal.core.attachments import streamed
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, query_with
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response

A_PAGE = 50
ACTS = {
    rules.VOTE: services.record_vote,
    rules.REVIEW: services.review,
    rules.APPROVE: services.approve,
    rules.REFUSE: services.refuse,
    rules.RETURN: services.send_back,
    rules.RESUBMIT: services.resubmit,
    rules.WITHDRAW: services.withdraw,
    rules.PREPARE: services.prepare_payment,
    rules.PAY: services.confirm_payment,
    rules.SIGN: services.sign,
    rules.FOLLOW_UP: services.follow_up,
}
# The button's word, and what is told afterwards.
LABELS = {
    rules.VOTE: ("登记评议结果", "评议结果已登记。"),
    rules.REVIEW: ("审核同意", "已审核，报县委组织部审批。"),
    rules.APPROVE: ("审批同意", "已批准，基金里留出了这笔钱。"),
    rules.REFUSE: ("不同意", "已写明不予救助的理由，本人看得到。"),
    rules.RETURN: ("退回补材料", "已退回，补齐后再报。"),
    rules.RESUBMIT: ("补齐再报", "已再报，从头走一遍。"),
    rules.WITHDRAW: ("撤回", "已撤回。"),
    rules.PREPARE: ("开付款单", "付款单已开，等另一个人确认。"),
    rules.PAY: ("确认付款", "已付款，等本人签收。"),
    rules.SIGN: ("登记签收", "签收已登记。"),
    rules.FOLLOW_UP: ("登记回访", "回访已登记，这件办结了。"),
}


@login_required
def cases(request):
    """The cases in sight, by whose turn it is; who has waited longest stands first."""
    require(request.user, "care.see")
    today = timezone.localdate()
    within, rows, tab, filters = _found(request)
    counts = selectors.counted(rows)
    listed = selectors.listed(request.user, tab=tab, **_narrowing(request, within, filters))
    shown = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    limit = value_on(today, LIMIT_DAYS)
    for one in shown:
        one.waited = (today - one.acted_on).days
        one.late = one.waited > limit and one.state in selectors.HURRIED
    context = {
        "page": shown,
        "tabs": [(label, counts[key], query_with(request, tab=key), key == tab) for key, (label, _) in selectors.TABS.items()],
        "tab": tab,
        "today": today,
        "within": within,
        "programmes": [("", "全部"), *((one.code, one.name) for one in Programme.objects.order_by("code", "-start").distinct("code"))],
        "may_apply": can(request.user, "care.record"),
        "may_export": can(request.user, "member.export"),
        "bulk": [(act, LABELS[act][0]) for act, verb in selectors.BULK.items() if can(request.user, verb)],
        "may_set": can(request.user, "care.criteria"),
    }
    return page(request, "aid/cases.html", context, fragment="aid/_cases.html")


@login_required
@require_POST
def export(request):
    """The list as the URL narrows it, as a sheet: who, which programme, how much, which days. No words of need."""
    require(request.user, "care.see")
    require(request.user, "member.export")
    within, _, tab, filters = _found(request)
    rows = selectors.listed(request.user, tab=tab, **_narrowing(request, within, filters)).where(request.user, "member.export")
    file = export_cases(rows, by=request.user)
    return sheet_response(file, f"困难救助-{timezone.localdate()}.xlsx")


def _found(request):
    filters, within = CaseFilters(request.GET), organisation_asked(request, "care.see")
    tab = request.GET.get("tab", "open")
    rows = selectors.narrowed(request.user, **_narrowing(request, within, filters))
    return within, rows, tab if tab in selectors.TABS else "open", filters


def _narrowing(request, within, filters) -> dict:
    return {
        "within": within,
        "text": filters.asked("q") or "",
        "programme": filters.asked("programme") or "",
        "year": filters.asked("year"),
    }


@never_cache
@login_required
def case(request, uid):
    """One case: where it stands, the next act, and how it came here. Its words stay sealed until somebody opens them."""
    return _page_of(request, _case_or_404(request, uid))


@never_cache
@login_required
@require_POST
def reveal(request, uid):
    """The words of the case on the same page, once: every look is an audit row, and a reload looks again."""
    held = _case_or_404(request, uid)
    try:
        words = services.reveal(held, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _page_of(request, held, status=422)
    return _page_of(request, held, words=words)


@never_cache
@login_required
def file(request, uid, file):
    """A paper of the case; every opening is an audit row."""
    held = get_object_or_404(
        CaseFile.objects.visible_to(request.user).select_related("attachment", "case__organisation"), uid=file, case__uid=uid
    )
    try:
        return streamed(services.open_file(held, by=request.user))
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("aid:case", uid)


@login_required
@never_cache
@require_POST
@sensitive_post_parameters()
def act(request, uid, act):
    """Do one act; what is refused comes back on the same page with what was typed."""
    if act not in ACTS:
        raise Http404
    held, today = _case_or_404(request, uid), timezone.localdate()
    if not (act in {rules.RESUBMIT, rules.WITHDRAW} and held.member.user_id == request.user.pk):
        require(request.user, *selectors.verb_for(act, held))
    form = _form(request, held, act, today, request.POST, request.FILES)
    if form.is_valid():
        with refusals(form):
            ACTS[act](held, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, LABELS[act][1])
            return redirect("aid:case", uid)
    return _page_of(request, _case_or_404(request, uid), tried=(act, form), status=422)


@login_required
@never_cache
@require_POST
@sensitive_post_parameters()
def objection_new(request, uid):
    """Write down what was said against a case while its notice hangs."""
    held = _case_or_404(request, uid)
    require(request.user, "care.record", held.organisation)
    form = ObjectionForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.receive_objection(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "意见已登记，由别人调查答复；答复以前不付款。")
            return redirect("aid:case", uid)
    return _page_of(request, held, objecting=form, status=422)


@login_required
@never_cache
@require_POST
@sensitive_post_parameters()
def objection_answer(request, uid):
    """Answer an objection: it stands, and the approval falls, or it does not."""
    held = get_object_or_404(Objection.objects.visible_to(request.user).select_related("case__organisation", "case__member"), uid=uid)
    require(request.user, "care.review", held.case.organisation)
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.answer_objection(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已答复。")
            return redirect("aid:case", held.case.uid)
    return _page_of(request, _case_or_404(request, held.case.uid), answering=(held.pk, form), status=422)


def _case_or_404(request, uid) -> Case:
    related = ("programme", "member", "organisation", "claim__book__organisation", "payment")
    rows = Case.objects.visible_to(request.user).select_related(*related).defer("member__id_number")
    whole = (Prefetch("steps", Step.objects.select_related("by")), "recused", "objections__received_by", "objections__answered_by", "files")
    return get_object_or_404(rows.prefetch_related(*whole), uid=uid)


def _form(request, held: Case, act: str, today, data=None, files=None):
    kind = ACT_FORMS[act]
    more = {"lines": selectors.lines_for(request.user, [held.organisation], today)} if kind is ApproveForm else {}
    return kind(data, files, case=held, act=act, today=today, **more)


def _page_of(request, held: Case, *, words=None, tried=None, objecting=None, answering=None, status: int | None = None):
    user, today = request.user, timezone.localdate()
    is_own = held.member.user_id == user.pk
    if words is None and is_own and held.forgotten_at is None:
        words = services.reveal(held, by=user)  # one's own words are nobody's secret to oneself, and no look
    turn = selectors.turn_of(user, held, today)
    offered = [{"act": one, "label": LABELS[one][0], "form": _form(request, held, one, today)} for one in turn.acts]
    tried_act, form = tried or ("", None)
    if form is not None:
        offered = [one for one in offered if one["act"] != tried_act]
        offered.insert(0, {"act": tried_act, "label": LABELS[tried_act][0], "form": form})
    runs = held.state == rules.PUBLICITY and not rules.notice_is_over(held.notice_until, today)
    may_answer = held.state == rules.PUBLICITY and can(user, "care.review", held.organisation)
    pk, answer = answering or (None, None)
    context = {
        "case": held,
        "is_own": is_own,
        "words": words,
        "acts": offered,
        "why_not": turn.why_not,
        "steps": [(step, words["notes"].get(step.pk, "") if words else "") for step in held.steps.all()],
        "files": [(one, f"第 {n} 份") for n, one in enumerate(held.files.all(), start=1)],
        "objections": [
            (
                one,
                (words or {"objections": {}})["objections"].get(one.pk, ("", "")),
                answer if one.pk == pk else AnswerForm(auto_id=f"a{one.pk}_%s"),
            )
            for one in held.objections.all()
        ],
        "may_answer": may_answer,
        "objecting": objecting or (ObjectionForm() if runs and not is_own and can(user, "care.record", held.organisation) else None),
        "waited": (today - held.acted_on).days,
        "limit": value_on(today, LIMIT_DAYS) if held.state in selectors.HURRIED else None,
        "forget_on": rules.forget_on(held.closed_on, years=held.programme.retention_years) if held.closed_on else None,
        "today": today,
        "refused": form or objecting or answer,
    }
    return page(request, "aid/case.html", context, status=status)
