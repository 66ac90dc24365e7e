"""结果运用: the register as its address asks."""

from django.db.models import Q, QuerySet

from branches.models import Organisation
from points.honours.models import Use


def narrowed(
    uses: QuerySet,
    *,
    q: str = "",
    year: int | None = None,
    result: str = "",
    purpose: str = "",
    within: Organisation | None = None,
    voided: bool = False,
) -> QuerySet:
    """The register as its address asks; those that stand, unless voided ones are asked for."""
    uses = uses.exclude(voided_on=None) if voided else uses.standing()
    if q:
        named = Q(member__name__contains=q) | Q(member__pinyin__startswith=q.lower()) | Q(member__initials__startswith=q.lower())
        uses = uses.filter(named | Q(member=None, organisation__name__contains=q) | Q(document_number__contains=q))
    if year:
        uses = uses.filter(year=year)
    if result in Use.Result.values:
        uses = uses.filter(result=result)
    if purpose in Use.Purpose.values:
        uses = uses.filter(purpose=purpose)
    return uses.within(within) if within else uses


def whole(uses: QuerySet) -> QuerySet:
    """With whom and what a line names, latest first."""
    return (
        uses.select_related("member", "organisation", "honour", "recorded_by", "voided_by")
        .defer("member__id_number")
        .order_by("-day", "-id")
    )
