"""A month of dues: of a branch by member, where one press records everybody; of anything above by organisation."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse as address
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.selectors import trail
from members.dues import services
from members.dues.forms import CollectForm
from members.dues.selectors import months as selectors
from members.dues.selectors.places import by_place, seen_of
from members.dues.services.exports import export_month
from members.dues.views.scope import branch_asked, month_asked, month_options, organisation_asked
from members.models import Member
from partyportal.core.days import month_of
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, query_with, text_asked
from partyportal.core.sheets import sheet_response
from partyportal.core.uid import new_uid

ROWS_A_PAGE = 60


@login_required
def dues(request):
    """The month: due, paid, unpaid first; then who, or which organisation."""
    organisation, today = organisation_asked(request), timezone.localdate()
    month = month_asked(request, today)
    if request.GET.get("format") == "xlsx":
        file = export_month(organisation, month, by=request.user, today=today)
        return sheet_response(file, f"党费-{organisation}-{month:%Y%m}.xlsx")
    if organisation.is_branch:
        return _branch(request, organisation, month, today, CollectForm(initial={"uid": new_uid(), "day": today, "method": "cash"}))
    state, text = request.GET.get("state", ""), text_asked(request)
    context = _frame(request, organisation, month, today) | {"state": state}
    if "state" in request.GET:
        seen, hidden = seen_of(request.user, organisation, month, today=today)
        found = selectors.people(seen, state=state, text=text)
        elsewhere = 0 if hidden is None else selectors.in_state(hidden, state).count()
        listed = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": listed, "states": selectors.STATES, "elsewhere": elsewhere}
        return page(request, "dues/people.html", context, fragment="dues/_people.html")
    places = by_place(organisation, [month], today=today)
    context |= {
        "places": places,
        "sums": sum((place.sums for place in places), selectors.Sums()),
        "unassessed": sum(place.unassessed for place in places),
    }
    return page(request, "dues/places.html", context)


@login_required
@require_POST
def collect(request):
    """Record those ticked as paid up to the month, in one act."""
    branch, today = branch_asked(request), timezone.localdate()
    month = month_asked(request, today)
    form = CollectForm(request.POST)
    chosen = request.POST.getlist("chosen")
    if form.is_valid():
        asked = form.cleaned_data
        with refusals(form):
            collection = services.collect(
                organisation=branch, expected=_expected(request, branch, chosen), until=month, by=request.user, today=today, **asked
            )
            count = collection.payments.count()
            messages.success(request, f"已记 {count} 人，等另一个人核对。")
            return redirect(f"{address('dues:dues')}?organisation={branch.code}&month={month:%Y-%m}")
    return _branch(request, branch, month, today, form, chosen=frozenset(chosen), status=422)


def _expected(request, branch, chosen: list[str]) -> dict[int, Decimal]:
    """What the page showed of each who is ticked, by member id; of whom it did not show, nothing, which the service refuses."""
    uids = dict(Member.objects.at_home().filter(branch=branch).values_list("uid", "pk"))
    ids = {str(uid): pk for uid, pk in uids.items()}
    return {ids[uid]: _money(request.POST.get(f"due-{uid}")) for uid in chosen if uid in ids}


def _money(text: str | None) -> Decimal:
    try:
        return Decimal(text or 0)
    except InvalidOperation:
        return Decimal(0)


def _branch(request, branch, month, today, form, *, chosen: frozenset[str] | None = None, status: int = 200):
    told = selectors.branch_month(branch, month, today=today)
    state, text = request.GET.get("state", ""), text_asked(request)
    shown = told.shown(state, text)
    # Whoever has owed too long is talked to first, so he is not proposed.
    proposed = [line for line in shown if line.owed and not line.older]
    context = _frame(request, branch, month, today) | {
        "told": told,
        "lines": [(line, line.uid in chosen if chosen is not None else line in proposed) for line in shown],
        "state": state,
        "states": selectors.STATES,
        "form": form,
        "payable": len(proposed),
        "payable_total": sum((line.owed for line in proposed), selectors.NOTHING),
        "may_record": any(line.owed for line in shown),
        "older": sum(line.older for line in told.lines),
    }
    return page(request, "dues/branch.html", context, status=status)


def _frame(request, organisation, month, today) -> dict:
    return {
        "organisation": organisation,
        "above": trail(organisation, request.user),
        "month": month,
        "months": month_options(today),
        "this_month": f"{today:%Y-%m}",
        "running": month == month_of(today),
        "export_query": query_with(request, format="xlsx"),
    }
