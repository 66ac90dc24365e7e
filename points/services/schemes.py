"""Writing schemes: a draft is edited, a published version is frozen (by trigger) and rules from its first day."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.models import Category, Item, Scheme
from points.schemes import default


@transaction.atomic
def publish(scheme: Scheme, *, by: User | None) -> Scheme:
    """Freeze a draft; from its `start` it rules its organisation and all below that have none of their own."""
    held = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if held.published_at:
        raise DomainError("这一版已经发布，不能再改。要改就另起一版。")
    items = list(held.items.all())
    if not items:
        raise DomainError("还没有积分项目，不能发布。")
    if nothing := [item.name for item in items if item.value == 0]:
        raise DomainError(f"{nothing[0]}的分值是 0。填上分值，或删去这一项。")
    held.published_at, held.published_by = timezone.now(), by
    held.save(update_fields=["published_at", "published_by"])
    audit.record("points.scheme.published", held, by=by, path=held.organisation.path, version=held.version, start=held.start)
    return held


@transaction.atomic
def publish_default(organisation: Organisation, *, start: date, by: User | None) -> Scheme:
    """Draft and publish the scheme a new county starts from."""
    scheme = Scheme.objects.create(organisation=organisation, name=default.NAME, version=1, start=start)
    categories = Category.objects.bulk_create(
        Category(scheme=scheme, code=code, name=name, position=at, cap=cap, cap_period=period)
        for at, (code, name, cap, period) in enumerate(default.CATEGORIES)
    )
    by_code = {category.code: category for category in categories}
    Item.objects.bulk_create(
        Item(
            scheme=scheme,
            category=by_code[category],
            code=code,
            name=name,
            article=article,
            fact_kind=kind,
            value=Decimal(value),
            unit=unit,
            cap=Decimal(cap) if cap else None,
            cap_period=period,
            classes=list(classes),
            manual=manual,
        )
        for code, category, name, article, kind, value, unit, cap, period, classes, manual in default.ITEMS
    )
    return publish(scheme, by=by)
