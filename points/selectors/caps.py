"""The cap behind an adjustment line, for whoever reads the ledger line by line."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q

from points.models import Category, Entry, Period

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


def categories_behind(entries: Iterable[Entry]) -> dict[int, dict[str, Category]]:
    """The categories of the rules over each entry's organisation on its day, by entry: one query for a page of entries."""
    listed = [entry for entry in entries if entry.kind != Entry.Kind.FACT]
    above = {entry.pk: [int(step) for step in entry.organisation.path.strip("/").split("/")] for entry in listed}
    ids = {pk for steps in above.values() for pk in steps}
    known = Category.objects.filter(~Q(scheme__published_at=None), scheme__organisation__in=ids).select_related("scheme") if listed else []
    found: dict[int, dict[str, Category]] = {}
    for entry in listed:
        steps, last = above[entry.pk], _last_day(entry)
        ruling = [c for c in known if c.scheme.organisation_id in steps and c.scheme.start <= last]
        best = max(ruling, key=lambda c: (steps.index(c.scheme.organisation_id), c.scheme.start), default=None)
        found[entry.pk] = {c.code: c for c in ruling if c.scheme_id == best.scheme_id} if best else {}
    return found


def _last_day(entry: Entry) -> date:
    """Caps are those in force on the period's last day; how long the period is, the nearest published cap says, at most the year."""
    if entry.item is not None and entry.item.cap_period:
        month = entry.period_start.year * 12 + entry.period_start.month - 1 + _MONTHS[entry.item.cap_period]
        return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date(entry.day.year, 12, 31)
