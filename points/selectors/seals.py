"""账本核验: how far each ledger is sealed, what the last verifications found, which jobs are under way."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, QuerySet, Sum

from partyportal.core.models import Job, LedgerSeal, User, Verification
from partyportal.core.seals.rows import ledgers, title_of

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
    """Every ledger that holds a row: two statements for all seals, one each for the few rows after the last."""
    sealed = {
        row["ledger"]: row
        for row in LedgerSeal.objects.order_by()
        .values("ledger")
        .annotate(sum=Sum("rows"), count=Count("pk"), at=Max("sealed_at"), last=Max("last_id"))
    }
    every = [
        Ledger(table, title_of(table), held.get("sum", 0), held.get("count", 0), held.get("at"), _rows_after(table, held.get("last")))
        for table in ledgers()
        for held in [sealed.get(table, {})]
    ]
    return [one for one in every if one.rows or one.unsealed]


def _rows_after(table: str, last: int | None) -> int:
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {quoted}" + (" WHERE id > %s" if last is not None else ""), [last] if last is not None else []
        )
        return cursor.fetchone()[0]


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
