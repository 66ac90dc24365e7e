"""Grants: kept by the security admin, each confirmed by a second person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from branches import selectors
from branches.access import require
from branches.forms import GrantForm
from branches.models import Grant, Organisation
from branches.services import grants as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

GRANTS_A_PAGE = 50
STATES = [("", "生效"), ("waiting", "待确认"), ("over", "已终止")]


@login_required
def grants(request):
    """Who holds what, where; and what waits for a second person."""
    require(request.user, "grant.manage")
    today, state = timezone.localdate(), request.GET.get("state", "")
    found = selectors.listed_grants(request.user, state=state, text=request.GET.get("q", ""), on=today)
    listed = Paginator(found, GRANTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": [(grant, selectors.may_confirm(grant, request.user)) for grant in listed],
        "tabs": [(label, f"?state={key}" if key else "?", key == state) for key, label in STATES],
        "state": state,
    }
    return page(request, "branches/grants.html", context, fragment="branches/_grants.html")


@login_required
def grant_new(request):
    """Propose a grant; another security admin confirms it."""
    require(request.user, "grant.manage")
    organisations = Organisation.objects.where(request.user, "grant.manage").existing()
    initial = {"start": timezone.localdate(), "user": request.GET.get("user", "")}
    form = GrantForm(request.POST or None, initial=initial, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            grant = services.propose(by=request.user, **form.cleaned_data)
            messages.success(request, f"已提出：{grant.user}任{grant.organisation}{grant.get_role_display()}，等另一位安全管理员确认。")
            return redirect("branches:grants")
    return page(request, "branches/grant_new.html", {"form": form}, status=422 if form.errors else None)


def _grant_or_404(request, uid) -> Grant:
    kept = Grant.objects.where(request.user, "grant.manage")
    return get_object_or_404(kept.select_related("user", "organisation", "granted_by", "confirmed_by"), uid=uid)


@login_required
def grant_confirm(request, uid):
    """What a proposal will allow, and the second person's word."""
    require(request.user, "grant.manage")
    grant = _grant_or_404(request, uid)
    if request.method == "POST":
        try:
            services.confirm(grant, by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("branches:grant_confirm", uid)
        messages.success(request, f"已确认：{grant.user}任{grant.organisation}{grant.get_role_display()}。")
        return redirect("branches:grants")
    return page(request, "branches/grant_confirm.html", {"grant": grant, "may_confirm": selectors.may_confirm(grant, request.user)})


@login_required
def grant_end(request, uid):
    """What ends with a grant, and its end from today on."""
    require(request.user, "grant.manage")
    grant = _grant_or_404(request, uid)
    if request.method == "POST":
        try:
            services.end(grant, on=timezone.localdate(), by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"已终止：{grant.user}不再任{grant.organisation}{grant.get_role_display()}。")
        return redirect("branches:grants")
    return page(request, "branches/grant_end.html", {"grant": grant})
