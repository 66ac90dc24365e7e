"""名册质量: what of a roster is to be mended, opened down to the form, and the branch's word that the rest is right."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from branches.models import Organisation
from members.models import Member
from members.selectors.quality import cockpit as selectors
from members.selectors.quality.burden import burden
from members.selectors.quality.findings import FINDING, Finding, asked_on
from members.selectors.roster import places
from members.services.exports import export_roster
from members.services.roster_checks import confirm_roster
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

ROWS_A_PAGE = 50
VERBS = ("member.edit", "cockpit.see")  # who keeps a roster, and who looks over those who do


@login_required
def quality(request):
    """One subtree's roster: what is incomplete, contradictory or stale, who confirmed it, what keeping it costs."""
    return page(request, "members/quality.html", _quality(request, _organisation(request)))


@login_required
def quality_rows(request):
    """The rows behind one count, each with the form that mends it; a POST gives them as a sheet."""
    organisation, today = _organisation(request), timezone.localdate()
    finding = FINDING.get(request.GET.get("finding", ""))
    if finding is None:
        raise Http404
    asked = asked_on(today)
    context = {"organisation": organisation, "finding": finding, "may_export": can(request.user, "member.export", organisation)}
    if finding.of_branches:
        found = selectors.branches_with(request.user, organisation, finding, asked=asked)
        context["page"] = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
        return page(request, "members/quality_rows.html", context)
    found = selectors.members_with(request.user, organisation, finding, asked=asked)
    if request.method == "POST":
        require(request.user, "member.export", organisation)
        file = export_roster(found, whole_numbers=False, path=organisation.path, by=request.user)
        return sheet_response(file, f"{finding.title}-{today}.xlsx")
    listed = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    may_mend = can(request.user, finding.verb, organisation)
    rows = [(person, selectors.shown(finding, person), _mend(finding, person, may_mend)) for person in listed.object_list]
    return page(request, "members/quality_rows.html", context | {"page": listed, "rows": rows, "may_mend": may_mend})


def _mend(finding: Finding, person: Member, may_mend: bool) -> str:
    """The page where one person's finding is mended, or the person's own for whoever may only look."""
    if not may_mend:
        return reverse("members:member", args=[person.uid])
    if finding.mend_asks:
        return f"{reverse(finding.mend)}?{urlencode({'member': person.uid})}"
    return reverse(finding.mend, args=[person.uid])


@require_POST
@login_required
def roster_check(request, code):
    """A branch says that its roster is right; a refusal stands on the same page, nothing written."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    require(request.user, "member.edit", organisation)
    try:
        check = confirm_roster(organisation, by=request.user, today=timezone.localdate())
    except DomainError as refusal:
        return page(request, "members/quality.html", _quality(request, organisation) | {"refusal": refusal.message}, status=422)
    messages.success(request, f"{organisation}的名册已核对，{check.members} 人。")
    return redirect(f"{reverse('members:quality')}?{urlencode({'organisation': code})}")


def _quality(request, organisation: Organisation) -> dict:
    today = timezone.localdate()
    shown = selectors.quality(request.user, organisation, asked=asked_on(today))
    cost = burden(organisation, today=today)
    return {
        "organisation": organisation,
        "shown": shown,
        "burden": cost,
        "rows": [(place, figures, cost.recent.get(place.key, 0)) for place, figures in shown.rows],
        "places": places(request.user, within=organisation),
        "rows_url": f"{reverse('members:quality_rows')}?{urlencode({'organisation': organisation.code})}",
        "may_check": organisation.is_branch and can(request.user, "member.edit", organisation),
    }


def _organisation(request) -> Organisation:
    """The organisation in view; out of sight is not found, without one of the verbs refused."""
    if code := request.GET.get("organisation"):
        organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    else:
        paths = [path for verb in VERBS for path in paths_for(request.user, verb)]
        if not paths:
            raise PermissionDenied("member.edit")
        organisation = get_object_or_404(Organisation.objects.visible_to(request.user), path=min(paths, key=len))
    if not any(can(request.user, verb, organisation) for verb in VERBS):
        raise PermissionDenied("member.edit")
    return organisation
