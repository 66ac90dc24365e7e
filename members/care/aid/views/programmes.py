"""救助项目: what a county gives, with its source; a change is a new version."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.care.aid import services
from members.care.aid.forms import ProgrammeForm
from members.care.aid.models import Programme
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.uid import uid_named


@login_required
def programmes(request):
    """Every programme with its versions; rules name nobody, so whoever records may read them."""
    require(request.user, "care.record")
    today = timezone.localdate()
    rows = list(Programme.objects.order_by("code", "-start"))
    in_force = {one.pk for one in Programme.objects.on(today)}
    context = {"rows": [(one, one.pk in in_force) for one in rows], "may_set": can(request.user, "care.criteria"), "today": today}
    return page(request, "aid/programmes.html", context)


@login_required
def programme_new(request):
    """A new programme, or the next version of the one asked for."""
    require(request.user, "care.criteria")
    today = timezone.localdate()
    before = get_object_or_404(Programme, uid=uid_named(request.GET["after"])) if request.GET.get("after") else None
    initial = {name: getattr(before, name) for name in ProgrammeForm.base_fields} if before else {}
    form = ProgrammeForm(request.POST or None, initial=initial | {"start": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.set_programme(by=request.user, today=today, **form.cleaned_data)
            messages.success(request, "项目已设好，从生效那天起受理。")
            return redirect("aid:programmes")
    return page(request, "aid/programme_new.html", {"form": form, "before": before}, status=422 if form.errors else None)


@login_required
@require_POST
def programme_end(request, uid):
    """No more cases from today on."""
    require(request.user, "care.criteria")
    held, today = get_object_or_404(Programme, uid=uid), timezone.localdate()
    try:
        services.end_programme(held, end=today, by=request.user, today=today)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{held.name}从今天起不再受理，在办的照旧办完。")
    return redirect("aid:programmes")
