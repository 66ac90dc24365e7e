"""责任区: opened, who answers for it, closed."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.models import Member
from members.outreach.forms import AreaForm, CloseForm, JoinForm, PartForm
from members.outreach.models import Area, AreaDuty
from members.outreach.services import areas as services
from members.outreach.views import done, end_page, new_of_branch
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page


@login_required
def area_new(request):
    """Open a grid or a centre household of a branch."""
    kind = Area.Kind.CENTRE if request.GET.get("kind") == Area.Kind.CENTRE else Area.Kind.GRID
    return new_of_branch(
        request,
        AreaForm,
        services.open_area,
        initial={"kind": kind},
        said=lambda area: f"{area.name}已设好。",
        to="outreach:area",
        title="划网格、设中心户",
        act="设好",
        tab="centres" if kind == Area.Kind.CENTRE else "grids",
    )


@login_required
def area(request, uid):
    """Who answers for an area, and the form to add one."""
    held = _area_or_404(request, uid)
    form = JoinForm(request.POST or None, organisation=held.organisation, initial={"on": timezone.localdate()})
    if request.method == "POST":
        require(request.user, "member.edit", held.organisation)
    if going_on := done(request, form, partial(services.join, held), said=lambda duty: "已记下。", to=lambda duty: request.path):
        return going_on
    answering = held.duties.select_related("member").order_by("end", "role", "start")
    context = {
        "area": held,
        "answering": [duty for duty in answering if duty.end is None],
        "former": [duty for duty in answering if duty.end is not None],
        "form": form,
        "may_edit": held.end is None and can(request.user, "member.edit", held.organisation),
    }
    return page(request, "outreach/area.html", context, status=422 if form.errors else None)


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
    return end_page(
        request,
        held,
        CloseForm,
        services.close_area,
        said=f"{held.name}已撤销。",
        to="outreach:area",
        title=f"撤销{held.name}",
        note="责任党员的任务随之结束，以前的记录都保留。",
        act="撤销",
        back=held.name,
        tab="grids" if held.kind == Area.Kind.GRID else "centres",
    )


def _area_or_404(request, uid) -> Area:
    return get_object_or_404(Area.objects.visible_to(request.user).select_related("organisation"), uid=uid)
