"""Writing schemes: a draft is edited, a published version is frozen (by trigger) and rules from its first day."""

from datetime import date
from decimal import Decimal

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.doorbell import ring
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
    _owe(held)
    return held


def _owe(scheme: Scheme) -> None:
    """Facts already on record are worth something else now: their members are owed a settle, found by whoever looks.

    From the first day of the version's first year: its caps hold for every period that ends under it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO members_owed (member_id, year, since)
            SELECT DISTINCT member_id, extract(year FROM day)::int, statement_timestamp()
            FROM members_fact
            WHERE superseded_at IS NULL AND NOT is_void AND day >= %s AND organisation_id IN (
                SELECT organisation_id FROM branches_organisationspan WHERE strpos(path, '/' || %s || '/') > 0
            )
            """,
            [scheme.start.replace(month=1, day=1), scheme.organisation_id],
        )
        if cursor.rowcount:
            ring(current_app.tasks["points.tasks.settle_owed"])


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
