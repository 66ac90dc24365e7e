"""What pages that are narrowed to a part of the tree are asked for alike."""

from django.shortcuts import get_object_or_404

from branches.models import Organisation


def organisation_asked(request, verb: str | None = None) -> Organisation | None:
    """The organisation of `?organisation=CODE`; None where the page is asked for as a whole. Out of sight, or where the verb does not reach, 404."""
    code = request.GET.get("organisation")
    if not code:
        return None
    within = Organisation.objects.where(request.user, verb) if verb else Organisation.objects.visible_to(request.user)
    return get_object_or_404(within, code=code)
