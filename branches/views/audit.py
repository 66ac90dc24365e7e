"""The audit log: read by the auditor alone, page by page along its own running number."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches import selectors
from branches.access import paths_for, require
from branches.forms import AuditFilters
from branches.models import Organisation
from branches.services.exports import export_audit
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named
from partyportal.core.sheets import sheet_response

ACTS_A_PAGE = 50


@login_required
def audit(request):
    """Who did what to which row. The log is long: one page follows another by number, nothing is counted."""
    require(request.user, "audit.read")
    filters, entries = _asked(request)
    if before := number_named(request.GET.get("before")):
        entries = entries.filter(pk__lt=before)
    listed = selectors.acts(entries.select_related("actor")[: ACTS_A_PAGE + 1])
    older = listed[ACTS_A_PAGE - 1].number if len(listed) > ACTS_A_PAGE else None
    kept = {key: value for key, value in request.GET.items() if value and key != "before"}
    context = {
        "acts": listed[:ACTS_A_PAGE],
        "filters": filters,
        "kinds": selectors.kinds_of_acts(request.GET.get("code", "")),
        "older": f"?{urlencode(kept | {'before': older})}" if older else "",
        "newest": f"?{urlencode(kept)}" if before else "",
    }
    return page(request, "branches/audit.html", context, fragment="branches/_audit.html")


@require_POST
@login_required
def audit_export(request):
    """What the filters show, as a sheet; the file leaves a row in the log itself."""
    require(request.user, "audit.read")
    _, entries = _asked(request)
    file = export_audit(entries, by=request.user, path=paths_for(request.user, "audit.read")[0])
    return sheet_response(file, f"审计记录-{timezone.localdate()}.xlsx")


def _asked(request) -> tuple[AuditFilters, QuerySet]:
    """The filters of the URL and the entries they leave; a filter that cannot be read leaves all."""
    filters = AuditFilters(request.GET or None, organisations=Organisation.objects.where(request.user, "audit.read"))
    return filters, selectors.audited(request.user, **(filters.cleaned_data if filters.is_bound and filters.is_valid() else {}))
