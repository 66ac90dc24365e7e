"""Somebody being brought up, and the cards of 岗位责任制."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from branches.access import can, require
from members.outreach.forms import CardForm, CultivationForm, EndForm, FinishForm, NoteForm
from members.outreach.models import Cultivation, DutyCard
from members.outreach.services import cadres as services
from members.outreach.views import branch_asked, branches_to_choose
from partyportal.core.errors import DomainError
from partyportal.core.forms import refuse
from partyportal.core.htmx import page


@login_required
def cultivation_new(request):
    """Begin to bring somebody up."""
    require(request.user, "member.edit")
    branch = branch_asked(request)
    if branch is None:
        return page(request, "outreach/choose.html", {"title": "登记培养对象", "branches": branches_to_choose(request)})
    form = CultivationForm(request.POST or None, organisation=branch, initial={"start": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            begun = services.begin(organisation=branch, by=request.user, **form.cleaned_data)
        except (DomainError, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记：{begun.name}，{begun.get_direction_display()}。")
            return redirect("outreach:cultivation", begun.uid)
    context = {"form": form, "branch": branch, "title": "登记培养对象", "act": "登记", "tab": "cadres"}
    return page(request, "outreach/new.html", context, status=422 if form.errors else 200)


@login_required
def cultivation(request, uid):
    """The plan, the notes, and the form for the next."""
    held = _cultivation_or_404(request, uid)
    today = timezone.localdate()
    form = NoteForm(request.POST or None, initial={"day": today})
    if request.method == "POST":
        require(request.user, "member.edit", held.organisation)
        if form.is_valid():
            try:
                services.note(held, by=request.user, today=today, **form.cleaned_data)
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "已记下。")
                return redirect("outreach:cultivation", uid)
    context = {
        "cultivation": held,
        "notes": list(held.notes.select_related("recorded_by")),
        "form": form,
        "may_edit": held.end is None and can(request.user, "member.edit", held.organisation),
    }
    return page(request, "outreach/cultivation.html", context, status=422 if form.errors else 200)


@login_required
def cultivation_end(request, uid):
    """End it with what came of it."""
    held = _cultivation_or_404(request, uid)
    require(request.user, "member.edit", held.organisation)
    form = FinishForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.finish(held, by=request.user, **form.cleaned_data)
        except (DomainError, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{held.name}的培养已结束。")
            return redirect("outreach:cultivation", uid)
    context = {
        "form": form,
        "title": f"结束{held.name}的培养",
        "note": f"{held.get_direction_display()}。写明结果，记录都保留。",
        "act": "结束培养",
        "back": held.name,
        "back_url": reverse("outreach:cultivation", args=[held.uid]),
    }
    return page(request, "outreach/end.html", context, status=422 if form.errors else 200)


@login_required
def card_new(request):
    """A card for a post of a branch."""
    require(request.user, "member.edit")
    branch = branch_asked(request)
    if branch is None:
        return page(request, "outreach/choose.html", {"title": "写岗位责任卡", "branches": branches_to_choose(request)})
    form = CardForm(request.POST or None, organisation=branch, initial={"start": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            card = services.hand_card(organisation=branch, by=request.user, **form.cleaned_data)
        except (DomainError, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{card.title}的责任卡已写好。")
            return redirect("outreach:card", card.uid)
    context = {"form": form, "branch": branch, "title": "写岗位责任卡", "act": "写好", "tab": "cards"}
    return page(request, "outreach/new.html", context, status=422 if form.errors else 200)


@login_required
def card(request, uid):
    """One card, fit to print and sign."""
    held = _card_or_404(request, uid)
    may_edit = held.end is None and can(request.user, "member.edit", held.organisation)
    return page(request, "outreach/card.html", {"card": held, "may_edit": may_edit})


@login_required
def card_end(request, uid):
    """Take a card back."""
    held = _card_or_404(request, uid)
    require(request.user, "member.edit", held.organisation)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    del form.fields["note"]
    if request.method == "POST" and form.is_valid():
        try:
            services.end_card(held, on=form.cleaned_data["on"], by=request.user)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{held.title}的责任卡已收回。")
            return redirect("outreach:card", uid)
    context = {
        "form": form,
        "title": f"收回{held.title}的责任卡",
        "note": f"责任人{held.member.name}。卡上的职责和日期都保留。",
        "act": "收回",
        "back": held.title,
        "back_url": reverse("outreach:card", args=[held.uid]),
    }
    return page(request, "outreach/end.html", context, status=422 if form.errors else 200)


def _cultivation_or_404(request, uid) -> Cultivation:
    seen = Cultivation.objects.visible_to(request.user).select_related("member", "mentor", "organisation")
    return get_object_or_404(seen, uid=uid)


def _card_or_404(request, uid) -> DutyCard:
    return get_object_or_404(DutyCard.objects.visible_to(request.user).select_related("member", "organisation"), uid=uid)
