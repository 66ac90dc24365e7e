"""What an address asks of a list: a year, a text, an organisation in sight; one nobody could have chosen is left out."""

from django.shortcuts import get_object_or_404

from branches.models import Organisation
from partyportal.core.days import year_named

YEARS_BACK = 10


def year_asked(request) -> int | None:
    return year_named(request.GET.get("year"))


def text_asked(request) -> str:
    return request.GET.get("q", "").strip()[:60]


def within_asked(request) -> Organisation | None:
    """Out of sight is 404."""
    code = request.GET.get("organisation")
    return get_object_or_404(Organisation.objects.visible_to(request.user), code=code) if code else None


def year_options(today) -> list[tuple[str, str]]:
    return [("", "不限"), *((str(year), f"{year} 年") for year in range(today.year, today.year - YEARS_BACK, -1))]
