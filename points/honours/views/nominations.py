"""推荐: put somebody forward, one nomination with what decides it, and the objections of its 公示."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from branches.selectors import search
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from points.honours import services
from points.honours.forms import FORMS, CloseForm, NominateForm
from points.honours.models import Call, Nomination, Objection, Step
from points.honours.selectors import calls as selectors
from points.honours.selectors.candidates import candidates, nominees, points_of

OFFERED_AT_MOST = 60
Act = Step.Act
VERBS = {Act.WITHDRAW: "honour.nominate", Act.DROP: "honour.decide", "object": "honour.decide"}
DONE = {
    Act.APPROVE: "审核通过，占了一个名额。",
    Act.REFUSE: "没有通过，推荐的支部看得到原因。",
    Act.WITHDRAW: "已撤回，改好可以再推荐。",
    Act.DROP: "已取消资格，名额空出来了。",
    "object": "已登记异议，由另一个人核实。",
}


@never_cache
@login_required
def nominate(request, uid):
    """Put a member or an organisation forward; with several places to do it for, choose first."""
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("organiser"), uid=uid)
    require(request.user, "honour.nominate")
    places = selectors.places_below(request.user, call)
    place = _place(request, places)
    if place is None:
        text = text_asked(request)
        found = search(places.select_related("parent"), text) if text else places
        context = {"call": call, "places": list(found.order_by("code")[:OFFERED_AT_MOST]), "text": text}
        return page(request, "honours/choose_place.html", context)
    today = timezone.localdate()
    members = nominees(place, call) if call.is_of_members else None
    initial = {"meeting": Nomination.Meeting.ASSEMBLY, "met_on": today, "member": request.GET.get("member", "")}
    form = NominateForm(request.POST or None, members=members, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data if call.is_of_members else form.cleaned_data | {"organisation": place}
        with refusals(form):
            row = services.nominate(call, by=request.user, today=today, **said)
            messages.success(request, f"已推荐{row.candidate}，等上一级审核。")
            return redirect("honours:nomination", row.uid)
    context = {"call": call, "line": selectors.line_of(call, today), "place": place, "form": form}
    return page(request, "honours/nominate.html", context, status=422 if form.errors else None)


def _place(request, places) -> Organisation | None:
    """The organisation asked for, or the only one; None asks the user to choose."""
    if code := request.GET.get("organisation"):
        return get_object_or_404(places, code=code)
    two = list(places[:2])
    if not two:
        raise PermissionDenied("honour.nominate")
    return two[0] if len(two) == 1 else None


@never_cache
@login_required
def nomination(request, uid):
    """One nomination: the deeds, the vote, the figures the call looks at, and what may be done with it."""
    return _page_of(request, _nomination_or_404(request, uid))


@never_cache
@login_required
@require_POST
def act(request, uid, act):
    """Do one act of a nomination. What is refused comes back on the same page with what was typed."""
    row = _nomination_or_404(request, uid)
    if act not in DONE:
        raise Http404
    if act in {Act.APPROVE, Act.REFUSE}:
        require(request.user, "honour.review", row.organisation.parent)
    else:
        require(request.user, VERBS[act], row.organisation if act == Act.WITHDRAW else row.call.organiser)
    form = FORMS[act](request.POST, auto_id=f"{act}-%s")
    if form.is_valid():
        service = services.note_objection if act == "object" else getattr(services, act)
        with refusals(form):
            service(row, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, DONE[act])
            return redirect("honours:nomination", uid)
    return _page_of(request, _nomination_or_404(request, uid), act=act, form=form, status=422)


@never_cache
@login_required
@require_POST
def objection(request, uid):
    """Close an objection with what was found."""
    rows = Objection.objects.visible_to(request.user).select_related("nomination__call__organiser")
    row = get_object_or_404(rows, uid=uid)
    require(request.user, "honour.decide", row.nomination.call.organiser)
    nomination, form = _nomination_or_404(request, row.nomination.uid), CloseForm(request.POST, auto_id=f"close-{row.pk}-%s")
    if form.is_valid():
        with refusals(form):
            services.close_objection(row, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已登记核实情况。")
            return redirect("honours:nomination", nomination.uid)
    return _page_of(request, nomination, closing=row.pk, form=form, status=422)


def _nomination_or_404(request, uid) -> Nomination:
    rows = Nomination.objects.visible_to(request.user).with_deaths().defer("member__id_number")
    related = ("call__organiser", "member__branch", "organisation__parent", "share__organisation", "nominated_by", "reviewed_by")
    return get_object_or_404(rows.select_related(*related), uid=uid)


def _page_of(request, row: Nomination, *, act: str = "", closing: int | None = None, form=None, status: int | None = None):
    user, today = request.user, timezone.localdate()
    offered = selectors.acts_of(user, row, today)
    if act and act not in {one.act for one in offered}:
        messages.error(request, "；".join(form.non_field_errors()) or f"这份推荐{row.get_state_display()}，现在办不了这一步。")
        act = ""
    organises = can(user, "honour.decide", row.call.organiser)
    # What the call looks at is for those who put forward and review, not for every reader of the tree.
    judges = can(user, "honour.nominate", row.organisation) or organises
    figures = candidates(row.call, [row.member], today)[row.member_id] if row.member_id and judges else None
    steps = row.steps.select_related("by").order_by("-id")
    context = {
        "nomination": row,
        "call": row.call,
        "chip": selectors.CHIPS[row.state],
        "figures": figures,
        "points": points_of([row.member_id], row.call.points_year).get(row.member_id) if figures else None,
        "offers": [
            (one, form if one.act == act else FORMS[one.act](initial={"received_on": today}, auto_id=f"{one.act}-%s")) for one in offered
        ],
        "history": selectors.history(steps),
        "objections": [
            (
                one,
                form if one.pk == closing else CloseForm(auto_id=f"close-{one.pk}-%s"),
                one.recorded_by_id != user.pk and one.closed_on is None,
            )
            for one in (row.objections.select_related("recorded_by", "closed_by") if organises else ())
        ],
        "waits": row.state == Nomination.State.NOMINATED and not any(one.act == Act.APPROVE for one in offered),
    }
    return page(request, "honours/nomination.html", context, status=status)
