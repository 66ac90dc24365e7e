"""双重管理: asking a branch of the county, its answer, the year's word home, the end. Both sides see one page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.mobility.forms import DeclineForm, EndHostingForm, HostingForm, ReportForm
from members.mobility.models import Hosting, Outflow
from members.mobility.services import hosting as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@login_required
def hosting_new(request, uid):
    """Ask a branch of the county to take a mobile member on."""
    held = get_object_or_404(Outflow.objects.visible_to(request.user).select_related("member__branch"), uid=uid)
    require(request.user, "mobility.record", held.member.branch)
    today = timezone.localdate()
    form = HostingForm(request.POST or None, initial={"start": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            asked = services.ask_hosting(held, today=today, by=request.user, **form.cleaned_data)
            messages.success(request, f"已请{asked.host}接收，他们答复后名册上就有{held.member.name}。")
            return redirect("mobility:outflow", uid)
    status = 422 if form.is_bound and form.errors else None
    return page(request, "mobility/hosting_new.html", {"outflow": held, "form": form}, status=status)


@login_required
def hosting(request, uid):
    """One hosting, seen from either side: what waits, since when, what was told home."""
    return _hosting_page(request, _held(request, uid))


@login_required
@require_POST
def hosting_accept(request, uid):
    """The host takes the member on."""
    held = _held(request, uid)
    require(request.user, "mobility.record", held.host)
    try:
        services.accept(held, today=timezone.localdate(), by=request.user)
        messages.success(request, f"已接收。{held.start:%Y-%m-%d} 起的会议名册上有{held.member.name}，到了就点“来了”，记到原支部名下。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("mobility:hosting", uid)


@login_required
@require_POST
def hosting_decline(request, uid):
    """The host does not take the member on, and says why."""
    held = _held(request, uid)
    require(request.user, "mobility.record", held.host)
    form = DeclineForm(request.POST)
    return _acted(request, held, form, "declining", "已答复不接收，原支部会看到原因。", lambda said: services.decline(held, **said))


@login_required
@require_POST
def hosting_end(request, uid):
    """Either side ends it."""
    held = _held(request, uid)
    if not can(request.user, "mobility.record", held.host):
        require(request.user, "mobility.record", held.member.branch)
    form = EndHostingForm(request.POST)
    return _acted(request, held, form, "ending", "已终止，以前记的都留着。", lambda said: services.end_hosting(held, **said))


@login_required
@require_POST
def hosting_report(request, uid):
    """The host tells the home branch."""
    held = _held(request, uid)
    require(request.user, "mobility.record", held.host)
    form = ReportForm(request.POST)
    return _acted(request, held, form, "reporting", "已反馈给原支部。", lambda said: services.report_home(held, **said))


def _acted(request, held: Hosting, form, name: str, done: str, act):
    """Do what a form of this page asks; refused, the page comes back with what was typed."""
    if form.is_valid():
        with refusals(form):
            act(form.cleaned_data | {"today": timezone.localdate(), "by": request.user})
            messages.success(request, done)
            return redirect("mobility:hosting", held.uid)
    return _hosting_page(request, held, status=422, **{name: form, "refused": form})


def _held(request, uid) -> Hosting:
    rows = Hosting.objects.visible_to(request.user).select_related("member__branch", "host", "outflow", "asked_by", "answered_by")
    return get_object_or_404(rows, uid=uid)


def _hosting_page(request, held: Hosting, *, status: int | None = None, **forms):
    user, today = request.user, timezone.localdate()
    is_host, is_home = can(user, "mobility.record", held.host), can(user, "mobility.record", held.member.branch)
    accepted, open_now = held.state == Hosting.State.ACCEPTED, held.end is None
    context = {
        "hosting": held,
        "reports": held.reports.select_related("written_by"),
        "is_home": is_home,
        "may_answer": is_host and held.state == Hosting.State.ASKED and open_now,
        "may_report": is_host and accepted,
        "may_end": (is_host or is_home) and held.state != Hosting.State.DECLINED and open_now,
        "declining": DeclineForm(),
        "ending": EndHostingForm(initial={"on": today}),
        "reporting": ReportForm(),
        "refused": None,
    } | forms
    return page(request, "mobility/hosting.html", context, status=status)
