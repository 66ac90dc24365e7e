"""Rows not yet sealed, against the slips their own statements left."""

from dataclasses import dataclass

from django.db import connection

from partyportal.core.seals.rows import columns_of, title_of

WORDS = {"changed": "被改动", "removed": "不见了", "added": "是绕过系统添加的", "moved": "被挪动"}


@dataclass(frozen=True)
class Fault:
    """The first row that is not what was written. `row` is None where a seal itself is at fault."""

    ledger: str
    row: int | None
    kind: str
    why: str

    def __str__(self):
        where = f"{title_of(self.ledger)}（{self.ledger}）" if self.ledger else "封账"
        what = f"第 {self.row} 行{WORDS[self.kind]}，" if self.row is not None else ""
        return f"{where}：{what}{self.why}。"


def first_fault(ledger: str, *, after: int, upto: int | None = None) -> Fault | None:
    """The first row beyond the last seal that its slip does not bear out.

    A slip left before a migration changed the ledger's columns still says which rows there were, not what they held.
    """
    if not leaves_slips(ledger):
        return None
    table, width = connection.ops.quote_name(ledger), len(columns_of(ledger))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH written AS (
                SELECT row.id, CASE WHEN s.width = %(width)s THEN row.mark END AS mark
                FROM core_ledgerslip s CROSS JOIN LATERAL unnest(s.ids, s.marks) AS row (id, mark)
                WHERE s.ledger = %(ledger)s AND s.last_id > %(after)s AND row.id > %(after)s AND row.id <= %(upto)s
            ),
            standing AS (
                SELECT id, hash_record_extended(t, 0) AS mark FROM {table} t WHERE id > %(after)s AND id <= %(upto)s
            )
            SELECT coalesce(written.id, standing.id) AS id,
                   CASE WHEN standing.id IS NULL THEN 'removed' WHEN written.id IS NULL THEN 'added' ELSE 'changed' END
            FROM written FULL JOIN standing ON written.id = standing.id
            WHERE standing.id IS NULL OR written.id IS NULL OR written.mark <> standing.mark
            ORDER BY 1 LIMIT 1
            """,
            {"ledger": ledger, "after": after, "upto": 2**63 - 1 if upto is None else upto, "width": width},
        )
        row = cursor.fetchone()
    return Fault(ledger, row[0], row[1], "与记账时的底联不符，还没有封账") if row else None


def leaves_slips(ledger: str) -> bool:
    """Whether its migration gave the ledger the trigger `leaves_slip`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass(quote_ident(%s)) AND tgname = 'leaves_slip'", [ledger])
        return cursor.fetchone() is not None
