"""The online ballot: one screen to vote on, and the close. What is chosen is neither said back nor kept by any page (ADR 26)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from branches.access import require
from education.motions import services
from education.motions.forms import BallotForm
from education.motions.selectors import motions as selectors
from education.motions.selectors.rolls import candidates_of, others_of, voter_of
from partyportal.core.errors import DomainError
from partyportal.core.forms import refuse
from partyportal.core.htmx import page


@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@login_required
def vote(request, uid):
    """Vote, once; or read why one may not."""
    held = selectors.seen(request.user, uid)
    names = [name for _, name in candidates_of(held)]
    fault = services.casting_fault(held, request.user)
    form = BallotForm(request.POST if request.method == "POST" else None, motion=held, names=names, others=others_of(held))
    if request.method == "POST" and form.is_valid():
        try:
            services.cast(held, choices=form.choices, others=form.cleaned_data.get("others", ()), by=request.user)
        except DomainError as refusal:
            refuse(form, refusal)
            fault = services.casting_fault(held, request.user)
        else:
            messages.success(request, "已投票。没有人能看到你投了什么。")
            return redirect("motions:motion", uid)
    context = {"motion": held, "form": form, "fault": fault, "voter": voter_of(held, request.user)}
    return page(request, "motions/vote.html", context, status=422 if form.errors else None)


@login_required
@require_POST
def close(request, uid):
    """End an online vote and count."""
    held = selectors.seen(request.user, uid)
    require(request.user, "education.record", held.organisation)
    try:
        result = services.close_urn(held, by=request.user, today=timezone.localdate())
        messages.success(request, f"投票结束：{result.get_outcome_display()}。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("motions:motion", uid)
