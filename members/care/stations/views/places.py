"""阵地: the list, one station, what is registered of it, its rooms."""

from datetime import timedelta
from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from branches.access import can, paths_for, require
from branches.models import Organisation
from members.care.stations.forms import CloseForm, RoomCloseForm, RoomForm, StationChangeForm, StationFilters, StationForm
from members.care.stations.models import Room, ServiceRequest, Station, StationKind
from members.care.stations.models.places import above
from members.care.stations.selectors import places as selectors
from members.care.stations.selectors.standards import standings
from members.care.stations.selectors.times import days_between
from members.care.stations.services import places as services
from members.care.stations.services.exports import export_stations
from members.care.stations.views import FORM, form_page, own_member, station_or_404
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

ROWS_A_PAGE = 50
DAYS_SHOWN = 7
NOWS = (("", "不论"), ("open", "现在开着"), ("closed", "现在没开"))


def _require_place(user) -> None:
    """403 for whoever neither looks around the tree nor belongs to a branch in it."""
    if not above(user):
        raise PermissionDenied("sight")


@login_required
def stations(request):
    """The stations in sight by the tree: open now or not, what waits, when the standard is next looked at."""
    _require_place(request.user)
    form = StationFilters(request.GET, organisations=Organisation.objects.visible_to(request.user))
    if not form.is_valid() and "organisation" in form.errors:
        raise Http404
    asked, now = form.cleaned_data, timezone.now()
    found = selectors.listed(
        Station.objects.visible_to(request.user),
        kind=asked.get("kind"),
        text=asked.get("q", ""),
        within=asked.get("organisation"),
    )
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, found.where(request.user, "member.export"), now)
    if wanted := asked.get("now"):
        is_open = [line.station.pk for line in selectors.lines(found, now=now) if line.now.is_open]
        found = found.filter(pk__in=is_open) if wanted == "open" else found.exclude(pk__in=is_open)
    listed = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate(now)
    lines = selectors.lines(listed, now=now)
    for line in lines:  # how many wait is for those who keep it
        line.station.is_kept = can(request.user, "station.keep", line.station.organisation)
        line.station.is_late = line.is_late(today)
    context = {
        "page": listed,
        "lines": lines,
        "kinds": [("", "不论"), *StationKind.objects.values_list("code", "name")],
        "nows": NOWS,
        "today": today,
        "within": asked.get("organisation"),
        "asked": asked,
        "keeps": can(request.user, "station.keep"),
        "looks_around": bool(paths_for(request.user)),
        "may_export": can(request.user, "member.export"),
    }
    return page(request, "stations/stations.html", context, fragment="stations/_stations.html")


def _exported(request, found, now):
    file = export_stations(selectors.lines(found, now=now), path=paths_for(request.user, "member.export")[0], by=request.user)
    return sheet_response(file, f"服务阵地 {timezone.localdate(now):%Y-%m-%d}.xlsx")


@login_required
def station(request, uid):
    """One station: open today or not, who is there, its rooms, its walls, how it stands, what waits."""
    now, today = timezone.now(), timezone.localdate()
    held = selectors.whole(Station.objects.visible_to(request.user), uid=uid)
    if held is None:
        raise Http404
    keeps = can(request.user, "station.keep", held.organisation)
    person = None if keeps else own_member(request.user)
    line = selectors.lines([_counted(held, request.user)], now=now)[0]
    context = {
        "station": held,
        "line": line,
        "today": today,
        "days": selectors.days_of(held, days_between(today, today + timedelta(days=DAYS_SHOWN - 1))),
        "rooms": list(held.rooms.all()),
        "displays": held.displays.filter(down_on=None).prefetch_related("photos"),
        "standing": standings([held], today=today)[held.pk],
        "checks": selectors.last_checks(held),
        "changes": held.changes.select_related("by"),
        "keeps": keeps,
        "may_keep": keeps and held.closed_on is None,
        "may_ask": held.closed_on is None and person is not None and held.answers_to(person),
        "waiting": selectors.waiting_bookings(held, now=now) if keeps else 0,
        "own": ServiceRequest.objects.filter(station=held, member__user=request.user).select_related("kind")[:5],
    }
    return page(request, "stations/station.html", context)


def _counted(held: Station, user) -> Station:
    open_now = list(held.requests.open().order_by("due_on").values_list("due_on", flat=True))
    held.open_requests, held.oldest_due = len(open_now), open_now[0] if open_now else None
    return held


@login_required
def station_new(request):
    """启用 a station of one's own organisation or one below."""
    require(request.user, "station.keep")
    mine = Organisation.objects.where(request.user, "station.keep").existing()
    initial = {"opened_on": timezone.localdate(), "rests_on_holidays": True}
    if len(two := list(mine[:2])) == 1:
        initial["organisation"] = two[0].code
    form = StationForm(request.POST or None, organisations=mine, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.register(**form.cleaned_data, by=request.user, today=timezone.localdate())
            return redirect("stations:hours", made.uid)
    context = {
        **FORM,
        "form": form,
        "back_url": reverse("stations:stations"),
        "back": "服务阵地",
        "title": "启用阵地",
        "note": "登记以后接着定开放时间、排班。",
        "act": "启用",
    }
    return page(request, "stations/form.html", context, status=422 if form.errors else None)


@login_required
def station_edit(request, uid):
    """改登记; what it said before stays among its changes."""
    held = station_or_404(request, uid, "station.keep")
    initial = {name: getattr(held, name) for name in (*services.CHANGEABLE, "version")}
    return form_page(
        request,
        StationChangeForm(request.POST or None, initial=initial),
        partial(services.change, held, by=request.user, today=timezone.localdate()),
        said="已改好，原来的留在变动里。",
        back_url=reverse("stations:station", args=[uid]),
        back=held.name,
        title=f"改{held}的登记",
        act="改好",
    )


@login_required
def station_close(request, uid):
    """停用."""
    held = station_or_404(request, uid, "station.keep")
    return form_page(
        request,
        CloseForm(request.POST or None, initial={"on": timezone.localdate()}),
        partial(services.close, held, by=request.user, today=timezone.localdate()),
        said=f"{held}已停用，以前的记录都保留。",
        back_url=reverse("stations:station", args=[uid]),
        back=held.name,
        title=f"停用{held}",
        note="还有没办结的事、没用完的预约，要先办完。",
        act="停用",
        kind="danger",
    )


@login_required
def room_new(request, uid):
    """登记一间可以约的活动室."""
    held = station_or_404(request, uid, "station.keep")
    return form_page(
        request,
        RoomForm(request.POST or None, initial={"start": timezone.localdate()}),
        partial(services.add_room, held, by=request.user),
        said="已登记，可以约了。",
        back_url=reverse("stations:station", args=[uid]),
        back=held.name,
        title="登记活动室",
        note=held.name,
        act="登记",
    )


@login_required
def room_close(request, uid):
    """不再外借一间活动室."""
    room = get_object_or_404(Room.objects.visible_to(request.user).select_related("station__organisation"), uid=uid)
    require(request.user, "station.keep", room.station.organisation)
    return form_page(
        request,
        RoomCloseForm(request.POST or None, initial={"on": timezone.localdate()}),
        partial(services.close_room, room, by=request.user),
        said=f"{room}不再外借。",
        back_url=reverse("stations:station", args=[room.station.uid]),
        back=room.station.name,
        title=f"{room}不再外借",
        act="不再外借",
        kind="danger",
    )
