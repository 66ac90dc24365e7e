"""救助总览 for whoever may see hardship, and the year's disclosure for everybody who looks around: counts alone, and no small ones."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import paths_for, require, require_sight
from branches.models import Organisation
from members.care.aid.forms import CaseFilters
from members.care.aid.parameters import AT_LEAST
from members.care.aid.selectors import overview as selectors
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on


@login_required
def overview(request):
    """Money by source and use, cases by step and age, time to payment, coverage of the eligible, by place."""
    require(request.user, "care.see")
    today, places = timezone.localdate(), Organisation.objects.where(request.user, "care.see")
    if code := request.GET.get("organisation"):
        within = get_object_or_404(places, code=code)
    else:
        within = places.get(path=paths_for(request.user, "care.see")[0])
    year = CaseFilters(request.GET).asked("year") or today.year
    rows = selectors.of_year(request.user, within, year)
    into, out = selectors.money(request.user, within, year)
    given = selectors.given(rows)
    context = {
        "within": within,
        "year": year,
        "years": [(one, f"{one} 年") for one in range(today.year, today.year - 5, -1)],
        "today": today,
        "waiting": selectors.waiting(request.user, within, today),
        "ages": [label for label, _, _ in selectors.AGES],
        "time": selectors.times(rows),
        "given": given,
        "given_total": sum((total for *_, total in given), selectors.ZERO),
        "given_cases": sum(count for _, _, count, _ in given),
        "coverage": selectors.coverage(request.user, within, year, today),
        "townships": selectors.townships(request.user, within, year),
        "into": into,
        "out": out,
        "into_total": sum((total for _, total in into), selectors.ZERO),
        "out_total": sum((total for _, total in out), selectors.ZERO),
        "flows": [*((f"收：{name}", total) for name, total in into), *((f"支：{name}", -total) for name, total in out)],
    }
    return page(request, "aid/overview.html", context)


@login_required
def disclosure(request):
    """年度公开: by programme, of the whole county, with the small numbers left out."""
    require_sight(request.user)
    today = timezone.localdate()
    year, at_least = CaseFilters(request.GET).asked("year") or today.year, value_on(today, AT_LEAST)
    rows = selectors.disclosed(year, at_least=at_least)
    years = [(one, f"{one} 年") for one in range(today.year, today.year - 5, -1)]
    return page(request, "aid/disclosure.html", {"rows": rows, "year": year, "years": years, "at_least": at_least})
