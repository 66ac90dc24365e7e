"""责任区: opened, who answers for it, closed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.models import Member
from members.outreach.forms import AreaForm, EndForm, JoinForm, PartForm
from members.outreach.models import Area, AreaDuty
from members.outreach.services import areas as services
from members.outreach.views import branch_asked, branches_to_choose
from partyportal.core.errors import DomainError
from partyportal.core.forms import refuse
from partyportal.core.htmx import page


@login_required
def area_new(request):
    """Open a grid or a centre household of a branch."""
    require(request.user, "member.edit")
    branch = branch_asked(request)
    if branch is None:
        return page(request, "outreach/choose.html", {"title": "划网格、设中心户", "branches": branches_to_choose(request)})
    initial = {"start": timezone.localdate(), "kind": request.GET.get("kind") or Area.Kind.GRID}
    form = AreaForm(request.POST or None, organisation=branch, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            area = services.open_area(organisation=branch, by=request.user, **form.cleaned_data)
        except (DomainError, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{area.name}已设好。")
            return redirect("outreach:area", area.uid)
    context = {"form": form, "branch": branch, "title": "划网格、设中心户", "act": "设好", "tab": "grids"}
    return page(request, "outreach/new.html", context, status=422 if form.errors else 200)


@login_required
def area(request, uid):
    """Who answers for an area, and the form to add one."""
    held = _area_or_404(request, uid)
    form = JoinForm(request.POST or None, organisation=held.organisation, initial={"on": timezone.localdate()})
    if request.method == "POST":
        require(request.user, "member.edit", held.organisation)
        if form.is_valid():
            try:
                services.join(held, by=request.user, **form.cleaned_data)
            except (DomainError, ValidationError) as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "已记下。")
                return redirect("outreach:area", uid)
    answering = held.duties.select_related("member").order_by("end", "role", "start")
    context = {
        "area": held,
        "answering": [duty for duty in answering if duty.end is None],
        "former": [duty for duty in answering if duty.end is not None],
        "form": form,
        "may_edit": held.end is None and can(request.user, "member.edit", held.organisation),
    }
    return page(request, "outreach/area.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def area_part(request, uid):
    """End a member's part in an area today."""
    held = _area_or_404(request, uid)
    require(request.user, "member.edit", held.organisation)
    form = PartForm(request.POST, people=Member.objects.filter(pk__in=AreaDuty.objects.filter(area=held).values("member")))
    if not form.is_valid():
        raise Http404
    member = form.cleaned_data["member"]
    try:
        services.part(held, member=member, on=timezone.localdate(), by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{member.name}不再负责{held.name}。")
    return redirect("outreach:area", uid)


@login_required
def area_close(request, uid):
    """Close an area."""
    held = _area_or_404(request, uid)
    require(request.user, "member.edit", held.organisation)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    del form.fields["note"]
    if request.method == "POST" and form.is_valid():
        try:
            services.close_area(held, on=form.cleaned_data["on"], by=request.user)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{held.name}已撤销。")
            return redirect("outreach:area", uid)
    context = {
        "form": form,
        "title": f"撤销{held.name}",
        "note": "责任党员的任务随之结束，以前的记录都保留。",
        "act": "撤销",
        "back": held.name,
        "back_url": reverse("outreach:area", args=[held.uid]),
    }
    return page(request, "outreach/end.html", context, status=422 if form.errors else 200)


def _area_or_404(request, uid) -> Area:
    return get_object_or_404(Area.objects.visible_to(request.user).select_related("organisation"), uid=uid)
