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


def settle_members(members: Iterable[int], year: int) -> int:
    """Settle these members' year, rung for or not; returns how many entries were posted."""
    return _settle_all([Scope.of(members, year)], year)


def settle_owed() -> int:
    """Settle whatever the database says is owed, oldest year first; returns how many entries were posted."""
    posted, year = 0, 0
    while year := Owed.objects.filter(year__gt=year).aggregate(first=Min("year"))["first"]:
        posted += _settle_all(_owed_scopes(year), year)
    return posted


def _settle_all(scopes: Iterable[Scope], year: int) -> int:
    """What a past year's correction changes in the carry-over of the next is owed, and settled, with it."""
    entries = sum(settle(scope).entries for scope in scopes)
    if entries and year < timezone.localdate().year:
        carry_over(year + 1)
    return entries


def _owed_scopes(year: int) -> list[Scope]:
    owed = sorted(set(Owed.objects.filter(year=year).values_list("member_id", flat=True)))
    if len(owed) > WIDE:
        return [Scope(year)]
    return [Scope.of(owed[at : at + BATCH], year) for at in range(0, len(owed), BATCH)]
