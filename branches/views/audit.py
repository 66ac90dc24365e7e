"""The audit log: read by the auditor alone, page by page along its own running number."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required

from branches import selectors
from branches.access import require
from branches.forms import AuditFilters
from branches.models import Organisation
from partyportal.core.htmx import page

ACTS_A_PAGE = 50


@login_required
def audit(request):
    """Who did what to which row. The log is long: one page follows another by number, nothing is counted."""
    require(request.user, "audit.read")
    filters = AuditFilters(request.GET or None, organisations=Organisation.objects.where(request.user, "audit.read"))
    asked = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    entries = selectors.audited(request.user, **asked)
    before = request.GET.get("before", "")
    if before.isdecimal():
        entries = entries.filter(pk__lt=int(before[:18]))
    listed = selectors.acts(entries.select_related("actor")[: ACTS_A_PAGE + 1])
    older = listed[ACTS_A_PAGE - 1].number if len(listed) > ACTS_A_PAGE else None
    kept = {key: value for key, value in request.GET.items() if value and key != "before"}
    context = {
        "acts": listed[:ACTS_A_PAGE],
        "filters": filters,
        "older": f"?{urlencode(kept | {'before': older})}" if older else "",
        "newest": f"?{urlencode(kept)}" if before else "",
    }
    return page(request, "branches/audit.html", context, fragment="branches/_audit.html")
