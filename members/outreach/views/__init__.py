"""Pages of outreach, by noun. What several of them ask, and the shapes they share, stand here."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from branches.access import require
from branches.models import Organisation
from branches.views.where import choose_organisation
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


def own_branches(request):
    return Organisation.objects.where(request.user, "member.edit").branches().existing()


def branch_asked(request) -> Organisation | None:
    """The organisation a new row is for: the one asked for, or the only one of the user's; None asks to choose."""
    mine = own_branches(request)
    if code := request.GET.get("organisation"):
        return get_object_or_404(mine, code=code)
    two = list(mine[:2])
    return two[0] if len(two) == 1 else None


def done(request, form, service: Callable, *, said: Callable, to: Callable):
    """A form's deed: the way on when it is done; None when there was nothing to do or it was refused, which the form then says."""
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            row = service(by=request.user, **form.cleaned_data)
            messages.success(request, said(row))
            return redirect(to(row))
    return None


def new_page(request, form, service: Callable, *, said: Callable, to: str, **words):
    """The page of one form that opens a row. `words`: title, act, note and the tab the row will be listed under."""
    going_on = done(request, form, service, said=said, to=lambda row: reverse(to, args=[row.uid]))
    return going_on or page(request, "outreach/new.html", {"form": form, **words}, status=422 if form.errors else None)


def new_of_branch(request, form_class, service: Callable, *, initial=None, title: str, **words):
    """The same for a row of a branch: which one is asked first where there are several."""
    require(request.user, "member.edit")
    branch = branch_asked(request)
    if branch is None:
        back = ("三员与网格", reverse("outreach:outreach"))
        return choose_organisation(request, own_branches(request), title=title, act="登记", back=back, keep="member")
    form = form_class(request.POST or None, organisation=branch, initial={"start": timezone.localdate(), **(initial or {})})
    return new_page(request, form, partial(service, organisation=branch), title=title, note=branch, **words)


def end_page(request, held, form_class, service: Callable, *, said: str, to: str, **words):
    """The page of one form that ends a row and goes back to it. `words`: title, note, act, and the row's own name as `back`."""
    here = reverse(to, args=[held.uid])
    form = form_class(request.POST or None, initial={"on": timezone.localdate()})
    going_on = done(request, form, partial(service, held), said=lambda row: said, to=lambda row: here)
    return going_on or page(request, "outreach/end.html", {"form": form, "back_url": here, **words}, status=422 if form.errors else None)
