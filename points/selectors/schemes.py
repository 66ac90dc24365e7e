"""Which version of the rules holds where and when, for pages and forms. Scores themselves are the settlement's SQL alone."""

from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length

from branches.models import Organisation
from points.models import Item, Scheme


def scheme_in_force(organisation: Organisation, day: date) -> Scheme | None:
    """The latest published version of the nearest upward organisation that has one."""
    above = Q()
    for pk in organisation.path.strip("/").split("/"):
        above |= Q(organisation_id=int(pk))
    ruling = Scheme.objects.published().filter(above, start__lte=day).annotate(depth=Length("organisation__path"))
    return ruling.order_by(F("depth").desc(), F("start").desc()).first()


def manual_items(organisation: Organisation, day: date) -> QuerySet[Item]:
    """What may be awarded by hand in an organisation on a day."""
    scheme = scheme_in_force(organisation, day)
    items = Item.objects.filter(scheme=scheme, manual=True) if scheme else Item.objects.none()
    return items.select_related("category").order_by("category__position", "code")


def published_schemes() -> QuerySet[Scheme]:
    """Every published version, newest first: the rules are everybody's to read."""
    return Scheme.objects.published().select_related("organisation").order_by("organisation__code", "-version")
