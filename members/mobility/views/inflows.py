"""流入 and 流动党员党组织: members of elsewhere who stay here; organisations founded for those away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.mobility.forms import EndInflowForm, FoundingForm, InflowForm
from members.mobility.models import Inflow
from members.mobility.services import inflows as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@login_required
def inflow_new(request):
    """Register somebody of elsewhere who stays here."""
    require(request.user, "mobility.record")
    branches = Organisation.objects.where(request.user, "mobility.record").branches().existing()
    only = list(branches[:2])
    today = timezone.localdate()
    initial = {"start": today, "branch": only[0].short_name if len(only) == 1 else ""}
    form = InflowForm(request.POST or None, branches=branches, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            with transaction.atomic():
                inflow = services.register_inflow(today=today, by=request.user, **form.cleaned_data)
            messages.success(request, f"{inflow.name}已登记为流入党员。")
            return redirect("mobility:inflow", inflow.uid)
    return page(request, "mobility/inflow_new.html", {"form": form}, status=422 if form.is_bound and form.errors else None)


@never_cache
@login_required
def inflow(request, uid):
    """One who stays here; the phone masked."""
    return _inflow_page(request, _held(request, uid))


@never_cache
@login_required
@require_POST
def inflow_reveal(request, uid):
    """The whole phone number, once; every look is an audit row."""
    held = _held(request, uid)
    require(request.user, "member.reveal", held.branch)
    return _inflow_page(request, held, shown=services.reveal_phone(held, by=request.user))


@login_required
@require_POST
def inflow_mark(request, uid):
    """Note today as the day of reporting here, or of telling the home branch."""
    held = _held(request, uid)
    require(request.user, "mobility.record", held.branch)
    today = timezone.localdate()
    try:
        services.mark_inflow(held, what=request.POST.get("what", ""), on=today, today=today, by=request.user)
        messages.success(request, "已记下。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("mobility:inflow", uid)


@login_required
@require_POST
def inflow_end(request, uid):
    """The person left, or the relation came."""
    held = _held(request, uid)
    require(request.user, "mobility.record", held.branch)
    form = EndInflowForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.end_inflow(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, f"{held.name}的流入登记已了结。")
            return redirect("mobility:inflow", uid)
    return _inflow_page(request, held, ending=form, refused=form, status=422)


@login_required
def founding_new(request):
    """Found a 流动党员党支部, with the paper of the county committee."""
    require(request.user, "organisation.edit")
    form = FoundingForm(request.POST or None, organisations=Organisation.objects.where(request.user, "organisation.edit"))
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            with transaction.atomic():
                founding = services.found_mobile_branch(today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, f"{founding.organisation}已成立，可以接收流动党员就近参加。")
            return redirect("branches:organisation", founding.organisation.code)
    return page(request, "mobility/founding_new.html", {"form": form}, status=422 if form.is_bound and form.errors else None)


def _held(request, uid) -> Inflow:
    rows = Inflow.objects.visible_to(request.user).select_related("branch", "registered_by")
    return get_object_or_404(rows, uid=uid)


def _inflow_page(request, held: Inflow, *, status: int | None = None, **more):
    context = {
        "inflow": held,
        "may_record": can(request.user, "mobility.record", held.branch) and held.end is None,
        "may_reveal": can(request.user, "member.reveal", held.branch) and bool(held.phone_masked),
        "ending": EndInflowForm(initial={"on": timezone.localdate()}),
        "shown": "",
        "refused": None,
        "reported": {"what": "reported_on"},
        "told_home": {"what": "told_home_on"},
    } | more
    return page(request, "mobility/inflow.html", context, status=status)
