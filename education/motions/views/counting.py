"""What the absent wrote, the papers to print, and the figures."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can, require
from education.motions import rules, services
from education.motions.forms import CountForm, HandsForm, NamesForm, OpinionForm
from education.motions.models import Count, Motion
from education.motions.selectors import motions as selectors
from education.motions.selectors.rolls import candidates_of, members_by_uid, others_of, roll_of
from partyportal.core.attachments import streamed
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@never_cache
@login_required
def opinion(request, uid):
    """Take the written opinion of somebody who will be absent."""
    held = selectors.seen(request.user, uid)
    require(request.user, "education.record", held.organisation)
    people = [(line.uid, line.name) for line in roll_of(held).lines if line.counts and not line.has_written]
    form = OpinionForm(request.POST or None, request.FILES or None, people=people, initial={"received_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        member = members_by_uid([said.pop("member")]).popitem()[1]
        with refusals(form):
            services.take_opinion(held, member=member, by=request.user, today=timezone.localdate(), **said)
            messages.success(request, f"{member.name}的书面意见已登记。")
            return redirect("motions:motion", uid)
    context = {"motion": held, "form": form, "counts": rules.procedure_of(held.kind).counts_written}
    return page(request, "motions/opinion.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def opinion_file(request, uid, opinion, file):
    """The paper of a written opinion, to those who keep or oversee the record."""
    held = selectors.seen(request.user, uid)
    require(request.user, "education.record", held.organisation)
    return streamed(get_object_or_404(get_object_or_404(held.opinions.all(), uid=opinion).files, uid=file))


@never_cache
@login_required
def ballots(request, uid):
    """The papers of a secret vote, four to a sheet, one for each present, without any number on them."""
    held = selectors.seen(request.user, uid)
    require(request.user, "education.record", held.organisation)
    roll = roll_of(held)
    number = roll.present if held.method == rules.PAPER and held.state == Motion.State.OPEN else 0
    context = {
        "motion": held,
        "number": number,
        "ballots": range(number),
        "names": [name for _, name in candidates_of(held)],
        "blanks": range(held.seats),
    }
    return page(request, "motions/ballots.html", context)


@never_cache
@login_required
def count(request, uid):
    """Enter the figures: hands, names, or one of the two counts of the papers."""
    held = selectors.seen(request.user, uid)
    watcher = services.role_of(held, request.user)
    if not watcher and not can(request.user, "education.record", held.organisation):
        raise PermissionDenied("education.record")
    roll, role = roll_of(held), watcher or request.GET.get("role", "")
    names = [name for _, name in candidates_of(held)]
    data = request.POST if request.method == "POST" else None
    if held.method == rules.HANDS:
        form = HandsForm(data, initial={"against": 0, "abstained": 0, "in_favour": roll.present})
    elif held.method == rules.NAMED:
        form = NamesForm(data, lines=roll.voting)
    else:
        role = role if role in Count.Watcher.values else selectors.waiting_role(held)
        form = CountForm(data, names=names, others=others_of(held), initial={"issued": roll.present, "invalid": 0})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            result = _entered(held, form, role, request.user)
            _tell(request, held, result)
            return redirect("motions:motion", uid)
    context = {
        "motion": held,
        "roll": roll,
        "form": form,
        "role": Count.Watcher(role).label if held.method == rules.PAPER and role else "",
        "round": services.round_of(held),
        "is_open": held.state == Motion.State.OPEN and held.method != rules.ONLINE,
    }
    return page(request, "motions/count.html", context, status=422 if form.errors else None)


def _entered(held: Motion, form, role: str, user):
    said = {"by": user, "today": timezone.localdate()}
    if held.method == rules.HANDS:
        return services.count_hands(held, **form.cleaned_data, **said)
    if held.method == rules.NAMED:
        return services.record_names(held, choices=form.choices, **said)
    return services.enter_count(held, role=role, figures=form.figures, **said)


def _tell(request, held: Motion, result) -> None:
    if result is not None:
        messages.success(request, f"有结果了：{result.get_outcome_display()}。")
    elif held.counts.filter(round=services.round_of(held)).exists():
        messages.info(request, "已录入。等另一个人的数，两人一样才有结果。")
    else:
        messages.warning(request, "两个人的数不一样。一起重新点票，再各自录一遍。")
