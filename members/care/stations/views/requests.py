"""办事登记: the list, taking one, asking from home, what was done, and looking at a name whole."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from branches.models import Organisation
from members.care.stations.forms import AskForm, RequestFilters, RequestForm, StepForm
from members.care.stations.models import RequestKind, ServiceRequest, Station
from members.care.stations.models.places import above
from members.care.stations.selectors import requests as selectors
from members.care.stations.services import requests as services
from members.care.stations.views import FORM, done, form_page, own_member, station_or_404
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.navigation import address

ROWS_A_PAGE = 50
SAID = {"note": "已补记。", "finish": "已办结。", "withdraw": "已记下不办了。"}


@login_required
def requests(request):
    """What is asked for at one's stations, oldest due first; of a plain member the own."""
    if not paths_for(request.user, "station.keep") and (paths_for(request.user) or not above(request.user)):
        raise PermissionDenied("station.keep")
    seen, today = ServiceRequest.objects.visible_to(request.user), timezone.localdate()
    form = RequestFilters(
        request.GET,
        organisations=Organisation.objects.visible_to(request.user),
        stations=Station.objects.where(request.user, "station.keep"),
    )
    if not form.is_valid() and {"organisation", "station"} & set(form.errors):
        raise Http404
    said = form.cleaned_data
    asked = selectors.Asked(
        state=said.get("state", ""),
        kind=said.get("kind"),
        station=said.get("station"),
        within=said.get("organisation"),
        text=said.get("q", ""),
    )
    narrowed = seen.filter(station=asked.station) if asked.station else seen
    listed = Paginator(selectors.listed(seen, asked, today=today), ROWS_A_PAGE).get_page(request.GET.get("page"))
    for row in listed:
        row.is_late = row.state == ServiceRequest.State.OPEN and row.due_on < today
        row.days = (row.finished_on - row.taken_on).days if row.finished_on else None
    context = {
        "page": listed,
        "counts": selectors.counts(narrowed, today=today),
        "asked": asked,
        "kinds": [("", "不论"), *RequestKind.objects.values_list("code", "name")],
        "states": [("", "不论"), *selectors.STATES.items()],
        "keeps": bool(paths_for(request.user, "station.keep")),
    }
    return page(request, "stations/requests.html", context, fragment="stations/_requests.html")


@login_required
def request_new(request, uid):
    """受理: who came for what."""
    held, today = station_or_404(request, uid, "station.keep"), timezone.localdate()
    form = RequestForm(request.POST or None, by=request.user, initial={"taken_on": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.take(held, **form.cleaned_data, by=request.user, today=today)
            return redirect("stations:request", made.uid)
    context = {
        **FORM,
        "form": form,
        "back_url": reverse("stations:station", args=[uid]),
        "back": held.name,
        "title": "办事登记",
        "note": f"{held}。谁来办什么，谁受理，哪天办结，都留得下。",
        "act": "受理",
    }
    return page(request, "stations/form.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def request_ask(request, uid):
    """网上申请: a member asks from home."""
    held = station_or_404(request, uid)
    person = own_member(request.user)
    if person is None:
        raise PermissionDenied("stations.ask")
    return form_page(
        request,
        AskForm(request.POST or None),
        partial(services.ask, held, member=person, by=request.user, today=timezone.localdate()),
        said="已经申请，办到哪一步在这里看。",
        back_url=reverse("stations:requests"),
        back="我来办过的事",
        title="网上申请办事",
        note=f"{held}。要交材料、要本人签字的，阵地会告诉你哪天来。",
        act="申请",
    )


def _request_or_404(request, uid) -> ServiceRequest:
    seen = ServiceRequest.objects.visible_to(request.user).select_related("station__organisation", "kind", "member", "taken_by")
    return get_object_or_404(seen.defer("member__id_number"), uid=uid)


@never_cache
@login_required
def request(request, uid):
    """One matter: who, what, until when, and what was done."""
    return _request_page(request, _request_or_404(request, uid))


def _request_page(request, held: ServiceRequest, *, form=None, whole=None):
    place, today = held.station.organisation, timezone.localdate()
    keeps = can(request.user, "station.keep", place)
    own = held.member is not None and held.member.user_id == request.user.pk
    context = {
        "request_": held,
        "station": held.station,
        "steps": held.steps.select_related("by"),
        "form": form or StepForm(initial={"on": today}),
        "may_keep": keeps and held.state == ServiceRequest.State.OPEN,
        "may_withdraw": own and not keeps and held.state == ServiceRequest.State.OPEN,
        "may_reveal": held.asker is not None and can(request.user, "member.reveal", place),
        "whole": whole,
        "done_at": address(held.kind.url_name) if held.kind.url_name and keeps else "",
        "is_late": held.state == ServiceRequest.State.OPEN and held.due_on < today,
        "days": (held.finished_on - held.taken_on).days if held.finished_on else None,
        "keeps": keeps,
        "today": today,
    }
    return page(request, "stations/request.html", context, status=422 if form and form.errors else None)


@login_required
@require_POST
def request_act(request, uid, act):
    """补记, 办结 or 不办了 by who keeps the station; 不办了 by the member who asked as well."""
    if act not in SAID:
        raise Http404
    held = _request_or_404(request, uid)
    if act != "withdraw" or held.member is None or held.member.user_id != request.user.pk:
        require(request.user, "station.keep", held.station.organisation)
    form = StepForm(request.POST)
    service = partial(getattr(services, act), held, by=request.user, today=timezone.localdate())
    return done(request, form, service, said=SAID[act], to=reverse("stations:request", args=[uid])) or _request_page(
        request, held, form=form
    )


@never_cache
@login_required
@require_POST
def request_reveal(request, uid):
    """看全 a villager's name and phone; the look is kept."""
    held = _request_or_404(request, uid)
    require(request.user, "member.reveal", held.station.organisation)
    return _request_page(request, held, whole=services.reveal(held, by=request.user))
