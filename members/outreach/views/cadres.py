"""Somebody being brought up, and the cards of 岗位责任制."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import can, require
from members.outreach.forms import CardForm, CloseForm, CultivationForm, FinishForm, NoteForm
from members.outreach.models import Cultivation, DutyCard
from members.outreach.services import cadres as services
from members.outreach.views import done, end_page, new_of_branch
from partyportal.core.htmx import page


@login_required
def cultivation_new(request):
    """Begin to bring somebody up."""
    return new_of_branch(
        request,
        CultivationForm,
        services.begin,
        said=lambda begun: f"已登记：{begun.name}，{begun.get_direction_display()}。",
        to="outreach:cultivation",
        title="登记培养对象",
        act="登记",
        tab="cadres",
    )


@login_required
def cultivation(request, uid):
    """The plan, the notes, and the form for the next."""
    held = _cultivation_or_404(request, uid)
    today = timezone.localdate()
    form = NoteForm(request.POST or None, initial={"day": today})
    if request.method == "POST":
        require(request.user, "member.edit", held.organisation)
    note = partial(services.note, held, today=today)
    if going_on := done(request, form, note, said=lambda row: "已记下。", to=lambda row: request.path):
        return going_on
    context = {
        "cultivation": held,
        "notes": list(held.notes.select_related("recorded_by")),
        "form": form,
        "may_edit": held.end is None and can(request.user, "member.edit", held.organisation),
    }
    return page(request, "outreach/cultivation.html", context, status=422 if form.errors else None)


@login_required
def cultivation_end(request, uid):
    """End it with what came of it."""
    held = _cultivation_or_404(request, uid)
    require(request.user, "member.edit", held.organisation)
    return end_page(
        request,
        held,
        FinishForm,
        services.finish,
        said=f"{held.name}的培养已结束。",
        to="outreach:cultivation",
        title=f"结束{held.name}的培养",
        note=f"{held.get_direction_display()}。写明结果，记录都保留。",
        act="结束培养",
        back=held.name,
        tab="cadres",
    )


@login_required
def card_new(request):
    """A card for a post of a branch."""
    return new_of_branch(
        request,
        CardForm,
        services.hand_card,
        said=lambda card: f"{card.title}的责任卡已写好。",
        to="outreach:card",
        title="写岗位责任卡",
        act="写好",
        tab="cards",
    )


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
    return end_page(
        request,
        held,
        CloseForm,
        services.end_card,
        said=f"{held.title}的责任卡已收回。",
        to="outreach:card",
        title=f"收回{held.title}的责任卡",
        note=f"责任人{held.member.name}。卡上的职责和日期都保留。",
        act="收回",
        back=held.title,
        tab="cards",
    )


def _cultivation_or_404(request, uid) -> Cultivation:
    seen = Cultivation.objects.visible_to(request.user).select_related("member", "mentor", "organisation")
    return get_object_or_404(seen, uid=uid)


def _card_or_404(request, uid) -> DutyCard:
    return get_object_or_404(DutyCard.objects.visible_to(request.user).select_related("member", "organisation"), uid=uid)
