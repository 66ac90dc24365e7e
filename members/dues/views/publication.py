"""年度公示: a branch's printable sheet, or the organisations below with their totals."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.utils import timezone

from branches.selectors import trail
from members.dues.selectors.months import Sums
from members.dues.selectors.places import by_place
from members.dues.selectors.publication import last_month, sheet_of
from members.dues.services.exports import export_publication
from members.dues.views.scope import organisation_asked, year_asked
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response


@login_required
def publication(request):
    """What is hung on the notice board at the year's end: months and totals, nobody's income."""
    organisation, today = organisation_asked(request), timezone.localdate()
    year = year_asked(request, today)
    context = {
        "organisation": organisation,
        "above": trail(organisation, request.user),
        "year": year,
        "years": [(str(y), f"{y} 年") for y in range(today.year, today.year - 4, -1)],
        "today": today,
    }
    if not organisation.is_branch:
        last = last_month(year, today=today)
        places = by_place(organisation, [date(year, month, 1) for month in range(1, last.month + 1)], today=today)
        context |= {
            "places": places,
            "sums": sum((place.sums for place in places), Sums()),
            "until": last,
        }
        return page(request, "dues/publication_places.html", context)
    sheet = sheet_of(organisation, year, today=today)
    if request.GET.get("format") == "xlsx":
        file = export_publication(sheet, by=request.user)
        return sheet_response(file, f"党费公示-{organisation}-{year}.xlsx")
    return page(request, "dues/publication.html", context | {"sheet": sheet})
