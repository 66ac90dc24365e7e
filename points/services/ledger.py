"""When the ledger is settled: rung on commit, found by beat."""

from collections.abc import Iterable

from celery import current_app
from django.db.models import Min
from django.utils import timezone

from members.models import Owed
from partyportal.core.doorbell import ring
from points.services.openings import carry_over
from points.settlement.post import settle
from points.settlement.scope import WIDE, Scope

BATCH = 500


def settle_soon(*, members: Iterable[int], year: int) -> None:
    """Ring for these members once the transaction has committed. A lost bell is found by `settle_owed`."""
    if ids := sorted(set(members)):
        ring(current_app.tasks["points.tasks.settle_members"], ids, year)


def settle_owed() -> int:
    """Settle whatever the database says is owed, oldest year first; returns how many entries were posted.

    What a past year's correction changes in the carry-over of the next is owed, and settled, with it.
    """
    posted, year = 0, 0
    while year := Owed.objects.filter(year__gt=year).aggregate(first=Min("year"))["first"]:
        entries = sum(settle(scope).entries for scope in _owed_scopes(year))
        if entries and year < timezone.localdate().year:
            carry_over(year + 1)
        posted += entries
    return posted


def _owed_scopes(year: int) -> list[Scope]:
    owed = sorted(set(Owed.objects.filter(year=year).values_list("member_id", flat=True)))
    if len(owed) > WIDE:
        return [Scope(year)]
    return [Scope.of(owed[at : at + BATCH], year) for at in range(0, len(owed), BATCH)]
