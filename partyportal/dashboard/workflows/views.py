"""Pages of the acts across apps. They stand in the namespace of the app whose rows they are about."""

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import require
from members.models import Member
from members.selectors import duplicates as selectors
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.dashboard.workflows import merging
from partyportal.dashboard.workflows.forms import MergeForm


@never_cache
@login_required
def merge(request, kept, gone):
    """Two files side by side: which value is right, what will follow, and the act itself."""
    kept, gone = (_file_or_404(request, uid) for uid in (kept, gone))
    form = MergeForm(request.POST if request.method == "POST" else None, differences=selectors.differences(kept, gone))
    today, outcome, why_not = timezone.localdate(), None, ""
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            with transaction.atomic():
                merging.merge(kept, gone, chosen=form.chosen, reopen_offices=form.cleaned_data["reopen_offices"], by=request.user, on=today)
            messages.success(request, f"{kept.name}的两份档案已合成一份，积分马上重算。要撤销，在查重合并的“合并记录”里。")
            return redirect("members:member", kept.uid)
    try:
        outcome = merging.preview(kept, gone, by=request.user, on=today)
    except DomainError as refusal:
        why_not = refusal.message
    why = selectors.why_alike(kept, gone)
    context = {
        "kept": kept,
        "gone": gone,
        "form": form,
        "holdings": selectors.holdings(kept, gone),
        "outcome": outcome,
        "why_not": why_not,
        "why": selectors.WORDS.get(why, "这两份档案看起来不像同一人，合并前再核实一遍"),
        "is_alike": why is not None,
        "may_reopen": gone.offices.filter(end=None).exists(),
        "pair_fields": {"one": kept.uid, "other": gone.uid},
    }
    return page(request, "members/duplicates_merge.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def merge_reverse(request, uid):
    """What taking a merge back will do, and doing it."""
    row = get_object_or_404(selectors.merges(request.user), uid=uid)
    why_not, told = "", None
    if request.method == "POST":
        try:
            left = sum(merging.reverse(row, by=request.user).left.values())
        except DomainError as refusal:
            why_not = refusal.message
        else:
            note = f"合并以后又改过的 {left} 条没有动。" if left else ""
            messages.success(request, f"已撤销，{row.kept.name}又是两份档案。{note}")
            return redirect("members:merged")
    else:
        try:
            told = merging.preview_reverse(row, by=request.user)
        except DomainError as refusal:
            why_not = refusal.message
    context = {"row": row, "why_not": why_not, "moved": _named(row.moved), "left": _named(told.left) if told else []}
    return page(request, "members/duplicates_reverse.html", context, status=409 if request.method == "POST" else None)


def _file_or_404(request, uid) -> Member:
    """A file in sight, not merged yet, over which the verb holds."""
    files = Member.objects.visible_to(request.user).filter(merged_into=None).select_related("branch__parent", "user")
    member = get_object_or_404(files, uid=uid)
    require(request.user, "member.merge", member.branch)
    return member


def _named(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Counts by model as counts by its Chinese name; of the files themselves it is the fields."""
    names = {label: "档案资料" if label == Member._meta.label else str(apps.get_model(label)._meta.verbose_name) for label in counts}
    return [(names[label], count) for label, count in counts.items() if count]
