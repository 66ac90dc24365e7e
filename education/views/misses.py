"""A missed meeting: why, when it is made up, by which meeting. And the page of what is required."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from branches.access import can, require, require_sight
from branches.models import Organisation
from education import services
from education.forms.misses import MissForm, RequirementEndForm, RequirementForm
from education.models import MakeUp, Meeting, Requirement
from education.rules import period_words
from education.selectors.misses import miss_page
from partyportal.core.days import month_named
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals, refuse
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named


@login_required
def miss(request):
    """One cell of a branch that was missed: explained here, or made up by a later meeting."""
    require_sight(request.user)
    seen = Organisation.objects.visible_to(request.user)
    branch = get_object_or_404(seen.branches().select_related("parent"), code=request.GET.get("organisation"))
    code = request.GET.get("group")
    group = get_object_or_404(seen, code=code, kind=Organisation.Kind.GROUP) if code else None
    kind, month, today = request.GET.get("kind"), _month(request), timezone.localdate()
    if kind not in Meeting.Kind.values:
        raise Http404
    form = MissForm()
    if request.method == "POST":
        require(request.user, "education.record", branch)
        form = MissForm(request.POST) if request.POST.get("act") == "explain" else MissForm()
        try:
            if done := _act(request, form, {"organisation": branch, "group": group, "kind": kind, "month": month, "today": today}):
                messages.success(request, done)
                return redirect(request.get_full_path())
        except DomainError as refusal:
            if form.is_bound:
                refuse(form, refusal)
            else:
                messages.error(request, refusal.message)
                return redirect(request.get_full_path())
    told = miss_page(organisation=branch, group=group, kind=kind, month=month)
    if told.standing and not form.is_bound:
        form = MissForm(initial={"reason": told.standing.reason, "words": told.standing.words, "make_up_on": told.standing.make_up_on})
    context = {
        "branch": branch,
        "group": group,
        "kind": Meeting.Kind(kind),
        "month": month,
        "told": told,
        "words": period_words(told.cell.period, month) if told.cell else f"{month.month} 月",
        "form": form,
        "may_record": can(request.user, "education.record", branch),
        "record_url": f"{reverse('education:record')}?organisation={branch.code}&kind={kind}" + (f"&group={group.code}" if group else ""),
    }
    return page(request, "education/miss.html", context, status=422 if form.errors else None)


def _act(request, form: MissForm, at: dict) -> str:
    """What was asked of the page; the sentence that says it was done, or nothing if the form is refused."""
    act, by = request.POST.get("act"), request.user
    if act == "explain":
        if not form.is_valid():
            return ""
        services.explain_miss(by=by, **at, **form.cleaned_data)
        return "说明已记下，上级能看到。"
    uid = request.POST.get("uid", "")
    if act == "make_up":
        same = Meeting.objects.filter(organisation=at["organisation"], group=at["group"], kind=at["kind"])
        services.make_up(get_object_or_404(same, uid=uid), month=at["month"], by=by)
        return "已算作补课。"
    if act == "take_back":
        standing = MakeUp.objects.standing().filter(meeting__organisation=at["organisation"], month=at["month"])
        services.take_back_make_up(get_object_or_404(standing, uid=uid), by=by)
        return "已取消，那次会仍算它自己那个月的。"
    raise Http404


@login_required
def requirements(request):
    """What is due how often, and by what; the department ends one and begins another, from a day on."""
    require_sight(request.user)
    today = timezone.localdate()
    form, ending = RequirementForm(initial={"start": today}), RequirementEndForm(initial={"end": today})
    if request.method == "POST":
        require(request.user, "assessment.set")
        if request.POST.get("act") == "end":
            ending = RequirementEndForm(request.POST)
            if ending.is_valid():
                held = get_object_or_404(Requirement, pk=number_named(request.POST.get("requirement")))
                with refusals(ending):
                    services.end_requirement(held, by=request.user, today=today, **ending.cleaned_data)
                    messages.success(request, "已定下停的日期，以前的月份不变。")
                    return redirect("education:requirements")
        else:
            form = RequirementForm(request.POST)
            if form.is_valid():
                with refusals(form):
                    services.begin_requirement(by=request.user, today=today, **form.cleaned_data)
                    messages.success(request, "已定下，从那个月起算。")
                    return redirect("education:requirements")
    standing = Requirement.objects.on(today).values_list("pk", flat=True)
    order = list(Meeting.Kind.values)
    rows = sorted(
        Requirement.objects.filter(organisation_kind="branch").select_related("set_by"), key=lambda r: (order.index(r.kind), r.start)
    )
    context = {
        "rows": [(row, row.pk in set(standing), row.start > today, {"act": "end", "requirement": row.pk}) for row in rows],
        "without": [kind.label for kind in Meeting.Kind if kind.value not in {row.kind for row in rows}],
        "form": form,
        "ending": ending,
        "endable": [(row.pk, f"{row}，{row.start:%Y-%m-%d} 起") for row in rows if row.end is None],
        "chosen": request.POST.get("requirement", ""),
        "may_set": can(request.user, "assessment.set"),
    }
    return page(request, "education/requirements.html", context, status=422 if form.errors or ending.errors else None)


def _month(request) -> date:
    if month := month_named(request.GET.get("month", "")):
        return month
    raise Http404
