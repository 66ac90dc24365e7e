"""What every page of 走访帮扶 asks of its address."""

from django.shortcuts import get_object_or_404

from branches.access import paths_for, require
from branches.models import Organisation
from partyportal.core.numbers import number_named


def place(request, verb: str = "care.see") -> Organisation:
    """The organisation of the address, else the uppermost where the verb holds. Out of sight 404, without the verb 403."""
    seen = Organisation.objects.exclude(kind=Organisation.Kind.GROUP).select_related("parent")
    if code := request.GET.get("organisation"):
        found = get_object_or_404(seen.visible_to(request.user), code=code)
        require(request.user, verb, found)
        return found
    require(request.user, verb)
    return get_object_or_404(seen, path=paths_for(request.user, verb)[0])


def year_asked(request, today) -> int | None:
    """The year of the address, if it is one of the last ten."""
    return number_named(request.GET.get("year"), today.year - 10, today.year)
