"""三员与网格: who is sent where, who answers for which ground, who is brought up, one tab each."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, require_sight
from branches.models import Organisation
from members.outreach.forms import OutreachFilters
from members.outreach.parameters import PARAMETERS, REVIEW_MONTHS, VISIT_DAYS
from members.outreach.rules import next_review_by, next_visit_by
from members.outreach.selectors import TABS, Asked, counts, rows
from members.outreach.services.exports import export_tab
from partyportal.core.htmx import page
from partyportal.core.parameters import values_on
from partyportal.core.sheets import sheet_response

ROWS_A_PAGE = 50


@login_required
def outreach(request):
    """The rows of a tab, with what has gone too long without a word."""
    require_sight(request.user)
    tab, asked, form = _asked(request, request.GET)
    listed = Paginator(rows(tab, request.user, asked), ROWS_A_PAGE).get_page(request.GET.get("page"))
    set_to = values_on(asked.today, PARAMETERS)
    for row in listed:
        if tab == "dispatches":
            row.is_late = row.end is None and next_visit_by(row.last, days=set_to[VISIT_DAYS.key]) <= asked.today
        if tab == "cadres":
            row.is_late = row.end is None and next_review_by(row.last, months=set_to[REVIEW_MONTHS.key]) <= asked.today
    held = counts(request.user, asked)
    context = {
        "tab": tab,
        "label": TABS[tab],
        "page": listed,
        "form": form,
        "within": asked.organisation,
        "tabs": [(label, f"?tab={key}{_kept(request)}", key == tab, held[key]) for key, label in TABS.items()],
        "may_dispatch": can(request.user, "outreach.dispatch"),
        "may_edit": can(request.user, "member.edit"),
        "may_export": can(request.user, "member.export"),
        "set_to": {"days": set_to[VISIT_DAYS.key], "months": set_to[REVIEW_MONTHS.key]},
    }
    return page(request, "outreach/outreach.html", context)


@login_required
@require_POST
def export(request):
    """The same rows as a spreadsheet."""
    require(request.user, "member.export")
    tab, asked, _ = _asked(request, request.GET)
    found = rows(tab, request.user, asked).where(request.user, "member.export")
    path = asked.organisation.path if asked.organisation else paths_for(request.user, "member.export")[0]
    file = export_tab(tab, found, label=TABS[tab], path=path, by=request.user)
    return sheet_response(file, f"{TABS[tab]} {asked.today:%Y-%m-%d}.xlsx")


def _asked(request, said) -> tuple[str, Asked, OutreachFilters]:
    tab = said.get("tab") if said.get("tab") in TABS else "dispatches"
    seen = Organisation.objects.visible_to(request.user)
    form = OutreachFilters(said, organisations=seen)
    if not form.is_valid() and "organisation" in form.errors:
        raise Http404
    values = form.cleaned_data
    asked = Asked(
        organisation=values.get("organisation"), text=values.get("q", ""), past=values.get("past", False), today=timezone.localdate()
    )
    return tab, asked, form


def _kept(request) -> str:
    code = request.GET.get("organisation")
    return f"&organisation={code}" if code else ""
