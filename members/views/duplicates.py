"""查重合并: the pairs that look alike, what was decided about them, and what was merged. The merge itself is the roof's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import require
from branches.asked import organisation_asked
from members.models import Member
from members.selectors import duplicates as selectors
from members.selectors.roster import places
from members.services import merging as services
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page

PAIRS_A_PAGE, DECIDED_A_PAGE = 10, 30


@never_cache
@login_required
def duplicates(request):
    """The pairs to decide on, in the subtree asked for; under another tab those that were told apart."""
    require(request.user, "member.merge")
    within, text = organisation_asked(request, "member.merge"), request.GET.get("q", "").strip()
    apart = request.GET.get("tab") == "apart"
    found = selectors.pairs(request.user, within=within, text=text)
    told = selectors.not_same(request.user)
    listed = Paginator(told, DECIDED_A_PAGE) if apart else Paginator(found, PAIRS_A_PAGE)
    shown = listed.get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "apart": apart,
        "tabs": [("待判定", "?", len(found), not apart), ("不是同一人", "?tab=apart", told.count(), apart)],
        "places": places(request.user, within=within),
        "within": within,
        "is_narrowed": bool(text or within),
        "rows": [] if apart else _rows(shown.object_list),
    }
    return page(request, "members/duplicates.html", context, fragment="members/_duplicates.html")


@login_required
@require_POST
def not_same(request):
    """Say that a pair is two persons, or take that back (`withdraw`)."""
    require(request.user, "member.merge")
    try:
        if uid := request.POST.get("withdraw"):
            said = _found(selectors.not_same(request.user), uid)
            services.withdraw_not_same(said, by=request.user)
            messages.success(request, f"{said.first.name}的两份档案会重新比对。")
            return redirect("members:duplicates")
        one, other = (
            _found(Member.objects.visible_to(request.user).select_related("branch"), request.POST.get(end)) for end in ("one", "other")
        )
        for member in (one, other):
            require(request.user, "member.merge", member.branch)
        services.say_not_same(one, other, by=request.user)
        messages.success(request, f"已记下：{one.name}和{other.name}的这两份档案不是同一人，以后不再提示。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("members:duplicates")


@login_required
def merged(request):
    """The merges in scope, latest first, each with the way back."""
    require(request.user, "member.merge")
    listed = Paginator(selectors.merges(request.user), DECIDED_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "members/duplicates_merged.html", {"page": listed})


def _rows(listed: list[selectors.Pair]) -> list[tuple]:
    """Each pair with its two files, and how many facts each holds."""
    facts = selectors.facts_of(listed)
    return [(pair, [(member, facts[member.pk]) for member in (pair.kept, pair.gone)]) for pair in listed]


def _found(rows, uid):
    try:
        return get_object_or_404(rows, uid=uid)
    except ValidationError:
        raise Http404 from None
