"""上墙: put up, changed, taken down; the photos."""

from datetime import timedelta
from functools import partial

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import require
from members.care.stations.forms import DisplayForm
from members.care.stations.models import Display
from members.care.stations.services import displays as services
from members.care.stations.views import act_and_return, form_page, station_or_404
from partyportal.core.attachments import streamed
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_named

USUAL_DAYS = 90  # what the form proposes; the keeper says


@login_required
def display_new(request, uid):
    """上墙 something, in the place of what `replaces` names."""
    held, today = station_or_404(request, uid, "station.keep"), timezone.localdate()
    old = None
    if code := request.GET.get("replaces"):
        old = get_object_or_404(held.displays.filter(down_on=None), uid=uid_named(code))
    initial = {"since": today, "until": today + timedelta(days=USUAL_DAYS)}
    if old is not None:
        initial |= {"title": old.title, "spot": old.spot}
    return form_page(
        request,
        DisplayForm(request.POST or None, request.FILES or None, initial=initial),
        partial(services.put_up, held, replaces=old, by=request.user, today=today),
        said="已登记，到日子提醒换。",
        back_url=reverse("stations:station", args=[uid]),
        back=held.name,
        title=f"换下“{old}”" if old else "登记上墙内容",
        note=f"{held}。{f'{old.since:%Y-%m-%d} 贴的那张随着取下。' if old else ''}",
        act="登记",
        files=True,
    )


@login_required
@require_POST
def display_down(request, uid):
    """取下, today."""
    row = get_object_or_404(Display.objects.visible_to(request.user).select_related("station__organisation"), uid=uid)
    require(request.user, "station.keep", row.station.organisation)
    today = timezone.localdate()
    return act_and_return(
        request,
        partial(services.take_down, row, on=today, by=request.user, today=today),
        said=f"“{row}”已取下。",
        to=reverse("stations:station", args=[row.station.uid]),
    )


@login_required
def display_photo(request, uid):
    """A photo of what hung, for whoever sees the station."""
    shown = Display.photos.through.objects.filter(display__in=Display.objects.visible_to(request.user).order_by().values("pk"))
    return streamed(get_object_or_404(Attachment.objects.filter(pk__in=shown.values("attachment")), uid=uid))
