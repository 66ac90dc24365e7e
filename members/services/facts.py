"""The one door to 记实: facts are recorded, revised or voided by key, many at a time."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from members.models import Fact
from partyportal.core.models import User


@dataclass(frozen=True, kw_only=True)
class FactLine:
    """What should hold under one key. Branch and class are those of `day`."""

    key: str
    kind: str
    member_id: int
    organisation_id: int
    member_class: str
    day: date
    units: Decimal
    title: str
    evidence: str = ""
    grade: str = ""


_COMPARED = ("kind", "member_id", "organisation_id", "member_class", "day", "units", "title", "evidence", "grade")


@transaction.atomic
def record(lines: Iterable[FactLine], *, by: User | None, confirmed_by: User | None = None) -> int:
    """Make the open revision of every key say what its line says; returns how many were written.

    A key whose open revision already says so is left alone, so recording twice writes nothing. Three statements,
    whatever the number of lines; the row locks on open revisions make two writers of one key wait for each other.
    """
    wanted = {line.key: line for line in lines}
    held = _open_revisions(wanted)
    changed = [line for key, line in wanted.items() if key not in held or _differs(held[key], line)]
    return _supersede(
        [
            Fact(
                **asdict(line),
                revision=held[line.key].revision + 1 if line.key in held else 1,
                recorded_by=by,
                confirmed_by=confirmed_by,
            )
            for line in changed
        ],
        held,
    )


@transaction.atomic
def void(keys: Iterable[str], *, by: User | None) -> int:
    """Void what stands under the keys, as a revision of its own; returns how many were."""
    held = _open_revisions(keys)
    voids = [
        Fact(**{name: getattr(fact, name) for name in ("key", *_COMPARED)}, revision=fact.revision + 1, is_void=True, recorded_by=by)
        for fact in held.values()
        if not fact.is_void
    ]
    return _supersede(voids, held)


def _open_revisions(keys: Iterable[str]) -> dict[str, Fact]:
    rows = Fact.objects.select_for_update().filter(key__in=list(keys), superseded_at=None).order_by("key")
    return {fact.key: fact for fact in rows}


def _differs(fact: Fact, line: FactLine) -> bool:
    return fact.is_void or any(getattr(fact, name) != getattr(line, name) for name in _COMPARED)


def _supersede(revisions: list[Fact], held: dict[str, Fact]) -> int:
    if not revisions:
        return 0
    now = timezone.now()
    for fact in revisions:
        fact.recorded_at = now
    Fact.objects.filter(pk__in=[held[f.key].pk for f in revisions if f.key in held]).update(superseded_at=now)
    Fact.objects.bulk_create(revisions)
    return len(revisions)
