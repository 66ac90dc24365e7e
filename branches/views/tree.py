"""The tree of organisations, and one organisation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches import selectors
from branches.access import can, paths_for, require, require_sight
from branches.models import Organisation
from branches.services.exports import export_tree
from branches.services.powers import end_power, give_power
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

ORGANISATIONS_A_PAGE = 50


@login_required
def tree(request):
    """Where one's sight begins and what hangs under it; a search looks through all of it. A POST gives what is asked for as a sheet."""
    require_sight(request.user)
    seen = Organisation.objects.visible_to(request.user).existing()
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    kind = kind if kind in Organisation.Kind.values else ""
    tops = list(selectors.top(request.user)) if not (text or kind) else []
    listed = selectors.search(seen, text) if text else seen.filter(parent__in=tops) if tops else seen
    listed = listed.filter(kind=kind) if kind else listed
    if request.method == "POST":
        asked = listed if text or kind else seen
        file = export_tree(asked.order_by("code"), by=request.user, path=paths_for(request.user)[0])
        return sheet_response(file, f"党组织-{timezone.localdate()}.xlsx")
    shown = Paginator(listed.order_by("code"), ORGANISATIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "tops": selectors.tree_places(tops),
        "page": shown,
        "listed": shown.paginator.count + len(tops),
        "places": selectors.tree_places(shown.object_list),
        "kinds": [("", "全部"), *Organisation.Kind.choices],
        "asked": bool(text or kind),
    }
    return page(request, "branches/tree.html", context, fragment="branches/_tree.html")


@login_required
def organisation(request, code):
    """One organisation: what hangs under it, its past names and places, its powers."""
    found = get_object_or_404(Organisation.objects.visible_to(request.user).select_related("parent"), code=code)
    below = Paginator(found.children.existing().order_by("code"), ORGANISATIONS_A_PAGE).get_page(request.GET.get("page"))
    (here,) = selectors.tree_places([found])
    today, held = timezone.localdate(), list(found.powers.order_by("-start"))
    may_edit = can(request.user, "organisation.edit", found)
    context = {
        "organisation": found,
        "may_edit": may_edit,
        "here": here,
        "trail": [
            (name, reverse("branches:organisation", args=[above]) if seen else "")
            for name, above, seen in selectors.trail(found, request.user)
        ],
        "page": below,
        "places": selectors.tree_places(below.object_list),
        "spans": found.spans.select_related("parent").order_by("-start"),
        "powers": [(power, may_edit and power.end is None and power.start < today) for power in held],
        "to_give": [(label, {"act": "give", "power": value}) for value, label in selectors.powers_to_give(found, held)] if may_edit else [],
        # What the room of books takes, asked from here by one button; this app knows only the verb.
        "book": {"organisation": found.code, "span": "year", "year": today.year, "form": "pdf"}
        # A county's year is an evening's work: it is asked for on the page of books, not by one click in passing.
        if found.kind not in {Organisation.Kind.GROUP, Organisation.Kind.COUNTY} and can(request.user, "education.book", found)
        else None,
    }
    return page(request, "branches/organisation.html", context)


@require_POST
@login_required
def power(request, code):
    """Give an organisation a power from today on, or end one."""
    found = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    require(request.user, "organisation.edit", found)
    today, named = timezone.localdate(), request.POST.get("power", "")
    try:
        if request.POST.get("act") == "end":
            end_power(get_object_or_404(found.powers, power=named, end=None), on=today, by=request.user)
        else:
            give_power(found, power=named, start=today, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("branches:organisation", code)
