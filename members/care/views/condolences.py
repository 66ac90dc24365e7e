"""Pages of 去世 and the condolence that follows."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require, require_sight
from branches.asked import organisation_asked
from members.care.forms.condolences import CondolenceFilters, DeathForm, StepForm, WithdrawForm
from members.care.models import Condolence, CondolenceStep
from members.care.selectors import condolences as selectors
from members.care.services import condolences as services
from members.care.services.death import record_death, withdraw_death
from members.care.services.exports import export_condolences
from members.models import Member
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

A_PAGE = 50


@login_required
def condolences(request):
    """The condolences in sight: what is still to do first."""
    require_sight(request.user)
    within, found, filters = _found(request)
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": listed, "filters": filters, "within": within, "may_export": can(request.user, "member.export")}
    return page(request, "care/condolences.html", context, fragment="care/_condolences.html")


@login_required
@require_POST
def export(request):
    """The list as the URL narrows it, as a sheet with its steps."""
    require_sight(request.user)
    require(request.user, "member.export")
    _, found, _ = _found(request)
    rows = found.where(request.user, "member.export")
    file = export_condolences(rows, by=request.user)
    return sheet_response(file, f"去世慰问-{timezone.localdate()}.xlsx")


def _found(request):
    filters, within = CondolenceFilters(request.GET), organisation_asked(request)
    return within, selectors.listed(request.user, within=within, state=filters.asked("state"), text=filters.asked("q")), filters


@login_required
def condolence(request, uid):
    """One condolence with its three steps."""
    return _condolence_page(request, _condolence_or_404(request, uid))


@login_required
@require_POST
def step(request, uid):
    """Write down one step."""
    held = get_object_or_404(CondolenceStep.objects.visible_to(request.user).select_related("condolence__organisation"), uid=uid)
    require(request.user, "member.leave", held.condolence.organisation)
    form = StepForm(request.POST, auto_id=f"id_{held.kind}_%s")
    if form.is_valid():
        with refusals(form):
            services.record_step(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, f"{held.get_kind_display()}已登记。")
            return redirect("care:condolence", held.condolence.uid)
    return _condolence_page(request, _condolence_or_404(request, held.condolence.uid), refused=(held.pk, form), status=422)


@login_required
@require_POST
def withdraw(request, uid):
    """A death recorded by mistake: on the same day by the branch, later by the committee."""
    held = _condolence_or_404(request, uid)
    require(request.user, _withdrawing(held), held.organisation)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        with refusals(form):
            withdraw_death(held, by=request.user, **form.cleaned_data)
            messages.success(request, f"已更正：{held.member}的组织关系没有中断。原来的授权要重新提出、确认。")
            return redirect("members:member", held.member.uid)
    return _condolence_page(request, held, withdrawing=form, status=422)


@never_cache
@login_required
def death(request, uid):
    """Record a death: first what it will end and open, then the act."""
    person = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch__parent", "user"), uid=uid)
    require(request.user, "member.leave", person.branch)
    today = timezone.localdate()
    form = DeathForm(request.POST or request.GET or None, today=today, initial={"died_on": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            opened = record_death(person, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"已登记{person}去世。下面三件事办一件登记一件。")
            return redirect("care:condolence", opened.uid)
    shown = None
    if person.left_on is None and form.is_bound and form.is_valid():
        shown = selectors.consequences(person, died_on=form.cleaned_data["died_on"], by=request.user, today=today)
    context = {"person": person, "form": form, "shown": shown}
    return page(request, "care/death.html", context, status=422 if form.errors else 200)


def _condolence_or_404(request, uid) -> Condolence:
    seen = Condolence.objects.visible_to(request.user).select_related("member", "organisation", "recorded_by", "withdrawn_by")
    return get_object_or_404(seen, uid=uid)


def _withdrawing(held: Condolence) -> str:
    same_day = timezone.localdate(held.recorded_at) == timezone.localdate()
    return "member.leave" if same_day else "member.discipline"


def _condolence_page(request, held: Condolence, *, refused=None, withdrawing=None, status: int = 200):
    today = timezone.localdate()
    may_record = held.withdrawn_at is None and can(request.user, "member.leave", held.organisation)
    pk, form = refused or (None, None)
    steps = [
        (
            step,
            (form if step.pk == pk else StepForm(initial={"done_on": today}, auto_id=f"id_{step.kind}_%s"))
            if may_record and not step.outcome
            else None,
        )
        for step in held.steps.select_related("organisation", "recorded_by").order_by("pk")
    ]
    may_withdraw = held.withdrawn_at is None and can(request.user, _withdrawing(held), held.organisation)
    context = {
        "condolence": held,
        "steps": steps,
        "refused": form or withdrawing,
        "withdrawing": withdrawing or WithdrawForm() if may_withdraw else None,
        "today": today,
    }
    return page(request, "care/condolence.html", context, status=status)
