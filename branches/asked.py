"""What pages that are narrowed to a part of the tree are asked for alike."""

from django.shortcuts import get_object_or_404

from branches.models import Organisation


def organisation_asked(request) -> Organisation | None:
    """The organisation of `?organisation=CODE`; None where the page is asked for as a whole. Out of sight 404."""
    code = request.GET.get("organisation")
    return get_object_or_404(Organisation.objects.visible_to(request.user), code=code) if code else None
