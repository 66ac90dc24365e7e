"""What every page of dues asks of its address: the organisation, the month, the year."""

from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404

from branches.access import paths_for, require
from branches.models import Organisation
from partyportal.core.days import month_named, month_of, months_after
from partyportal.core.numbers import number_named

COLLECT = "dues.collect"


def organisation_asked(request, verb: str = COLLECT) -> Organisation:
    """The organisation in the address, else the outermost where the verb holds. Out of sight is 404, without the verb 403."""
    if code := request.GET.get("organisation"):
        found = get_object_or_404(Organisation.objects.visible_to(request.user).select_related("parent"), code=code)
        require(request.user, verb, found)
        return found
    require(request.user, verb)
    found = Organisation.objects.filter(path__in=paths_for(request.user, verb)).select_related("parent").order_by("path").first()
    if found is None:
        raise Http404
    return found


def branch_asked(request) -> Organisation:
    """As above, and it is a branch."""
    found = organisation_asked(request)
    if not found.is_branch:
        raise Http404("not a branch")
    return found


def month_asked(request, today: date) -> date:
    """The month in the address; else this one."""
    return month_named(request.GET.get("month", "")) or month_of(today)


def year_asked(request, today: date) -> int:
    return number_named(request.GET.get("year"), today.year - 10, today.year + 1) or today.year


def month_options(today: date) -> list[tuple[str, str]]:
    """This month and eighteen before it, and the rest of the year ahead, latest first."""
    now = month_of(today)
    months = [months_after(now, n) for n in range(12 - now.month, -19, -1)]
    return [(f"{month:%Y-%m}", f"{month.year} 年 {month.month} 月") for month in months]
