"""Which version of the rules holds where and when, for pages and forms, by the definition that scores."""

from datetime import date

from django.db.models import QuerySet

from branches.models import Organisation
from points.models import Item, Scheme
from points.settlement.sql import ruling


def scheme_in_force(organisation: Organisation, day: date) -> Scheme | None:
    """The version by which a settle scores a fact of this organisation on this day: asked of the settlement's own SQL."""
    ruled = Scheme.objects.raw(f"SELECT * FROM points_scheme WHERE id IN ({ruling()})", {"organisation": organisation.pk, "last": day})
    return next(iter(ruled), None)


def manual_items(organisation: Organisation, day: date) -> QuerySet[Item]:
    """What may be awarded by hand in an organisation on a day."""
    scheme = scheme_in_force(organisation, day)
    items = Item.objects.filter(scheme=scheme, manual=True) if scheme else Item.objects.none()
    return items.select_related("category").prefetch_related("grades").order_by("category__position", "code")


def published_schemes() -> QuerySet[Scheme]:
    """Every published version, newest first: the rules are everybody's to read."""
    return Scheme.objects.published().select_related("organisation").order_by("organisation__code", "-version")
