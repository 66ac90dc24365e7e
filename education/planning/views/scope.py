"""Whose plan, talks or campaigns a page shows."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import paths_for, require_sight
from branches.models import Organisation
from partyportal.core.days import year_named


def place(request: HttpRequest) -> Organisation:
    """The organisation of the address, else the uppermost the user sees."""
    require_sight(request.user)
    seen = Organisation.objects.visible_to(request.user).exclude(kind=Organisation.Kind.GROUP).select_related("parent")
    code = request.GET.get("organisation")
    return get_object_or_404(seen, code=code) if code else get_object_or_404(seen, path=paths_for(request.user)[0])


def own_branch(request: HttpRequest) -> Organisation:
    """A branch in sight."""
    found = place(request)
    return get_object_or_404(Organisation.objects.visible_to(request.user).branches().select_related("parent"), pk=found.pk)


def year_asked(request: HttpRequest) -> int:
    return year_named(request.GET.get("year")) or timezone.localdate().year
