"""标准: the county's overview, a kind's standard, a station's checks and what is missing."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require, require_sight
from branches.asked import organisation_asked
from members.care.stations.forms import MendForm, ReviewForm, SelfCheckForm, StandardForm
from members.care.stations.models import CheckLine, SelfCheck, Station, StationKind
from members.care.stations.selectors.standards import overview as overview_of
from members.care.stations.services import standards as services
from members.care.stations.views import done, station_or_404
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

CHOICES = (("present", "有"), ("absent", "缺", "red"))  # the values by which a roll opens its reasons
ACTS = {"accept": (services.accept, "已审核。"), "send-back": (services.send_back, "已退回，支部会看到要重查什么。")}


@login_required
def overview(request):
    """How many stations in sight meet the standard, by kind and township; and the standards themselves."""
    require_sight(request.user)
    seen = Station.objects.visible_to(request.user)
    if within := organisation_asked(request):
        seen = seen.within(within)
    context = {
        "found": overview_of(seen, today=timezone.localdate()),
        "within": within,
        "may_set": can(request.user, "care.criteria"),
    }
    return page(request, "stations/standards.html", context)


@login_required
def standard(request, code):
    """A kind's standard as it holds, its versions, and the form for the next."""
    require_sight(request.user)
    kind, today = get_object_or_404(StationKind, code=code), timezone.localdate()
    versions = list(kind.checklists.prefetch_related("items").select_related("published_by"))
    running = next((one for one in versions if one.start <= today and (one.end is None or one.end > today)), None)
    items = list(running.items.all()) if running else []
    initial = {
        "required": "\n".join(item.text for item in items if item.is_required),
        "others": "\n".join(item.text for item in items if not item.is_required),
        "every": running.every if running else 12,
        "start": today,
    }
    form = StandardForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(request.user, "care.criteria")

    def publish(required, others, **fields):
        return services.publish_checklist(
            kind, required=required.splitlines(), others=others.splitlines(), by=request.user, today=today, **fields
        )

    if going_on := done(request, form, publish, said="新标准已发布，以前的自查仍按原来的。", to=request.path):
        return going_on
    context = {"kind": kind, "versions": versions, "running": running, "form": form, "may_set": can(request.user, "care.criteria")}
    return page(request, "stations/standard.html", context, status=422 if form.errors else None)


@login_required
def check_new(request, uid):
    """自查 a station by its standard."""
    held, today = station_or_404(request, uid, "station.keep"), timezone.localdate()
    try:
        checklist = services.checklist_on(held.kind, today)
    except DomainError as refusal:
        return page(request, "stations/no_standard.html", {"station": held, "why": refusal.message})
    form = SelfCheckForm(request.POST or None, items=checklist.items.all(), initial={"day": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.check(held, found=form.found(), day=form.cleaned_data["day"], by=request.user, today=today)
            return redirect("stations:check", made.uid)
    context = {"station": held, "checklist": checklist, "form": form, "choices": CHOICES}
    return page(request, "stations/check_new.html", context, status=422 if form.errors else None)


def _check_or_404(request, uid) -> SelfCheck:
    seen = SelfCheck.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("station__organisation", "checklist__kind", "checked_by", "reviewed_by"), uid=uid)


@login_required
def check(request, uid):
    """One check: what is there, what is missing and until when, and whose turn it is."""
    require_sight(request.user)
    return _check_page(request, _check_or_404(request, uid))


def _check_page(request, held: SelfCheck, *, form=None, mend=None, line=None):
    place = held.station.organisation
    lines = list(held.lines.select_related("item", "mended_by"))
    for one in lines:
        one.form = (
            mend if line is not None and one.pk == line.pk else MendForm(initial={"on": timezone.localdate()}, auto_id=f"{one.pk}_%s")
        )
    may_review = held.state == SelfCheck.State.WAITING and can(request.user, "care.review", place)
    context = {
        "check": held,
        "lines": lines,
        "missing": [one for one in lines if not one.is_met],
        "form": form or ReviewForm(),
        "may_review": may_review,
        "barred": services.barred(held, request.user) if may_review else "",
        "may_keep": can(request.user, "station.keep", place) and held.state != SelfCheck.State.RETURNED,
        "today": timezone.localdate(),
    }
    faults = (form and form.errors) or (mend and mend.errors)
    return page(request, "stations/check.html", context, status=422 if faults else None)


@login_required
@require_POST
def check_act(request, uid, act):
    """审核 or 退回, by another than who checked."""
    if act not in ACTS:
        raise Http404
    held = _check_or_404(request, uid)
    require(request.user, "care.review", held.station.organisation)
    form, (service, said) = ReviewForm(request.POST), ACTS[act]
    going_on = done(
        request,
        form,
        partial(service, held, by=request.user, today=timezone.localdate()),
        said=said,
        to=reverse("stations:check", args=[uid]),
    )
    return going_on or _check_page(request, held, form=form)


@login_required
@require_POST
def mend(request, uid):
    """登记补上 one missing thing."""
    line = get_object_or_404(CheckLine.objects.visible_to(request.user).select_related("self_check__station__organisation"), uid=uid)
    require(request.user, "station.keep", line.self_check.station.organisation)
    form = MendForm(request.POST, auto_id=f"{line.pk}_%s")
    to = reverse("stations:check", args=[line.self_check.uid])
    going_on = done(request, form, partial(services.mend, line, by=request.user, today=timezone.localdate()), said="已登记补上。", to=to)
    return going_on or _check_page(request, _check_or_404(request, line.self_check.uid), mend=form, line=line)
