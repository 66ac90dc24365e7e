"""One of the 三员: sent out, what was done, called back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.outreach.forms import DispatchForm, EndForm, VisitForm
from members.outreach.models import Dispatch, Visit
from members.outreach.services import dispatches as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refuse
from partyportal.core.htmx import page


@login_required
def dispatch_new(request):
    """Send somebody to an organisation."""
    require(request.user, "outreach.dispatch")
    organisations = Organisation.objects.where(request.user, "outreach.dispatch").existing()
    initial = {"start": timezone.localdate(), "organisation": request.GET.get("organisation", "")}
    form = DispatchForm(request.POST or None, initial=initial, by=request.user, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        try:
            sent = services.send(by=request.user, **form.cleaned_data)
        except (DomainError, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{sent.member.name}已派到{sent.organisation.short_name}。")
            return redirect("outreach:dispatch", sent.uid)
    return page(request, "outreach/dispatch_new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def dispatch(request, uid):
    """What somebody sent out did, and the form for the next record."""
    held = _dispatch_or_404(request, uid)
    today = timezone.localdate()
    form = VisitForm(request.POST or None, initial={"day": today})
    if request.method == "POST":
        require(request.user, "member.edit", held.organisation)
        if form.is_valid():
            try:
                services.record_visit(held, by=request.user, today=today, **form.cleaned_data)
            except (DomainError, ValidationError) as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "已记下。")
                return redirect("outreach:dispatch", uid)
    return _dispatch_page(request, held, form=form)


@login_required
def dispatch_end(request, uid):
    """Call somebody back."""
    held = _dispatch_or_404(request, uid)
    require(request.user, "outreach.dispatch", held.organisation)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.call_back(held, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{held.member.name}的派驻已结束。")
            return redirect("outreach:dispatch", uid)
    return page(request, "outreach/end.html", _ending(held, form), status=422 if form.errors else 200)


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


def _dispatch_page(request, held: Dispatch, *, form: VisitForm):
    context = {
        "dispatch": held,
        "visits": list(held.visits.select_related("recorded_by")),
        "form": form,
        "may_record": can(request.user, "member.edit", held.organisation),
        "may_end": held.end is None and can(request.user, "outreach.dispatch", held.organisation),
    }
    return page(request, "outreach/dispatch.html", context, status=422 if form.errors else 200)


def _ending(held: Dispatch, form: EndForm) -> dict:
    return {
        "form": form,
        "title": f"结束{held.member.name}的派驻",
        "note": f"{held.get_kind_display()}，派在{held.organisation}。已有的记录都保留。",
        "act": "结束派驻",
        "back": held.member.name,
        "back_url": reverse("outreach:dispatch", args=[held.uid]),
    }
