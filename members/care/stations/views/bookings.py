"""活动室预约: a station's week, asking, answering, cancelling."""

from datetime import date, timedelta
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from branches.models import Organisation
from members.care.stations.forms import BookingForm, WhyForm
from members.care.stations.models import Booking, Station
from members.care.stations.selectors.bookings import monday_of, week_of
from members.care.stations.services import bookings as services
from members.care.stations.views import FORM, done, own_member, station_or_404
from members.models import Member
from partyportal.core.days import day_named
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

SAID = {"confirm": "已约好。", "refuse": "已回复约不成。", "cancel": "已取消，时间空出来了。"}


@login_required
def bookings(request, uid):
    """A week of a station's rooms: what holds them and what is free."""
    held = station_or_404(request, uid)
    rooms = list(held.rooms.filter(end=None))
    asked = _day_asked(request) or timezone.localdate()
    monday = monday_of(asked)
    context = {
        "station": held,
        "rooms": rooms,
        "week": week_of(held, rooms, monday, user=request.user) if rooms else [],
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "today": timezone.localdate(),
        "may_keep": can(request.user, "station.keep", held.organisation),
        "may_book": held.closed_on is None and bool(rooms) and _for_whom(request) is not None,
    }
    return page(request, "stations/bookings.html", context)


def _day_asked(request) -> date | None:
    """The day of the address whose week is asked for; what is no day asks for none."""
    return day_named(request.GET.get("week", ""))


def _for_whom(request):
    """The organisations one may book for, or the member one is; None: nobody to book for."""
    if paths_for(request.user, "station.keep"):
        return Organisation.objects.where(request.user, "station.keep").existing()
    return own_member(request.user)


@login_required
def booking_new(request, uid):
    """预约 a room: a member for the own branch, a post for an organisation of theirs."""
    held: Station = station_or_404(request, uid)
    whose = _for_whom(request)
    if whose is None:
        raise PermissionDenied("station.keep")
    member = whose if isinstance(whose, Member) else None
    initial = {"day": _day_asked(request) or timezone.localdate()}
    if member is None and len(two := list(whose[:2])) == 1:
        initial["organisation"] = two[0].code
    form = BookingForm(
        request.POST or None, rooms=held.rooms.filter(end=None), organisations=whose if member is None else None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        organisation = said.pop("organisation", None) or (member.branch if member else None)
        with refusals(form):
            made = services.book(said.pop("room"), organisation=organisation, member=member, by=request.user, now=timezone.now(), **said)
            messages.success(request, "已约好。" if made.state == Booking.State.CONFIRMED else "已记下，等阵地答复；这个时间先给你留着。")
            return redirect("stations:booking", made.uid)
    back = f"{reverse('stations:bookings', args=[uid])}?week={initial['day']:%Y-%m-%d}"
    context = {
        **FORM,
        "form": form,
        "back_url": back,
        "back": f"{held}的预约",
        "title": "约活动室",
        "note": f"{held}，{held.address}",
        "act": "约这个时间",
        "two": True,
    }
    return page(request, "stations/form.html", context, status=422 if form.errors else None)


def _booking_or_404(request, uid) -> Booking:
    seen = Booking.objects.visible_to(request.user).select_related("room__station__organisation", "organisation", "asked_by")
    return get_object_or_404(seen, uid=uid)


def _is_own(request, held: Booking) -> bool:
    return held.asked_by_id == request.user.pk


@login_required
def booking(request, uid):
    """One booking and what became of it."""
    return _booking_page(request, _booking_or_404(request, uid))


def _booking_page(request, held: Booking, form=None):
    keeps, ahead = can(request.user, "station.keep", held.room.station.organisation), held.ends_at > timezone.now()
    context = {
        "booking": held,
        "station": held.room.station,
        "steps": held.steps.select_related("by"),
        "form": form or WhyForm(),
        "keeps": keeps,
        "may_answer": keeps and held.state == Booking.State.ASKED and ahead,
        "may_cancel": (keeps or _is_own(request, held)) and held.state in Booking.HOLDING and ahead,
        "named": keeps or _is_own(request, held),
    }
    return page(request, "stations/booking.html", context, status=422 if form and form.errors else None)


@login_required
@require_POST
def booking_act(request, uid, act):
    """约好, 约不成 by who keeps the room; 取消 by who asked as well."""
    if act not in SAID:
        raise Http404
    held = _booking_or_404(request, uid)
    if act != "cancel" or not _is_own(request, held):
        require(request.user, "station.keep", held.room.station.organisation)
    service = partial(getattr(services, act), held, by=request.user)
    if act == "cancel":
        service = partial(service, now=timezone.now())
    form = WhyForm(request.POST)
    return done(request, form, service, said=SAID[act], to=reverse("stations:booking", args=[uid])) or _booking_page(request, held, form)
