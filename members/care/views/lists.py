"""Pages of the lists: all of them with their numbers, one with its names and reasons, and a list fixed for a day."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.care import parts
from members.care.forms.lists import FixForm, ListFilters
from members.care.models import Criterion, CriterionVersion, ListSnapshot
from members.care.rules.criteria import JULY, day_of, leaves
from members.care.rules.reasons import described, reads
from members.care.selectors import overview as selectors
from members.care.selectors.lists import eligible, reasons, version_on
from members.care.services.list_exports import export_list, export_snapshot
from members.care.services.snapshots import fix_list
from members.models import Member
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

A_PAGE = 50
FIXED_BY_HAND = 200  # so many names with a choice beside each fit on a page; longer lists are fixed whole, or committee by committee


@login_required
@never_cache
def lists(request):
    """Every list in force: how many are on it, who is new, what it is for."""
    require(request.user, "care.see")
    today = timezone.localdate()
    within, filters = _within(request), ListFilters(request.GET)
    rows, people = selectors.overview(request.user, within=within, on=today)
    context = {
        "rows": rows,
        "people": people,
        "within": within,
        "narrowing": f"?{urlencode({'organisation': within.code})}" if within else "",
        "filters": filters,
        "places": selectors.places(request.user),
        "since": selectors.month_before(today),
        "may_set": can(request.user, "care.criteria"),
        "snapshots": ListSnapshot.objects.visible_to(request.user).select_related("version__criterion", "organisation", "fixed_by")[:5],
    }
    return page(request, "care/lists.html", context, fragment="care/_lists.html")


@login_required
@never_cache
def one_list(request, code):
    """One list: the names with their reasons."""
    require(request.user, "care.see")
    today = timezone.localdate()
    version, within, found, filters = _found(request, code, today)
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    why = reasons(version, listed.object_list, today)
    context = {
        "criterion": version.criterion,
        "version": version,
        "within": within,
        "filters": filters,
        "page": listed,
        "rows": [(person, why[person.pk]) for person in listed.object_list],
        "lines": described(version.node),
        "choices": [choice for choice in ListFilters.base_fields["only"].choices if choice[0] != "unhelped" or parts.is_told()],
        "places": selectors.places(request.user),
        "may_export": can(request.user, "member.export"),
        "may_fix": can(request.user, "care.review"),
        "may_set": can(request.user, "care.criteria"),
        "snapshots": _snapshots(request.user, version.criterion)[:10],
    }
    return page(request, "care/list.html", context, fragment="care/_list.html")


@login_required
@require_POST
def export(request, code):
    """The list as the address narrows it, as a sheet to be handed upward."""
    require(request.user, "care.see")
    require(request.user, "member.export")
    today = timezone.localdate()
    version, _, found, _ = _found(request, code, today)
    file = export_list(version, found.where(request.user, "member.export"), on=today, by=request.user)
    return sheet_response(file, f"{version.criterion.name}-{today}.xlsx")


@login_required
@never_cache
def fix(request, code):
    """定名单: who is on it on that day, each put on or left out with a reason, and written down."""
    require(request.user, "care.review")
    today = timezone.localdate()
    held = get_object_or_404(Criterion.objects.visible_to(request.user), code=code)
    within = _within(request, verb="care.review") or Organisation.objects.where(request.user, "care.review").order_by("path").first()
    on = _day(request, held, today)
    version = version_on(held, on)
    fit = Member.objects.none() if version is None else eligible(version, on=on, within=within).where(request.user, "care.see")
    count = fit.count()
    named = fit.select_related("branch").defer("id_number").order_by("branch__code", "pinyin", "pk")
    by_hand = list(named) if count <= FIXED_BY_HAND else []
    purpose = f"{on.year} 年{held.name}"
    form = FixForm(request.POST or None, people=by_hand, initial={"on": on, "purpose": purpose, "seen": count})
    if request.method == "POST" and form.is_valid():
        said = {"purpose": form.cleaned_data["purpose"], "seen": form.cleaned_data["seen"], "on": form.cleaned_data["on"]}
        with refusals(form):
            fixed = fix_list(held, organisation=within, left_out=form.left_out, by=request.user, **said)
            messages.success(request, f"定好了：{fixed.people} 人。以后人和条件再变，这份名单不变。")
            return redirect("care:snapshot", fixed.uid)
    why = reasons(version, by_hand, on) if version is not None else {}
    context = {
        "criterion": held,
        "within": within,
        "on": on,
        "form": form,
        "count": count,
        "rows": [(person, why[person.pk], form[f"out-{person.uid}"]) for person in by_hand],
        "places": selectors.places(request.user),
    }
    return page(request, "care/fix.html", context, status=422 if form.errors else None)


@login_required
@never_cache
def snapshot(request, uid):
    """A list that was fixed: who was due, why, and who was left out."""
    held = _snapshot(request, uid)
    entries = held.entries.select_related("member", "organisation").defer("member__id_number")
    listed = Paginator(entries.order_by("left_out", "organisation__code", "member__pinyin", "pk"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "snapshot": held,
        "page": listed,
        "rows": [(entry, reads(entry.reasons)) for entry in listed.object_list],
        "omitted": held.entries.exclude(left_out="").count(),
        "may_export": can(request.user, "member.export", held.organisation),
    }
    return page(request, "care/snapshot.html", context)


@login_required
@require_POST
def snapshot_export(request, uid):
    """The fixed list as a sheet."""
    held = _snapshot(request, uid)
    require(request.user, "member.export", held.organisation)
    file = export_snapshot(held, by=request.user)
    return sheet_response(file, f"{held.purpose}-{held.on}.xlsx")


def _snapshot(request, uid) -> ListSnapshot:
    related = ("version__criterion", "organisation", "fixed_by")
    return get_object_or_404(ListSnapshot.objects.visible_to(request.user).select_related(*related), uid=uid)


def _snapshots(user, criterion: Criterion):
    return ListSnapshot.objects.visible_to(user).filter(version__criterion=criterion).select_related("organisation", "fixed_by")


def _within(request, verb: str = "care.see") -> Organisation | None:
    code = request.POST.get("organisation") or request.GET.get("organisation")
    return get_object_or_404(Organisation.objects.where(request.user, verb), code=code) if code else None


def _day(request, held: Criterion, today):
    """The day a list is fixed for: asked; else the coming 七一 where the list reckons by it, or today."""
    form = FixForm({"on": request.POST.get("on") or request.GET.get("on") or "", "purpose": "-", "seen": 0})
    if form.is_valid():
        return form.cleaned_data["on"]
    version = version_on(held, today)
    by_july = version is not None and any(getattr(leaf, "on", "") == JULY for leaf in leaves(version.node))
    return day_of(JULY, today) if by_july else today


def _found(request, code, today):
    version: CriterionVersion | None = version_on(get_object_or_404(Criterion.objects.visible_to(request.user), code=code), today)
    if version is None:
        raise Http404
    within, filters = _within(request), ListFilters(request.GET)
    found = selectors.people_on(version, request.user, within=within, on=today, only=filters.asked("only"), text=filters.asked("q"))
    return version, within, found, filters
