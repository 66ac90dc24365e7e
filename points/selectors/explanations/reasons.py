"""Why an adjustment is what it is, and how much room a cap leaves: read from the statement that posts, never worked out again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from points.models import Entry
from points.settlement.adjustments import MONTHS
from points.settlement.post import steer_planner
from points.settlement.scope import Scope
from points.settlement.sql import desired

_COLUMNS = "line, kind, member_id, fact_id, category, code, period_start, scheme_id, period, cents, bound, before"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One sum a period bounds or changes: the version and the bound that ruled it, the sum before, and what was put on or taken off."""

    line: UUID
    kind: Entry.Kind
    member_id: int
    fact_id: int | None  # the fact that told a ratio or a veto
    category: str
    code: str  # of an item or a category; empty for the total
    start: date
    scheme_id: int
    period: str
    points: Decimal
    bound: Decimal  # a cap or a floor; of a ratio, the ratio
    before: Decimal

    def covers(self, day: date) -> bool:
        return 0 <= day.month - self.start.month < MONTHS[self.period]


@transaction.atomic
def reasons_of(members: Iterable[int], year: int) -> list[Reason]:
    """Every sum of these members that a cap bounds, also where nothing was taken yet, and every other adjustment: two statements."""
    scope = Scope.of(members, year)
    if not scope.members:
        return []
    steer_planner(scope)
    statement = f"WITH {desired(scope, every_group=True)} SELECT {_COLUMNS} FROM reasons"
    with connection.cursor() as cursor:
        cursor.execute(statement, scope.params)
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
    return [
        Reason(
            line=line,
            kind=Entry.Kind(kind),
            member_id=member,
            fact_id=fact,
            category=category,
            code=code,
            start=start,
            scheme_id=scheme,
            period=period,
            points=Decimal(cents) / 100,
            bound=Decimal(bound) / 100,
            before=Decimal(before) / 100,
        )
        for line, kind, member, fact, category, code, start, scheme, period, cents, bound, before in rows
    ]
