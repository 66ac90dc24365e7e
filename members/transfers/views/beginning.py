"""How a transfer begins: applied for by the branch or the member, or a letter from outside recorded."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from branches.access import can, require
from branches.models import Organisation
from branches.selectors import search
from members.models import Member
from members.transfers import services
from members.transfers.forms import ApplyForm, ArriveForm
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.uid import uid_named

FOUND_SHOWN = 20
OFFERED_AT_MOST = 12


@never_cache
@login_required
def apply(request):
    """Choose whom (a member without a post: oneself), then where to and why."""
    member = _member(request)
    if member is None:
        return _choose(request)
    own = member.user_id == request.user.pk
    if not own:
        require(request.user, "transfer.apply", member.branch)
    form = ApplyForm(request.POST or None, own=own)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            transfer = services.apply(member=member, by=request.user, today=timezone.localdate(), **form.application)
            messages.success(request, "已申请，等支部同意。" if own else "已申请并由支部同意，等党委审批。")
            return redirect("transfers:transfer", transfer.uid)
    context = {"member": member, "form": form, "own": own}
    return page(request, "transfers/apply.html", context, status=422 if form.errors else None)


def _member(request) -> Member | None:
    """Whom it is about: the one named in the address; who holds no verb, oneself."""
    seen = Member.objects.visible_to(request.user).at_home().select_related("branch__parent").defer("id_number")
    if uid := request.GET.get("member"):
        return get_object_or_404(seen, uid=uid_named(uid))
    if can(request.user, "transfer.apply"):
        return None
    member = seen.filter(user=request.user).first()
    if member is None:
        raise PermissionDenied("transfer.apply")
    return member


def _choose(request):
    text = text_asked(request)
    mine = Member.objects.where(request.user, "transfer.apply").at_home().select_related("branch").defer("id_number")
    found = list(mine.matching(text).order_by("pinyin", "id")[: FOUND_SHOWN + 1]) if text else []
    context = {"text": text, "people": found[:FOUND_SHOWN], "more": len(found) > FOUND_SHOWN}
    return page(request, "transfers/choose.html", context, fragment="transfers/_candidates.html")


@login_required
def branches(request):
    """Names of branches offered while one types: public within the county to whoever may apply, and nothing about their people."""
    if not can(request.user, "transfer.apply") and getattr(request.user, "member", None) is None:
        raise PermissionDenied("transfer.apply")
    text = (request.GET.get("to_branch") or request.GET.get("q") or "").strip()[:60]
    living = Organisation.objects.branches().existing().select_related("parent")
    found = search(living, text).order_by("code")[:OFFERED_AT_MOST] if text else []
    return page(request, "transfers/branches.html", {"branches": found}, fragment="transfers/_branches.html")


@never_cache
@login_required
@sensitive_post_parameters("id_number")
def arrive(request):
    """Record a letter from outside the county with whoever brings it."""
    require(request.user, "transfer.decide")
    branches = Organisation.objects.where(request.user, "transfer.decide").branches().existing()
    form = ArriveForm(request.POST or None, branches=branches, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            transfer = services.arrive(person=form.bearer, by=request.user, today=timezone.localdate(), **form.letter)
            messages.success(request, f"已登记，等{transfer.to_branch}编入。编入那天进名册。")
            return redirect("transfers:transfer", transfer.uid)
    return page(request, "transfers/arrive.html", {"form": form}, status=422 if form.errors else None)
