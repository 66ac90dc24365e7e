"""党员名册: the list and its export."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches import selectors as tree
from branches.access import can, paths_for, require, require_sight
from branches.asked import organisation_asked
from members.forms.roster import RosterFilters
from members.selectors import roster as selectors
from members.services.exports import export_roster
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

MEMBERS_A_PAGE = 50


@login_required
def roster(request):
    """The members in sight: found, narrowed and sorted by the URL alone."""
    require_sight(request.user)
    filters, within, today = RosterFilters(request.GET), organisation_asked(request), timezone.localdate()
    everybody = selectors.roster(request.user, within=within)
    asked = filters.asked
    counts = selectors.view_counts(everybody, today=today)
    found = selectors.narrowed(everybody, today=today, **asked)
    paginator = Paginator(selectors.in_order(found, filters.cleaned_data.get("sort", "")), MEMBERS_A_PAGE)
    # A view alone has been counted already; only further conditions are counted for themselves.
    paginator.count = counts[asked.get("view") or "all"] if asked.keys() <= {"view"} else found.count()
    listed = paginator.get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": selectors.rows_of(listed.object_list, today=today),
        "tabs": _tabs(request, asked.get("view", ""), counts),
        "filters": filters,
        "within": within,
        "tops": [] if within else list(tree.top(request.user)[:2]),
        "places": selectors.places(request.user, within=within),
        "may_register": can(request.user, "member.edit"),
        "may_import": can(request.user, "member.import"),
        "may_export": can(request.user, "member.export"),
        "may_export_whole": can(request.user, "member.export_full"),
    }
    return page(request, "members/roster.html", context, fragment="members/_roster.html")


@require_POST
@login_required
def export(request):
    """The roster as the URL narrows it, as a sheet; whole numbers only where that verb holds."""
    whole_numbers = request.POST.get("numbers") == "whole"
    verb = "member.export_full" if whole_numbers else "member.export"
    require(request.user, verb)
    filters, within, today = RosterFilters(request.GET), organisation_asked(request), timezone.localdate()
    found = selectors.narrowed(selectors.roster(request.user, within=within, verb=verb), today=today, **filters.asked)
    listed = selectors.in_order(found, filters.cleaned_data.get("sort", ""))
    path = within.path if within else paths_for(request.user, verb)[0]
    file = export_roster(listed, whole_numbers=whole_numbers, path=path, by=request.user)
    return sheet_response(file, f"党员名册-{today}.xlsx")


def _tabs(request, chosen: str, counts: dict[str, int]) -> list[tuple[str, str, int, bool]]:
    """The saved views over the organisation in view, each with how many stand behind it; other conditions are dropped."""
    kept = {key: request.GET[key] for key in ("organisation", "sort") if request.GET.get(key)}
    links = ((key, label, f"?{urlencode(kept | ({'view': key} if key else {}))}") for key, label in selectors.VIEWS)
    return [(label, url, counts[key or "all"], key == chosen) for key, label, url in links]
