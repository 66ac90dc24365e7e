"""Accounts for a branch's members, and the slips that hand them over."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from branches.access import require
from branches.models import Organisation
from members.forms.accounts import BranchForm
from members.models import Member
from members.services import accounts as services
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.uid import uid_named


@never_cache
@login_required
@sensitive_variables("slips")
def slips(request):
    """Choose a branch, see who has no account yet, open them all; or one member's alone, from the file."""
    require(request.user, "account.manage")
    branches = Organisation.objects.where(request.user, "account.manage").branches().existing()
    alone = _alone(request, branches)
    asked = {"organisation": alone.branch.code} if alone else request.POST or request.GET
    form = BranchForm(asked or None, branches=branches)
    branch = form.cleaned_data["organisation"] if form.is_bound and form.is_valid() else None
    members = Member.objects.at_home().filter(branch=branch)
    if request.method == "POST" and branch:
        with refusals(form):
            opened = services.open_for_members(members.filter(pk=alone.pk) if alone else members, branch=branch, by=request.user)
            return page(request, "branches/slips.html", {"slips": opened, "title": f"{branch}登录条"})
    context = {"form": form, "branch": branch, "members": members.count(), "waiting": members.filter(user=None).count()}
    return page(request, "members/slips.html", context)


def _alone(request, branches) -> Member | None:
    """The one member a file's button asks an account for."""
    if not (asked := request.POST.get("member")):
        return None
    return get_object_or_404(Member.objects.at_home().filter(branch__in=branches).select_related("branch"), uid=uid_named(asked))
