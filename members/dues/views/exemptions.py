"""减免: what the branches asked for, asking, and the committee's decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from branches.views.where import choose_organisation
from members.dues import services
from members.dues.forms import ExemptionForm, RefusalForm
from members.dues.models import Exemption
from members.dues.views.scope import COLLECT
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

ROWS_A_PAGE = 50
STATES = [(Exemption.State.FILED, "待审批"), (Exemption.State.APPROVED, "已同意"), (Exemption.State.REFUSED, "未同意")]


@login_required
def exemptions(request):
    """What was asked for, what was decided."""
    require(request.user, COLLECT)
    state = request.GET.get("state") if request.GET.get("state") in Exemption.State.values else Exemption.State.FILED
    found = Exemption.objects.where(request.user, COLLECT).filter(state=state)
    found = found.select_related("member__branch", "filed_by", "decided_by").defer("member__id_number").order_by("-filed_at", "-id")
    listed = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": [
            (
                row,
                state == Exemption.State.FILED
                and row.filed_by_id != request.user.pk
                and can(request.user, "dues.exempt", row.member.branch),
            )
            for row in listed.object_list
        ],
        "state": state,
        "tabs": [(label, f"?state={value}", value == state) for value, label in STATES],
        "may_decide": can(request.user, "dues.exempt"),
    }
    return page(request, "dues/exemptions.html", context)


@login_required
def exemption_new(request):
    """The branch asks; the branch is that of the member in the address, the one asked for, or the only one."""
    require(request.user, COLLECT)
    branch, today = _branch(request), timezone.localdate()
    if branch is None:
        own, back = Organisation.objects.where(request.user, COLLECT).branches().existing(), ("党费减免", reverse("dues:exemptions"))
        return choose_organisation(request, own, title="报哪个支部的党费减免", act="报减免", back=back)
    members = Member.objects.at_home().filter(branch=branch).order_by("pinyin", "id")
    initial = {"member": request.GET.get("member", ""), "start": f"{today:%Y-%m}", "until": f"{today.year}-12", "monthly": 0}
    form = ExemptionForm(request.POST if request.method == "POST" else None, members=members, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        with refusals(form):
            services.file_exemption(asked.pop("member"), by=request.user, today=today, **asked)
            messages.success(request, "已报上级党委，批了以后应交的数跟着变。")
            return redirect("dues:exemptions")
    return page(request, "dues/exemption_new.html", {"form": form, "branch": branch}, status=422 if form.errors else 200)


@login_required
@require_POST
def exemption_decide(request, uid):
    """The committee's word."""
    held = get_object_or_404(Exemption.objects.visible_to(request.user).select_related("member__branch"), uid=uid)
    require(request.user, "dues.exempt", held.member.branch)
    form = RefusalForm(request.POST)
    try:
        if request.POST.get("decision") == "approve":
            services.approve_exemption(held, by=request.user)
            messages.success(request, f"已同意，{held.member.name}这几个月照减免的数交。")
        elif form.is_valid():
            services.refuse_exemption(held, refusal=form.cleaned_data["refusal"], by=request.user)
            messages.success(request, "已退回支部，原因支部看得到。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("dues:exemptions")


def _branch(request) -> Organisation | None:
    """The branch asked for, or the only one; None asks the user to choose."""
    mine = Organisation.objects.where(request.user, COLLECT).branches().existing()
    if code := request.GET.get("organisation"):
        return get_object_or_404(mine, code=code)
    two = list(mine[:2])
    return two[0] if len(two) == 1 else None
