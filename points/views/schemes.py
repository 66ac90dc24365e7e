"""The rules as everybody reads them; for those who draft, what stands in a draft's way, consent, and publishing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named
from points import services
from points.models import Scheme
from points.selectors import drafts, readings
from points.selectors.schemes import STATES, drafting_places, may_draft, readable_schemes, require_draft, state_of, versions
from points.services import simulations


@login_required
def schemes(request):
    """Every published version, and one's own drafts: where each stands, from which day."""
    today, state = timezone.localdate(), request.GET.get("state", "")
    places = drafting_places(request.user, today)
    may_begin = places.exists()
    shown = STATES if may_begin else {name: STATES[name] for name in ("coming", "ruling", "past")}
    state = state if state in shown else ""
    context = {
        "versions": versions(readable_schemes(request.user, today), today, state=state),
        "states": [("", "全部"), *((name, label) for name, (label, _) in shown.items())],
        "state": state,
        "may_begin": may_begin,
    }
    return page(request, "points/schemes.html", context, fragment="points/_schemes.html")


@login_required
def scheme(request, uid):
    """One version as a document; of a draft also what was found and where each part is changed."""
    today = timezone.localdate()
    shown = readable_or_404(request, uid)
    return page(request, "points/scheme.html", page_context(request, shown, today))


def readable_or_404(request, uid) -> Scheme:
    rows = readable_schemes(request.user, timezone.localdate()).select_related("based_on", "drafted_by", "consented_by", "published_by")
    return get_object_or_404(rows.prefetch_related(*drafts.PARTS), uid=uid)


def page_context(request, shown: Scheme, today) -> dict:
    text = drafts.content_of(shown)
    before = drafts.version_before(shown)
    return {
        "scheme": shown,
        "version": state_of(shown, today),
        "reading": readings.reading_of(text),
        "may_edit": shown.is_draft,  # only those who may are shown a draft
        "may_begin": not shown.is_draft and may_draft(request.user, shown.organisation, today),
        "findings": drafts.findings_of(shown, text, today) if shown.is_draft else [],
        "before": before,
        "changes": drafts.changes_since(before, text) if before else [],
    }


@login_required
def scheme_publish(request, uid):
    """What publishing will do, and what is in its way; then the act."""
    today, shown = timezone.localdate(), readable_or_404(request, uid)
    require_draft(request.user, shown.organisation, today)
    if not shown.is_draft:
        return redirect("points:scheme", shown.uid)
    refused = ""
    if request.method == "POST":
        try:
            services.publish(shown, by=request.user, revision=revision_read(request))
        except DomainError as refusal:
            refused = refusal.message
            shown = readable_or_404(request, uid)
        else:
            messages.success(request, f"已发布，{shown.start:%Y-%m-%d} 起施行。")
            return redirect("points:scheme", shown.uid)
    text = drafts.content_of(shown)
    found = drafts.findings_of(shown, text, today, with_facts=True)
    tried = simulations.current_simulation(shown)
    context = {
        "scheme": shown,
        "stops": [one for one in found if one.stops],
        "warnings": [one for one in found if not one.stops],
        "refused": refused,
        "needs_trial": drafts.is_ruled_already(shown),
        "tried": tried,
        "may_consent": tried is not None and request.user.pk not in {tried.made_by_id, shown.drafted_by_id},
    }
    return page(request, "points/scheme_publish.html", context, status=422 if refused else None)


@require_POST
@login_required
def scheme_consent(request, uid):
    """Ask for a second person's consent; it is given on the page that shows who would fall."""
    shown = readable_or_404(request, uid)
    require_draft(request.user, shown.organisation, timezone.localdate())
    try:
        services.ask_consent(shown, revision=revision_read(request), by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已记下。请另一位能制定办法的人打开这一稿，看过试算的名单再同意；列表里写着“等人同意”。")
    return redirect("points:scheme_publish", shown.uid)


def revision_read(request) -> int:
    """The revision the page was read at; a page that does not say is older than any."""
    return number_named(request.POST.get("revision")) or 0
