"""请假: one's own on a phone; for whoever keeps the record, what waits for an answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can, paths_for, require
from education import services
from education.forms import LeaveForm, RefusalForm
from education.models import Leave
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

LEAVES_A_PAGE = 50


@login_required
def leaves(request):
    """The leaves in sight, the coming days first; without a post, one's own."""
    state = request.GET.get("state", "")
    found = Leave.objects.visible_to(request.user).select_related("member", "organisation").defer("member__id_number")
    found = found.filter(state=state) if state in Leave.State.values else found
    context = {
        "page": Paginator(found.order_by("-day", "-id"), LEAVES_A_PAGE).get_page(request.GET.get("page")),
        "states": [("", "全部"), *Leave.State.choices],
        "looks_around": bool(paths_for(request.user)),
        "is_member": Member.objects.at_home().filter(user=request.user).exists(),
    }
    return page(request, "education/leaves.html", context)


@never_cache
@login_required
def leave_new(request):
    """A member asks for a coming day."""
    own = Member.objects.filter(user=request.user).first()
    if own is None:
        raise PermissionDenied("member")
    initial = {name: request.GET[name] for name in ("day", "kind") if name in request.GET}
    form = LeaveForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.ask_leave(member=own, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已提请假，等支部答复。")
            return redirect("education:leaves")
    return page(request, "education/leave_new.html", {"form": form}, status=422 if form.errors else None)


@never_cache
@login_required
def leave(request, uid):
    """One leave: granted, refused with a reason, or taken back."""
    rows = Leave.objects.visible_to(request.user).select_related("member", "organisation", "answered_by").defer("member__id_number")
    held = get_object_or_404(rows, uid=uid)
    today, form = timezone.localdate(), RefusalForm()
    own, act = held.asked_by_id == request.user.pk, request.POST.get("act")
    if request.method == "POST":
        if act != "withdraw":
            require(request.user, "education.record", held.organisation)
        form = RefusalForm(request.POST) if act == "refuse" else form
        if act != "refuse" or form.is_valid():
            try:
                if act == "withdraw":
                    services.withdraw_leave(held, by=request.user, today=today)
                else:
                    answer = form.cleaned_data["answer"] if act == "refuse" else ""
                    services.answer_leave(held, grant=act == "grant", answer=answer, by=request.user, today=today)
            except DomainError as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, {"withdraw": "已收回。", "grant": "已准假，那天的名单会先填上请假。"}.get(act, "已告诉本人。"))
            return redirect("education:leave", uid)
    open_still = held.state == Leave.State.ASKED and held.day >= today
    context = {
        "leave": held,
        "form": form,
        "own": own,
        "may_answer": open_still and not own and can(request.user, "education.record", held.organisation),
        "may_withdraw": own and held.day >= today and held.state in {Leave.State.ASKED, Leave.State.GRANTED},
    }
    return page(request, "education/leave.html", context, status=422 if form.errors else None)
