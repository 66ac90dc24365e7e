"""Pages of 服务阵地, by noun. What several of them ask, and the one shape of a form's page, stand here."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect

from branches.access import require
from members.care.stations.models import Station
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

FORM = {"kind": "main", "note": "", "files": False, "two": False}  # what a form's page is told unless it says otherwise


def station_or_404(request, uid, verb: str = "") -> Station:
    """A station in sight; with a verb, one on which the user may do it."""
    held = get_object_or_404(Station.objects.visible_to(request.user).select_related("organisation", "kind"), uid=uid)
    if verb:
        require(request.user, verb, held.organisation)
    return held


def own_member(user) -> Member | None:
    """Who the user is as a member at home; None for an account without."""
    return Member.objects.filter(user=user, left_on=None).exclude(branch=None).select_related("branch").defer("id_number").first()


def done(request, form, service: Callable, *, said: str, to: str):
    """A form's deed: the way on when it is done; None when there was nothing to do or it was refused, which the form then says."""
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            service(**form.cleaned_data)
            messages.success(request, said)
            return redirect(to)
    return None


def form_page(request, form, service: Callable, *, said: str, back_url: str, **words):
    """The page of one form that goes back where it came from. `words`: title, note, act, back, kind of the button."""
    going_on = done(request, form, service, said=said, to=back_url)
    context = {"form": form, "back_url": back_url, **FORM, **words}
    return going_on or page(request, "stations/form.html", context, status=422 if form.errors else None)


def act_and_return(request, service: Callable, *, said: str, to: str):
    """One act by a button: done or refused, both said on the page it came from."""
    try:
        service()
    except (DomainError, ValidationError) as refusal:
        messages.error(request, getattr(refusal, "message", "") or "；".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect(to)
