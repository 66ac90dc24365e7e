"""Accounts: kept by the system admin. An initial password stands on one page, once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from branches import selectors
from branches.access import require
from branches.forms import AccountForm
from branches.services import accounts as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

ACCOUNTS_A_PAGE = 50
STATES = [("", "全部"), ("initial", "还没改初始密码"), ("granted", "有授权"), ("disabled", "已停用")]


@login_required
def accounts(request):
    """The accounts in one's care, by name."""
    require(request.user, "account.manage")
    state = request.GET.get("state", "")
    found = selectors.found_accounts(selectors.managed_accounts(request.user), text=request.GET.get("q", ""), state=state)
    listed = Paginator(found.order_by("username"), ACCOUNTS_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "branches/accounts.html", {"page": listed, "states": STATES}, fragment="branches/_accounts.html")


@never_cache
@login_required
@sensitive_variables("slip")
def account_new(request):
    """Open an account; the answer is its slip."""
    require(request.user, "account.manage")
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            slip = services.open_account(by=request.user, **form.cleaned_data)
            return page(request, "branches/slips.html", {"slips": [slip], "title": "新账号的登录条"})
    return page(request, "branches/account_new.html", {"form": form}, status=422 if form.errors else None)


@never_cache
@login_required
@sensitive_variables("slip")
def account(request, uid):
    """One account: what it may, a new initial password, in or out of use."""
    require(request.user, "account.manage")
    held = get_object_or_404(selectors.managed_accounts(request.user), uid=uid)
    if request.method == "POST":
        try:
            match request.POST.get("act"):
                case "reset":
                    slip = services.reset_password(held, by=request.user)
                    return page(request, "branches/slips.html", {"slips": [slip], "title": "重设后的登录条"})
                case "disable" | "enable" as act:
                    services.set_active(held, active=act == "enable", by=request.user)
                    messages.success(request, f"{held}的账号已{'启用' if act == 'enable' else '停用'}。")
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return redirect("branches:account", uid)
    context = {
        "account": held,
        "grants": selectors.standing_grants(held, on=timezone.localdate()),
        "acts": {act: {"act": act} for act in ("reset", "disable", "enable")},
    }
    return page(request, "branches/account.html", context)
