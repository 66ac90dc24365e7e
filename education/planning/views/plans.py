"""年度计划: a branch's year by month, who has a plan, and a day added, moved or taken out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from education.planning import services
from education.planning.forms import EntryChangeForm, EntryForm
from education.planning.models import PlanEntry, YearPlan
from education.planning.selectors.plans import grid_of, overview, record_url, year_of
from education.planning.views.scope import own_branch, place, year_asked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named
from partyportal.core.sheets import sheet_response, write_xlsx

BRANCHES_A_PAGE = 50
HEADINGS = ("党支部", "代码", "日期", "种类", "党小组", "主题", "地点")


@login_required
def plan(request):
    """Of a branch its year, printable; of a committee which branches have a plan and which not."""
    organisation, year, today = place(request), year_asked(request), timezone.localdate()
    if request.GET.get("format") == "xlsx":
        return _exported(request, organisation, year)
    context = {"organisation": organisation, "year": year, "years": [(y, f"{y} 年") for y in range(today.year + 1, today.year - 3, -1)]}
    if organisation.is_branch:
        context |= {
            "plan": YearPlan.objects.filter(organisation=organisation, year=year).select_related("made_by").first(),
            "months": (months := year_of(organisation, year, today=today)),
            "grid": grid_of(months),
            "this_month": today.month if today.year == year else 0,
            "may_plan": can(request.user, "education.record", organisation) and year >= today.year,
            "fields": {"organisation": organisation.code, "year": year},
        }
        return page(request, "planning/plan.html", context)
    branches = Organisation.objects.visible_to(request.user).within(organisation).branches().existing()
    total, made = branches.count(), YearPlan.objects.within(organisation).filter(year=year, organisation__in=branches).count()
    rows = overview(branches.select_related("parent"), year, today=today).order_by("code")
    state = request.GET.get("state", "")
    if state in {"with", "without"}:
        rows = rows.filter(plan_uid__isnull=state == "without")
    context |= {
        "page": Paginator(rows, BRANCHES_A_PAGE).get_page(request.GET.get("page")),
        "total": total,
        "made": made,
        "states": [("", "全部"), ("without", "还没有计划"), ("with", "有计划")],
    }
    return page(request, "planning/plans.html", context, fragment="planning/_plans.html")


def _exported(request, organisation: Organisation, year: int) -> FileResponse:
    entries = PlanEntry.objects.standing().visible_to(request.user).within(organisation).filter(plan__year=year)
    rows = entries.select_related("plan__organisation", "group").order_by("plan__organisation__code", "planned_on", "id")[:50_000]
    told = [
        (
            e.plan.organisation.name,
            e.plan.organisation.code,
            e.planned_on,
            e.get_kind_display(),
            e.group.name if e.group else "",
            e.topic,
            e.place,
        )
        for e in rows
    ]
    audit.record("planning.plan.exported", by=request.user, path=organisation.path, year=year, rows=len(told))
    file = write_xlsx(HEADINGS, told, sheet=f"{year} 年计划", text_columns=("代码",), widths={"党支部": 36, "主题": 40})
    return sheet_response(file, f"组织生活计划-{year}.xlsx")


@login_required
@require_POST
def plan_make(request):
    """Make the plan from what is required, in one click."""
    branch = get_object_or_404(Organisation.objects.visible_to(request.user).branches(), code=request.POST.get("organisation"))
    require(request.user, "education.record", branch)
    year = number_named(request.POST.get("year")) or 0
    try:
        services.make_plan(organisation=branch, year=year, by=request.user, today=timezone.localdate())
        messages.success(request, "按应开次数排好了，日子照往年的。改不合适的就行。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(_url(branch, year))


@login_required
def entry_new(request):
    """One more day."""
    branch, year, today = own_branch(request), year_asked(request), timezone.localdate()
    require(request.user, "education.record", branch)
    groups = Organisation.objects.filter(parent=branch, kind=Organisation.Kind.GROUP).existing()
    form = EntryForm(request.POST or None, groups=groups, initial={"kind": "lecture"})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.add_entry(organisation=branch, year=year, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, "已加进计划，到日子前会提醒。")
            return redirect(_url(branch, year))
    context = {"branch": branch, "year": year, "form": form, "back": _url(branch, year)}
    return page(request, "planning/entry_new.html", context, status=422 if form.errors else None)


@login_required
def entry(request, uid):
    """A planned day: moved, worded, taken out, or recorded."""
    rows = PlanEntry.objects.visible_to(request.user).select_related("plan__organisation", "group", "planned_by", "replaces")
    held = get_object_or_404(rows, uid=uid)
    branch = held.plan.organisation
    require(request.user, "education.record", branch)
    initial = {"planned_on": held.planned_on, "topic": held.topic, "place": held.place}
    form = EntryChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            if request.POST.get("act") == "drop":
                services.drop_entry(held, why=form.cleaned_data["why"], by=request.user)
                messages.success(request, "已从计划里去掉。应开的会还是应开。")
            else:
                services.change_entry(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
                messages.success(request, "计划已改。")
            return redirect(_url(branch, held.plan.year))
    context = {"entry": held, "branch": branch, "form": form, "back": _url(branch, held.plan.year), "record_url": record_url(held)}
    return page(request, "planning/entry.html", context, status=422 if form.errors else None)


def _url(branch: Organisation, year) -> str:
    return f"{reverse('planning:plan')}?organisation={branch.code}&year={year}"
