"""评选通知: the list with its counts, one call with whoever is put forward, a new one, its acts, and its notice on paper."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.days import year_named
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, query_with, text_asked
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.workdays import calendar
from points.honours import duties, rules, services
from points.honours.forms import FORMS, CallForm
from points.honours.models import Call, Step
from points.honours.parameters import PUBLICITY_WORKDAYS
from points.honours.selectors import calls as selectors
from points.honours.selectors.honours import statistics
from points.honours.views.years import year_options

CALLS_A_PAGE = 50
Act = Step.Act
DONE = {
    Act.EXTEND: "已延长，支部在“要办的事”里看得到新的截止日期。",
    Act.CANCEL: "已取消，原因写在经过里。",
    Act.PUBLICISE: "已开始公示。公示单可以打印出来贴。",
    Act.DECIDE: "已登记表彰决定，荣誉和积分都记上了。",
}
HEADINGS = (
    *("推荐的党组织", "上级党组织", "姓名（党组织）", "称号", "主要事迹", "会议", "会议日期"),
    *("应到会", "实到会", "赞成", "推荐日期", "状态", "积分"),
)


@login_required
def calls(request):
    """Calls under way and over, narrowed by the address alone; with how many honours stand, by year and kind."""
    lists, today = selectors.tabbed(request.user), timezone.localdate()
    tab = request.GET.get("tab") if request.GET.get("tab") in lists else "open"
    found = selectors.narrowed(
        lists[tab], q=text_asked(request), kind=request.GET.get("kind", ""), year=year_named(request.GET.get("year"))
    )
    listed = Paginator(found.select_related("organiser"), CALLS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "lines": [selectors.line_of(call, today) for call in listed.object_list],
        "tab": tab,
        "tabs": [(label, f"?tab={key}", lists[key].count(), key == tab) for key, label in selectors.TABS],
        "kinds": [("", "不限"), *Call.Kind.choices],
        "years": year_options(today),
        "statistics": statistics(request.user),
        "may_issue": can(request.user, "honour.decide"),
        "duties": duties.due(request.user, today) if tab == "open" else [],
        "today": today,
        "looks_around": bool(paths_for(request.user)),
    }
    return page(request, "honours/calls.html", context, fragment="honours/_calls.html")


@login_required
def new(request):
    """Enter a call of one's own organisation; the places may be shared out to what hangs right below it."""
    require(request.user, "honour.decide")
    today, mine = timezone.localdate(), Organisation.objects.where(request.user, "honour.decide").existing()
    mine = mine.exclude(kind__in=[Organisation.Kind.BRANCH, Organisation.Kind.GROUP])
    if code := request.GET.get("organisation"):
        organiser = get_object_or_404(mine, code=code)
    else:
        organiser = mine.order_by("path").first()
    if organiser is None:
        raise PermissionDenied("honour.decide")
    below = list(organiser.children.existing().exclude(kind=Organisation.Kind.GROUP).order_by("code"))
    initial = {"issued_on": today, "opens_on": today, "year": today.year, "needs_full": True, "needs_unpunished": True}
    form = CallForm(request.POST or None, below=below, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            call = services.issue(organiser=organiser, by=request.user, today=today, **form.said)
            messages.success(request, "已印发。下级在“要办的事”里看得到，推荐到截止那天。")
            return redirect("honours:call", call.uid)
    others = list(mine.exclude(pk=organiser.pk).order_by("code")[:60])
    context = {"form": form, "organiser": organiser, "others": others}
    return page(request, "honours/new.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def call(request, uid):
    """One call: places left, who is put forward in which state, what comes next and how it came here."""
    row = _call_or_404(request, uid)
    if request.GET.get("format") == "xlsx":
        return _exported(request, row)
    return _page_of(request, row)


@never_cache
@login_required
@require_POST
def act(request, uid, act):
    """Do one act of a call. What is refused comes back on the same page with what was typed."""
    row = _call_or_404(request, uid)
    if act not in DONE:
        raise Http404
    require(request.user, "honour.decide", row.organiser)
    form = FORMS[act](request.POST, auto_id=f"{act}-%s")
    if form.is_valid():
        with refusals(form):
            getattr(services, act)(row, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, DONE[act])
            return redirect("honours:call", uid)
    return _page_of(request, _call_or_404(request, uid), act=act, form=form, status=422)


@never_cache
@login_required
def notice(request, uid):
    """公示 on one sheet: who, of where, until when, and whom to tell. Read by everybody the call is addressed to."""
    row = _call_or_404(request, uid)
    if row.public_from is None:
        raise Http404
    context = {
        "call": row,
        "line": selectors.line_of(row, timezone.localdate()),
        "candidates": selectors.publicised(row),
        "workdays": calendar().count(row.public_from, row.public_until),
        "beyond": calendar().beyond(row.public_from, row.public_until),
    }
    return page(request, "honours/notice.html", context)


def _call_or_404(request, uid) -> Call:
    return get_object_or_404(Call.objects.visible_to(request.user).select_related("organiser", "issued_by"), uid=uid)


def _page_of(request, row: Call, *, act: str = "", form=None, status: int | None = None):
    user, today = request.user, timezone.localdate()
    line = selectors.line_of(row, today)
    offered = selectors.offers(user, line)
    if act and act not in {one.act for one in offered}:  # somebody was quicker, or the day went by: say so
        messages.error(request, "；".join(form.non_field_errors()) or f"这次评选{line.label}，现在办不了这一步。")
        act = ""
    nominations = selectors.nominations_of(row, user)
    waiting = sum(one.nomination.state == "nominated" for one in nominations)
    if waiting and not act:  # nothing is public before all is reviewed: the page says so instead of offering it
        offered = [one for one in offered if one.act != Act.PUBLICISE]
    context = {
        "call": row,
        "line": line,
        "steps": [] if line.stage == rules.CANCELLED else selectors.STEPS,
        "current": selectors.WAY.get(line.stage, ""),
        "nominations": nominations,
        "waiting": waiting,
        "shares": list(row.shares.select_related("organisation")),
        "offers": [(one, form if one.act == act else _form_of(row, one.act, today)) for one in offered],
        "may_nominate": selectors.may_nominate(user, line),
        "may_export": bool(nominations) and can(user, "member.export"),
        "history": selectors.history(row.steps.filter(nomination=None).select_related("by").order_by("-id")),
        "export_query": query_with(request, format="xlsx"),
    }
    return page(request, "honours/call.html", context, status=status)


def _form_of(row: Call, act: str, today):
    """An act's form, filled with what is usual."""
    initial = {"start": today, "day": today, "workdays": value_on(today, PUBLICITY_WORKDAYS)} if act in {Act.PUBLICISE, Act.DECIDE} else {}
    return FORMS[act](initial=initial, auto_id=f"{act}-%s")


def _exported(request, row: Call) -> FileResponse:
    """推荐汇总表: the nominations in sight as a sheet to hand upward; names, no numbers of people."""
    require(request.user, "member.export")
    lines = selectors.nominations_of(row, request.user)
    with_rows = (_exported_row(line) for line in lines)
    file = write_xlsx(HEADINGS, with_rows, title=f"{row}推荐汇总表", sheet="推荐汇总", widths={"主要事迹": 60, "推荐的党组织": 24})
    audit.record("honours.nominations.exported", row, by=request.user, path=row.organiser.path, rows=len(lines))
    return sheet_response(file, f"{row}推荐汇总表.xlsx")


def _exported_row(line: selectors.NominationLine) -> tuple:
    one = line.nomination
    return (
        *(one.organisation.name, one.organisation.parent.short_name if one.organisation.parent else "", one.candidate, one.call.title),
        *(one.deeds, one.get_meeting_display(), one.met_on, one.entitled, one.present, one.in_favour),
        *(one.nominated_on, one.get_state_display(), line.points),
    )
