"""What was said: the agenda beside its text, every revision, the approval."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import require, require_sight
from education import services
from education.forms import AgendaForm
from education.models import Meeting
from education.rules import changes, split_minutes
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named


@never_cache
@login_required
def meeting_agenda(request, uid):
    """The text at the left, its items at the right; `split` proposes them anew from the text and keeps nothing."""
    held = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(request.user, "education.record", held.organisation)
    if held.state == Meeting.State.VOID:
        messages.error(request, "这次会议已经作废，不能再改。")
        return redirect("education:meeting", uid)
    refused = found_none = proposed = False
    if request.method != "POST":
        items = services.items_of(held) or split_minutes(held.minutes)
        proposed = bool(items) and not held.agenda.exists()
        form = AgendaForm(items=items, initial={"version": held.version, "minutes": held.minutes})
    elif request.POST.get("act") == "split":
        text = request.POST.get("minutes", "")[:20_000]
        items = split_minutes(text)
        proposed, found_none = bool(items), not items
        form = AgendaForm(items=items, initial={"version": request.POST.get("version"), "minutes": text})
    else:
        form = AgendaForm(request.POST)
        if form.is_valid():
            minutes = form.cleaned_data["minutes"] if request.POST.get("act") == "keep" else ""
            with refusals(form):
                services.write_agenda(held, version=form.cleaned_data["version"], agenda=form.agenda(), minutes=minutes, by=request.user)
                messages.success(request, f"议题已存 {len(form.agenda())} 项。改前的一稿留着。")
                return redirect("education:meeting", uid)
        refused = True
    context = {"meeting": held, "form": form, "proposed": proposed, "found_none": found_none}
    return page(request, "education/agenda.html", context, status=422 if refused else None)


@login_required
def meeting_minutes(request, uid):
    """Every text the minutes ever had, latest first, each with what it changed."""
    require_sight(request.user)
    held = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    rows = list(held.revisions.select_related("written_by", "approval__approved_by"))
    before = ["", *(row.text for row in rows)]
    told = [(row, changes(text, row.text) if text else None) for row, text in zip(rows, before, strict=False)]
    return page(request, "education/minutes.html", {"meeting": held, "revisions": told[::-1]})


@login_required
@require_POST
def meeting_approve(request, uid):
    """Stand for the latest text. The host needs no post for it; whoever wrote it is refused by the service."""
    held = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organisation", "host", "scribe"), uid=uid)
    if held.host is None or held.host.user_id != request.user.pk:
        require(request.user, "education.record", held.organisation)
    try:
        services.approve_minutes(held, number=number_named(request.POST.get("number")) or 0, by=request.user)
        messages.success(request, "纪要已审定。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("education:meeting", uid)
