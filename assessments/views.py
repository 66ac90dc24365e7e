"""考核: the cards in sight, one card, what a figure on it is made of, and the weights."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from assessments import selectors, services, tasks
from assessments.forms import CardFilters, WeightsForm
from assessments.models import Card, Indicator
from branches.access import can, paths_for, require
from branches.models import Organisation
from branches.selectors import trail
from partyportal.core.doorbell import ring
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

CARDS_A_PAGE = 50


@login_required
def cards(request):
    """Each organisation's card of a year, by code; never by score. A POST gives what is listed as a sheet."""
    require(request.user, "assessment.see")
    filters, today = CardFilters(request.GET), timezone.localdate()
    code, year = filters.asked("organisation"), filters.asked("year") or today.year
    within = get_object_or_404(Organisation.objects.visible_to(request.user), code=code) if code else None
    found = selectors.cards(request.user, year=year, within=within, kind=filters.asked("kind"), text=filters.asked("q"))
    if request.method == "POST":
        path = within.path if within else paths_for(request.user, "assessment.see")[0]
        file = services.export_cards(found, year=year, path=path, by=request.user)
        name = f"{within.short_name if within else ''}考核卡-{year}.xlsx"
        return sheet_response(file, name)
    indicators = selectors.indicators_of(year)
    listed = Paginator(found, CARDS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": selectors.card_rows(listed.object_list, indicators),
        "indicators": indicators,
        "year": year,
        "years": [(y, f"{y} 年") for y in range(today.year, selectors.first_year() - 1, -1)],
        "kinds": filters.fields["kind"].choices,
        "within": within,
        "as_of": listed.object_list[0].as_of if listed.object_list else None,
        "may_set": can(request.user, "assessment.set"),
    }
    return page(request, "assessments/cards.html", context, fragment="assessments/_cards.html")


def _card_or_404(request, uid) -> Card:
    card = get_object_or_404(Card.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(request.user, "assessment.see", card.organisation)
    return card


@login_required
def card(request, uid):
    """One organisation's year: each figure opens into what it is made of."""
    shown = _card_or_404(request, uid)
    lines = selectors.lines_of(shown)
    context = {
        "card": shown,
        "lines": lines,
        "above": trail(shown.organisation, request.user),
        "other_years": selectors.other_years(shown),
        "below": selectors.card_rows(selectors.cards_below(request.user, shown), [line.indicator for line in lines]),
    }
    return page(request, "assessments/card.html", context)


@login_required
def evidence(request, uid, code):
    """What a figure on a card is made of, as it stands now: by month and child organisation, down to the members."""
    shown, today = _card_or_404(request, uid), timezone.localdate()
    line = next((line for line in selectors.lines_of(shown) if line.indicator.code == code), None)
    if line is None:
        raise Http404
    organisation, year = shown.organisation, shown.year
    split = selectors.parts(request.user, organisation, code, year, today=today)
    context = {
        "card": shown,
        "line": line,
        "now": selectors.total([part.share for part in split]),
        "months": selectors.by_month(organisation, year, today=today) if code == Indicator.Code.MEETINGS else [],
        "parts": [] if organisation.is_branch else selectors.with_cards(split, year),
        "lacking": selectors.lacking(organisation, code, year, today=today) if organisation.is_branch else [],
    }
    return page(request, "assessments/evidence.html", context)


@login_required
def indicators(request):
    """What the cards measure and what each weighs; the department sets the weights of this year."""
    require(request.user, "assessment.see")
    today = timezone.localdate()
    held = selectors.indicators_of(today.year)
    may_set = can(request.user, "assessment.set")
    form = WeightsForm(request.POST or None, indicators=held)
    if request.method == "POST":
        require(request.user, "assessment.set")
        if form.is_valid():
            with refusals(form):
                services.set_weights(year=today.year, weights=form.weights, today=today, by=request.user)
                ring(tasks.recompute_cards)
                messages.success(request, "权重已改，正在重算今年的考核卡。")
                return redirect("assessments:indicators")
    context = {"form": form, "indicators": held, "may_set": may_set, "year": today.year, "total": selectors.weights_total(held)}
    return page(request, "assessments/indicators.html", context, status=422 if form.errors else None)
