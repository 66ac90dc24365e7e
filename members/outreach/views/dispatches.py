"""One of the 三员: sent out, what was done, called back."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.outreach.forms import DispatchForm, EndForm, VisitForm
from members.outreach.models import Dispatch, Visit
from members.outreach.services import dispatches as services
from members.outreach.views import done, end_page, new_page
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page


@login_required
def dispatch_new(request):
    """Send somebody to an organisation."""
    require(request.user, "outreach.dispatch")
    form = DispatchForm(
        request.POST or None,
        by=request.user,
        organisations=Organisation.objects.where(request.user, "outreach.dispatch").existing(),
        initial={"start": timezone.localdate(), "organisation": request.GET.get("organisation", "")},
    )
    return new_page(
        request,
        form,
        services.send,
        said=lambda sent: f"{sent.member.name}已派到{sent.organisation.short_name}。",
        to="outreach:dispatch",
        title="派驻",
        note="派党员到支部当辅导员、服务员或联络员。他做的事记在这里，算他的记实。",
        act="派驻",
        tab="dispatches",
    )


@login_required
def dispatch(request, uid):
    """What somebody sent out did, and the form for the next record."""
    held = _dispatch_or_404(request, uid)
    today = timezone.localdate()
    form = VisitForm(request.POST or None, initial={"day": today})
    if request.method == "POST":
        require(request.user, "member.edit", held.organisation)
    visit = partial(services.record_visit, held, today=today)
    if going_on := done(request, form, visit, said=lambda row: "已记下。", to=lambda row: request.path):
        return going_on
    context = {
        "dispatch": held,
        "visits": list(held.visits.select_related("recorded_by")),
        "form": form,
        "may_record": can(request.user, "member.edit", held.organisation),
        "may_end": held.end is None and can(request.user, "outreach.dispatch", held.organisation),
    }
    return page(request, "outreach/dispatch.html", context, status=422 if form.errors else None)


@login_required
def dispatch_end(request, uid):
    """Call somebody back."""
    held = _dispatch_or_404(request, uid)
    require(request.user, "outreach.dispatch", held.organisation)
    return end_page(
        request,
        held,
        EndForm,
        services.call_back,
        said=f"{held.member.name}的派驻已结束。",
        to="outreach:dispatch",
        title=f"结束{held.member.name}的派驻",
        note=f"{held.get_kind_display()}，派在{held.organisation}。已有的记录都保留。",
        act="结束派驻",
        back=held.member.name,
        tab="dispatches",
    )


@login_required
@require_POST
def visit_void(request, uid):
    """Take back a record made by mistake."""
    held = get_object_or_404(Visit.objects.visible_to(request.user).select_related("dispatch__organisation"), uid=uid)
    require(request.user, "member.edit", held.dispatch.organisation)
    try:
        services.void_visit(held, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "这条记录已作废，不再计入。")
    return redirect("outreach:dispatch", held.dispatch.uid)


def _dispatch_or_404(request, uid) -> Dispatch:
    return get_object_or_404(Dispatch.objects.visible_to(request.user).select_related("member__branch", "organisation"), uid=uid)
