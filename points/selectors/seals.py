"""账本核验: how far each ledger is sealed, what the last verifications found, which jobs are under way."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, QuerySet, Sum

from partyportal.core.models import Job, LedgerSeal, User, Verification
from partyportal.core.seals.rows import ledgers, title_of
from partyportal.core.seals.rules import BEFORE_ALL

SHOWN = 8


@dataclass(frozen=True)
class Ledger:
    """One ledger and how far it is sealed; `unsealed` is how many rows came since."""

    table: str
    title: str
    rows: int
    seals: int
    sealed_at: datetime | None
    unsealed: int


def ledgers_now() -> list[Ledger]:
    """Every ledger that holds a row: one statement for the seals, one for the few rows after them."""
    sealed = {
        row["ledger"]: row
        for row in LedgerSeal.objects.order_by()
        .values("ledger")
        .annotate(sum=Sum("rows"), count=Count("pk"), at=Max("sealed_at"), last=Max("last_id"))
    }
    every = ledgers()
    waiting = _rows_after({table: sealed.get(table, {}).get("last", BEFORE_ALL) for table in every})
    return [
        Ledger(table, title_of(table), held.get("sum", 0), held.get("count", 0), held.get("at"), waiting[table])
        for table in every
        for held in [sealed.get(table, {})]
        if held or waiting[table]
    ]


def _rows_after(last: dict[str, int]) -> dict[str, int]:
    """Table → how many rows have a greater id than the one given, all in one statement."""
    counts = (f"SELECT %s, count(*) FROM {connection.ops.quote_name(table)} WHERE id > %s" for table in last)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts), [word for pair in last.items() for word in pair])
        return dict(cursor.fetchall())


def last_seal() -> LedgerSeal | None:
    """The seal whose head stands for everything now."""
    return LedgerSeal.objects.order_by("-number").first()


def seals_listed(ledger: str = "") -> QuerySet:
    """The chain, newest first."""
    chain = LedgerSeal.objects.order_by("-number")
    return chain.filter(ledger=ledger) if ledger else chain


def verifications() -> list[Verification]:
    """The last ones, newest first."""
    return list(Verification.objects.select_related("by").order_by("-at", "-id")[:SHOWN])


def jobs_of(user: User) -> tuple[Job | None, Job | None]:
    """The user's own latest verification and export."""
    own = Job.objects.visible_to(user).order_by("-id")
    return tuple(own.filter(kind=f"points.tasks.{kind}").first() for kind in ("verify_in_job", "export_in_job"))
