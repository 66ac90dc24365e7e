"""走访时机 as the county keeps them: on which lists, by whom, from how many days before, and on which day each year."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from members.care.visits.models import Occasion, OccasionDay
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def keep_occasion(occasion: Occasion | None, *, by: User, criteria: Iterable[str], **said) -> Occasion:
    """Make a new occasion, or change one: rounds opened before keep what they were opened with."""
    if occasion is None:
        held, code = Occasion(), "occasion.made"
    else:
        held, code = Occasion.objects.select_for_update().get(pk=occasion.pk), "occasion.changed"
    for name, value in said.items():
        setattr(held, name, value)
    held.criteria, held.changed_by = sorted(criteria), by
    if held.month and not _is_day(held.month, held.day):
        raise DomainError("没有这一天。核对月和日。", field="day")
    held.full_clean(exclude=["changed_by"])
    held.save()
    audit.record(f"visits.{code}", held, by=by, occasion=held.code, criteria=held.criteria, days=held.days)
    return held


@transaction.atomic
def set_day(occasion: Occasion, *, on: date, source: str, today: date, by: User) -> OccasionDay:
    """The festival's day in a year; saying another day of the same year corrects it, while it has not come."""
    held = Occasion.objects.select_for_update().get(pk=occasion.pk)
    if held.month:
        raise DomainError(f"{held.name}每年都是 {held.month} 月 {held.day} 日，不用一年一年写。", field="on")
    if on < today:
        raise DomainError("这一天已经过了。", field="on")
    held.festivals.filter(on__year=on.year).delete()
    row = OccasionDay(occasion=held, on=on, source=source.strip())
    row.full_clean(exclude=["occasion"])
    row.save()
    audit.record("visits.occasion.day_set", held, by=by, occasion=held.code, day=on)
    return row


def _is_day(month: int, day: int | None) -> bool:
    try:
        date(2027, month, day or 0)  # a common year: 29 February would not come round
    except ValueError:
        return False
    return True
