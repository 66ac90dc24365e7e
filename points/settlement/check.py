"""Whether ledger, facts and projections agree, and rebuilding what can be rebuilt."""

from dataclasses import dataclass

from django.db import connection, transaction

from points.settlement.post import LEDGER, steer_planner
from points.settlement.scope import Scope
from points.settlement.sql import desired, differences

# What each projection should hold, from the entries alone.
STANDINGS = """
    SELECT member_id, extract(year FROM day)::int AS year, extract(quarter FROM day)::int AS quarter, category, sum(points) AS points
    FROM points_entry GROUP BY 1, 2, 3, 4 HAVING sum(points) <> 0
"""
MONTHS = """
    SELECT organisation_id, date_trunc('month', day)::date AS month, category, sum(points) AS points
    FROM points_entry GROUP BY 1, 2, 3 HAVING sum(points) <> 0
"""
YEARS = """
    SELECT organisation_id, extract(year FROM day)::int AS year, category, sum(points) AS points
    FROM points_entry GROUP BY 1, 2, 3 HAVING sum(points) <> 0
"""
PROJECTIONS = (
    ("积分台账", "points_standing", STANDINGS, ("member_id", "year", "quarter", "category")),
    ("党组织月积分", "points_organisationmonth", MONTHS, ("organisation_id", "month", "category")),
    ("党组织年积分", "points_organisationyear", YEARS, ("organisation_id", "year", "category")),
)


@dataclass(frozen=True)
class Drift:
    """One row that disagrees, and by how much."""

    where: str
    key: dict
    should: str
    stands: str

    def __str__(self):
        key = "，".join(f"{name} {value}" for name, value in self.key.items())
        return f"{self.where}（{key}）应为 {self.should}，现为 {self.stands}"


def projection_drift() -> Drift | None:
    """The first projection row that differs from its entries."""
    for name, table, truth, keys in PROJECTIONS:
        same = " AND ".join(f"t.{key} = held.{key}" for key in keys)
        columns = ", ".join(f"coalesce(t.{key}, held.{key}) AS {key}" for key in keys)
        row = _first(
            f"""
            SELECT {columns}, coalesce(t.points, 0) AS should, coalesce(held.points, 0) AS stands
            FROM ({truth}) t FULL JOIN {table} held ON {same}
            WHERE coalesce(t.points, 0) <> coalesce(held.points, 0) ORDER BY {", ".join(map(str, range(1, len(keys) + 1)))} LIMIT 1
            """
        )
        if row:
            return Drift(name, {key: row[key] for key in keys}, str(row["should"]), str(row["stands"]))
    return None


@transaction.atomic
def ledger_drift() -> Drift | None:
    """The first line whose entries differ from what its facts are worth; what is still owed is not a fault."""
    for year in _years():
        scope = Scope(year)
        steer_planner(scope)
        row = _first(
            f"""
            WITH {desired(scope)}, differences AS ({differences(scope)})
            SELECT m.uid AS member, d.day, d.category, d.line, d.points FROM differences d JOIN members_member m ON m.id = d.member_id
            WHERE NOT EXISTS (SELECT FROM members_owed o WHERE o.member_id = d.member_id AND o.year = %(year)s)
            ORDER BY m.uid, d.day, d.line LIMIT 1
            """,
            scope.params,
        )
        if row:
            return Drift("积分流水", {k: row[k] for k in ("member", "day", "category", "line")}, f"差额 {row['points']}", "0")
    return None


@transaction.atomic
def rebuild_projections() -> int:
    """Drop the projections and fill them from the entries alone; returns how many rows they now hold."""
    held = 0
    with connection.cursor() as cursor:
        # No settle may post between the emptying and the filling.
        for year in _years():
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LEDGER, year])
        for _, table, truth, keys in PROJECTIONS:
            cursor.execute(f"DELETE FROM {table}")
            columns = ", ".join(keys)
            cursor.execute(
                f"INSERT INTO {table} ({columns}, points, as_of) SELECT {columns}, points, statement_timestamp() FROM ({truth}) t"
            )
            held += cursor.rowcount
    return held


def _years() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT extract(year FROM min(day))::int, extract(year FROM max(day))::int
            FROM (SELECT min(day) AS day FROM points_entry UNION ALL SELECT max(day) FROM points_entry
                  UNION ALL SELECT min(day) FROM members_fact UNION ALL SELECT max(day) FROM members_fact) days
            """
        )
        first, last = cursor.fetchone()
    return [] if first is None else list(range(first, last + 1))


def _first(sql: str, params: dict | None = None) -> dict | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
        return dict(zip([column.name for column in cursor.description], row, strict=True)) if row else None
