"""核定党费基数: a branch's list, one press for everybody ticked, last year's again, or one member by hand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse as address
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import require
from members.dues import services
from members.dues.forms import BaseForm
from members.dues.selectors import bases as selectors
from members.dues.views.scope import COLLECT, branch_asked, organisation_asked, year_asked
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@login_required
def bases(request):
    """Who pays on what base this year. Incomes are shown here alone, to who collects from the branch."""
    organisation, today = organisation_asked(request), timezone.localdate()
    year = year_asked(request, today)
    if not organisation.is_branch:
        context = _frame(organisation, year, today) | {"places": selectors.by_branch(organisation, year)}
        return page(request, "dues/bases_places.html", context)
    return _branch(request, organisation, year, BaseForm(initial=_initial(year, today), year=year))


@login_required
@require_POST
def bases_set(request):
    """One base for everybody ticked."""
    branch, today = branch_asked(request), timezone.localdate()
    year, chosen = year_asked(request, today), request.POST.getlist("chosen")
    form = BaseForm(request.POST, year=year)
    if form.is_valid():
        members = Member.objects.at_home().filter(branch=branch)
        lines = {pk: form.line() for uid, pk in members.values_list("uid", "pk") if str(uid) in chosen}
        with refusals(form):
            if not lines:
                raise DomainError("还没有选人，勾上要核定的再按。")
            count = services.set_bases(organisation=branch, lines=lines, start=form.cleaned_data["start"], by=request.user, today=today)
            messages.success(request, f"已核定 {count} 人，每月应交照新的算。" if count else "和原来的一样，没有变。")
            return redirect(f"{address('dues:bases')}?organisation={branch.code}&year={year}")
    return _branch(request, branch, year, form, chosen=frozenset(chosen), status=422)


@login_required
@require_POST
def bases_copy(request):
    """照上年: whoever has none this year keeps last year's."""
    branch, today = branch_asked(request), timezone.localdate()
    year = year_asked(request, today)
    try:
        count = services.copy_from_last_year(branch, year=year, by=request.user, today=today)
        messages.success(request, f"照 {year - 1} 年核定了 {count} 人。收入有变的，再逐个改。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{address('dues:bases')}?organisation={branch.code}&year={year}")


@login_required
def base(request, uid):
    """One member's base, from a month on."""
    payer = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch"), uid=uid)
    require(request.user, COLLECT, payer.branch)
    today = timezone.localdate()
    year = year_asked(request, today)
    told = selectors.told_of(payer, year)
    form = BaseForm(request.POST if request.method == "POST" else None, initial=_initial(year, today, told), year=year)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            count = services.set_bases(
                organisation=payer.branch, lines={payer.pk: form.line()}, start=form.cleaned_data["start"], by=request.user, today=today
            )
            messages.success(request, "已核定，每月应交照新的算。" if count else "和原来的一样，没有变。")
            return redirect(f"{address('dues:bases')}?organisation={payer.branch.code}&year={year}")
    context = {"payer": payer, "year": year, "form": form, "told": told, "bands": selectors.bands_on(today)}
    return page(request, "dues/base.html", context, status=422 if form.errors else 200)


def _branch(request, branch, year: int, form: BaseForm, *, chosen: frozenset[str] | None = None, status: int = 200):
    today = timezone.localdate()
    lines = selectors.of_branch(branch, year, today=today)
    lacking = sum(line.base is None for line in lines)
    context = _frame(branch, year, today) | {
        "lines": [(line, line.uid in chosen if chosen is not None else line.base is None) for line in lines],
        "lacking": lacking,
        "assessed": len(lines) - lacking,
        "monthly_total": sum((line.base.monthly for line in lines if line.base), selectors.NOTHING),
        "form": form,
        "bands": selectors.bands_on(today),
        "may_copy": lacking > 0,
    }
    return page(request, "dues/bases.html", context, status=status)


def _frame(organisation, year: int, today) -> dict:
    years = [(str(y), f"{y} 年") for y in (today.year + 1, today.year, today.year - 1)]
    return {"organisation": organisation, "year": year, "year_text": str(year), "years": years, "this_year": str(today.year)}


def _initial(year: int, today, told=None) -> dict:
    first = f"{year}-01" if year != today.year else f"{today:%Y-%m}" if told and told.base else f"{year}-01"
    if told and told.base:
        income = told.base.income
        return {"kind": told.base.kind, "amount": income, "fixed": None if income else told.base.monthly, "start": first}
    return {"kind": "farmer", "start": first}
