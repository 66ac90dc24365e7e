"""Pages of 班子: a subtree's leaders and terms, one organisation's posts, and the acts that change them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, require_sight
from branches.asked import organisation_asked
from branches.models import Organisation, Term
from branches.selectors import term_length
from branches.services.grants import may_come_with_a_post
from branches.services.terms import change_term as change_term_day
from members.forms.offices import EndForm, OfficeFilters, OfficeForm, TermChangeForm, TermForm
from members.models import Office
from members.selectors import leadership as selectors
from members.selectors.offices import full_members_of, parameters_on
from members.services import offices as services
from members.services.office_exports import export_offices
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

A_PAGE = 50


# ── Lists ───────────────────────────────────────────────────────────────────
@login_required
def offices(request):
    """班子 of a subtree: empty chairs first."""
    require_sight(request.user)
    return _listed(request, "members/offices.html", "members/_offices.html", selectors.vacancies_first)


@login_required
def terms(request):
    """届次 of a subtree: what is over, or soonest over, first."""
    require_sight(request.user)
    return _listed(request, "members/terms.html", "members/_terms.html", selectors.by_expiry)


def _listed(request, template: str, fragment: str, in_order):
    today, within, filters = timezone.localdate(), organisation_asked(request), OfficeFilters(request.GET)
    numbers = selectors.Numbers.on(today)
    everything = selectors.organisations(request.user, within=within, today=today)
    found = selectors.narrowed(everything, numbers, today=today, **filters.asked)
    listed = Paginator(in_order(found), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": selectors.leaderships(listed.object_list, numbers, today=today),
        "strip": selectors.strip(request.user, everything, numbers, within=within, today=today),
        "filters": filters,
        "within": within,
        "narrowed": any(filters.asked.values()),
        "may_export": can(request.user, "member.export"),
        "may_appoint": can(request.user, "office.appoint"),
    }
    return page(request, template, context, fragment=fragment)


@login_required
def holders(request):
    """身兼数职 and 专岗: persons with their posts."""
    require_sight(request.user)
    within = organisation_asked(request)
    view = "full_time" if request.GET.get("view") == "full_time" else "several"
    found = (selectors.full_timers if view == "full_time" else selectors.several)(request.user, within=within)
    listed = Paginator(found.select_related("branch").defer("id_number"), A_PAGE).get_page(request.GET.get("page"))
    rows = selectors.holders(request.user, listed.object_list, within=within)
    here = f"&organisation={within.code}" if within else ""
    tabs = [(label, f"?view={key}{here}", key == view) for key, label in (("several", "身兼数职"), ("full_time", "专职"))]
    return page(request, "members/office_holders.html", {"page": listed, "rows": rows, "view": view, "tabs": tabs, "within": within})


@login_required
@require_POST
def export(request):
    """The list as the URL narrows it, as a sheet."""
    require(request.user, "member.export")
    today, within, filters = timezone.localdate(), organisation_asked(request), OfficeFilters(request.GET)
    numbers = selectors.Numbers.on(today)
    mine = selectors.organisations(request.user, within=within, today=today).where(request.user, "member.export")
    found = selectors.vacancies_first(selectors.narrowed(mine, numbers, today=today, **filters.asked))
    path = within.path if within else paths_for(request.user, "member.export")[0]
    file = export_offices(selectors.leaderships(found, numbers, today=today), path=path, by=request.user)
    return sheet_response(file, f"班子-{today}.xlsx")


# ── One organisation ────────────────────────────────────────────────────────
@login_required
def leaders(request, code):
    """One organisation's 班子: who holds what, who held it before, its terms."""
    organisation, today = _organisation_or_404(request, code), timezone.localdate()
    numbers = selectors.Numbers.on(today)
    annotated = selectors.organisations(request.user, within=organisation, today=today).filter(pk=organisation.pk)
    rows = selectors.leaderships(annotated, numbers, today=today)
    may_appoint = services.may_appoint(request.user, organisation)
    past = organisation.offices.exclude(end=None).select_related("member").defer("member__id_number").order_by("-end", "position")
    context = {
        "organisation": organisation,
        "row": rows[0] if rows else None,
        "past": past[:A_PAGE],
        "terms": organisation.terms.with_due().prefetch_related("changes").order_by("-start"),
        "elected": term_length(organisation, today) is not None,
        "may_appoint": may_appoint,
        "may_grant": may_appoint and may_come_with_a_post(organisation),
        "today": today,
    }
    return page(request, "members/leaders.html", context)


@login_required
def office_new(request):
    """Seat one member: a by-election, an appointment, or what was so before."""
    organisation, today = _for_appointment(request), timezone.localdate()
    may_grant = may_come_with_a_post(organisation)
    initial = {"start": today, "position": request.GET.get("position", ""), "way": Office.Way.ELECTED}
    form = OfficeForm(request.POST or None, organisation=organisation, by=request.user, initial=initial, may_grant=may_grant)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            office = services.appoint(organisation=organisation, by=request.user, today=today, **form.appointment)
            waiting = "授权等安全管理员确认。" if office.grant_id else ""
            messages.success(request, f"{office.member}已任{organisation}{office.get_position_display()}。{waiting}")
            return redirect("members:leaders", organisation.code)
    return page(request, "members/office_new.html", {"organisation": organisation, "form": form}, status=422 if form.errors else 200)


@login_required
def office_end(request, uid):
    """End one post; what ends with it is shown first."""
    office, today = _office_or_404(request, uid), timezone.localdate()
    form = EndForm(request.POST or None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.end_post(office, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"{office.member}不再任{office.organisation}{office.get_position_display()}。")
            return redirect("members:leaders", office.organisation.code)
    return page(request, "members/office_end.html", {"office": office, "form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def office_grant(request, uid):
    """Propose the grant that goes with a post."""
    office = _office_or_404(request, uid)
    try:
        services.issue_grant(office, by=request.user, today=timezone.localdate())
        messages.success(request, f"已给{office.member}提出授权，等安全管理员确认。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("members:leaders", office.organisation.code)


# ── 届次 ────────────────────────────────────────────────────────────────────
@login_required
def term_new(request):
    """换届: the new term and its whole committee in one act."""
    organisation, today = _for_appointment(request), timezone.localdate()
    held: dict[str, list[Office]] = {}
    for office in organisation.offices.open().select_related("member").defer("member__id_number").order_by("pk"):
        held.setdefault(office.position, []).append(office)
    last = organisation.terms.order_by("-start").first()
    full = full_members_of(organisation) if organisation.is_branch else 0
    initial = {"number": last.number + 1 if last else 1, "start": today, "entitled": full or None}
    sizes = parameters_on(today).sizes
    committee = full >= sizes.committee_from
    form = TermForm(request.POST or None, organisation=organisation, by=request.user, with_committee=committee, held=held, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            term = services.change_term(organisation, by=request.user, today=today, **form.election)
            messages.success(request, f"{organisation}第 {term.number} 届已登记，{term.due_on:%Y-%m-%d} 届满。")
            return redirect("members:leaders", organisation.code)
    context = {
        "organisation": organisation,
        "form": form,
        "last": last,
        "full_members": full,
        "sizes": sizes,
        "committee": committee,
        "years": term_length(organisation, today),
    }
    return page(request, "members/term_new.html", context, status=422 if form.errors else 200)


@login_required
def term_change(request, uid):
    """An extension or an early election, with the superior's document."""
    seen = Term.objects.visible_to(request.user).with_due().select_related("organisation__parent")
    term, today = get_object_or_404(seen, uid=uid), timezone.localdate()
    _require_appointment(request, term.organisation)
    form = TermChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            row = change_term_day(term, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"已登记{row.get_kind_display()}：改为 {row.until:%Y-%m-%d} 届满。")
            return redirect("members:leaders", term.organisation.code)
    return page(request, "members/term_change.html", {"term": term, "form": form}, status=422 if form.errors else 200)


def _organisation_or_404(request, code) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.user).select_related("parent"), code=code)


def _for_appointment(request) -> Organisation:
    """The organisation asked for, where this user fills posts."""
    require(request.user, "office.appoint")
    organisation = _organisation_or_404(request, request.GET.get("organisation", ""))
    _require_appointment(request, organisation)
    return organisation


def _require_appointment(request, organisation: Organisation) -> None:
    if not services.may_appoint(request.user, organisation):
        raise PermissionDenied("office.appoint")


def _office_or_404(request, uid) -> Office:
    seen = Office.objects.open().visible_to(request.user).select_related("member__user", "organisation__parent", "grant")
    office = get_object_or_404(seen.defer("member__id_number"), uid=uid)
    _require_appointment(request, office.organisation)
    return office
