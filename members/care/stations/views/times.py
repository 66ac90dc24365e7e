"""Hours, days that differ, and the duty roster."""

from datetime import date, timedelta
from functools import partial

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.care.stations.forms import DutyForm, ExceptionForm, HoursForm, hours_usual
from members.care.stations.models import DutySpell, HoursException, Station
from members.care.stations.services import times as services
from members.care.stations.views import act_and_return, done, station_or_404
from members.models import Member
from partyportal.core.htmx import page


@login_required
def hours(request, uid):
    """The week as it holds, from which day another holds, and the days that differ."""
    held, today = station_or_404(request, uid), timezone.localdate()
    if request.method == "POST":
        require(request.user, "station.keep", held.organisation)
    form = _hours_form(held, today, request.POST or None)

    def set_hours(week, start, **fields):
        return services.set_hours(held, week=week, start=start, by=request.user, today=today)

    going_on = done(request, form, set_hours, said="开放时间已定好。", to=reverse("stations:station", args=[uid]))
    return going_on or _hours_page(request, held, today, form, ExceptionForm())


def _hours_form(held: Station, today: date, said=None) -> HoursForm:
    running = held.hours.on(today).prefetch_related("spans").first()
    week: dict[int, list] = {}
    for span in running.spans.all() if running else ():
        week.setdefault(span.weekday, []).append((span.opens, span.closes))
    return HoursForm(said, week=week or hours_usual(), initial={"start": today if running else held.opened_on})


def _hours_page(request, held: Station, today: date, form: HoursForm, exception_form: ExceptionForm):
    weeks = list(held.hours.prefetch_related("spans").order_by("-start"))
    context = {
        "station": held,
        "form": form,
        "exception_form": exception_form,
        "weeks": weeks,
        "exceptions": held.exceptions.filter(dropped_at=None, day__gte=today),
        "may_keep": can(request.user, "station.keep", held.organisation) and held.closed_on is None,
    }
    return page(request, "stations/hours.html", context, status=422 if form.errors or exception_form.errors else None)


@login_required
@require_POST
def exception_new(request, uid):
    """登记哪天不一样."""
    held, today = station_or_404(request, uid, "station.keep"), timezone.localdate()
    form = ExceptionForm(request.POST)
    service = partial(services.make_exception, held, by=request.user, today=today)
    going_on = done(request, form, service, said="已登记，门口的牌子也换一换。", to=reverse("stations:hours", args=[uid]))
    return going_on or _hours_page(request, held, today, _hours_form(held, today), form)


@login_required
@require_POST
def exception_drop(request, uid):
    """取消: the day is as its weekday again."""
    row = get_object_or_404(HoursException.objects.visible_to(request.user).select_related("station__organisation"), uid=uid)
    require(request.user, "station.keep", row.station.organisation)
    return act_and_return(
        request,
        partial(services.drop_exception, row, by=request.user, today=timezone.localdate()),
        said="已取消，这一天照平常开。",
        to=reverse("stations:hours", args=[row.station.uid]),
    )


@login_required
def roster(request, uid):
    """值班表: who, which days; and the form to add somebody."""
    held, today = station_or_404(request, uid), timezone.localdate()
    few = held.organisation.is_branch  # under a county's centre there are forty thousand: they are named, not chosen
    people = Member.objects.at_home().filter(branch=held.organisation).defer("id_number").order_by("pinyin", "id") if few else None
    form = DutyForm(request.POST or None, people=people, by=request.user, initial={"start": today})
    if request.method == "POST":
        require(request.user, "station.keep", held.organisation)

    def put(member, weekday, start, last):
        end = None if last is None else last + timedelta(days=1)
        return services.put_on_duty(held, member=member, weekday=weekday, start=start, end=end, by=request.user)

    if going_on := done(request, form, put, said="已排上。", to=request.path):
        return going_on
    rows = list(held.spells.select_related("member__branch").defer("member__id_number").order_by("weekday", "start", "id"))
    context = {
        "station": held,
        "form": form,
        "running": [one for one in rows if one.end is None or one.end > today],
        "former": [one for one in rows if one.end is not None and one.end <= today][-20:],
        "today": today,
        "may_keep": can(request.user, "station.keep", held.organisation) and held.closed_on is None,
    }
    return page(request, "stations/roster.html", context, status=422 if form.errors else None)


@login_required
@require_POST
def duty_end(request, uid):
    """不再值班, from today."""
    spell = get_object_or_404(DutySpell.objects.visible_to(request.user).select_related("station__organisation", "member"), uid=uid)
    require(request.user, "station.keep", spell.station.organisation)
    return act_and_return(
        request,
        partial(services.take_off_duty, spell, on=timezone.localdate(), by=request.user),
        said=f"{spell.member.name}从今天起不再值这个班。",
        to=reverse("stations:roster", args=[spell.station.uid]),
    )
