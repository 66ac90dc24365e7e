"""Pages of leaving: one member by decision, a whole branch by reorganisation, an empty organisation dissolved."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can, require
from branches.models import Organisation
from members.forms.offices import DissolveForm, LeaveForm, MoveAllForm
from members.models import Member
from members.selectors.leaving import branch_endings, endings
from members.services.departures import leave_party
from members.services.reorganisation import dissolve as dissolve_organisation
from members.services.reorganisation import move_all as move_everybody
from partyportal.core.days import day_named
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@never_cache
@login_required
def leave(request, uid):
    """退党、除名、开除党籍, with what ends by it."""
    person = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch", "user"), uid=uid)
    require(request.user, "member.leave", person.branch)
    today, may_discipline = timezone.localdate(), can(request.user, "member.discipline", person.branch)
    form = LeaveForm(request.POST or None, initial={"on": today}, may_discipline=may_discipline)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            leave_party(person, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"已登记{person}：{dict(form.fields['reason'].choices)[form.cleaned_data['reason']]}。")
            return redirect("members:member", uid)
    on = day_named(form.data.get("on", "")) or today
    shown = endings(person, on=on, closes_account=False, by=request.user) if person.left_on is None else []
    context = {"person": person, "form": form, "endings": shown, "may_discipline": may_discipline}
    return page(request, "members/leave.html", context, status=422 if form.errors else 200)


@login_required
def move_all(request):
    """A merger: everybody of one branch to another, from a day on; what ends by it is shown first."""
    source, today = _for_editing(request), timezone.localdate()
    branches = Organisation.objects.where(request.user, "organisation.edit").branches().existing().exclude(pk=source.pk)
    form = MoveAllForm(request.POST or None, branches=branches, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        also_dissolve = said.pop("dissolve")
        with refusals(form):
            with transaction.atomic():
                count = move_everybody(source, by=request.user, today=today, **said)
                if also_dissolve:
                    dissolve_organisation(source, on=said["on"], basis=said["basis"], by=request.user, today=today)
            tail = f"，{source}已撤销" if also_dissolve else ""
            messages.success(request, f"{count} 名党员已转到{said['to']}{tail}。")
            return redirect("branches:organisation", said["to"].code)
    context = {"source": source, "form": form, "shown": branch_endings(source)}
    return page(request, "members/move_all.html", context, status=422 if form.errors else 200)


@login_required
def dissolve(request):
    """Dissolve an organisation that is empty; one that is not says how many are still there."""
    organisation, today = _for_editing(request), timezone.localdate()
    form = DissolveForm(request.POST or None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            dissolve_organisation(organisation, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"{organisation}已撤销。以前的记录都留着。")
            return redirect("branches:organisation", organisation.code)
    context = {"organisation": organisation, "form": form, "shown": branch_endings(organisation)}
    return page(request, "members/dissolve.html", context, status=422 if form.errors else 200)


def _for_editing(request) -> Organisation:
    """The organisation asked for, where this user edits the tree."""
    require(request.user, "organisation.edit")
    seen = Organisation.objects.visible_to(request.user).existing().select_related("parent")
    organisation = get_object_or_404(seen, code=request.GET.get("organisation", ""))
    require(request.user, "organisation.edit", organisation)
    return organisation
