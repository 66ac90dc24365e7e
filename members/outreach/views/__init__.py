"""Pages of outreach, by noun. What several of them ask stands here."""

from django.shortcuts import get_object_or_404

from branches.models import Organisation


def branch_asked(request) -> Organisation | None:
    """The organisation a new row is for: the one asked for, or the only one of the user's; None asks to choose."""
    mine = Organisation.objects.where(request.user, "member.edit").branches().existing()
    if code := request.GET.get("organisation"):
        return get_object_or_404(mine, code=code)
    two = list(mine[:2])
    return two[0] if len(two) == 1 else None


def branches_to_choose(request):
    """The branches a new row may be for, in the order of the tree."""
    return Organisation.objects.where(request.user, "member.edit").branches().existing().order_by("code")[:400]
