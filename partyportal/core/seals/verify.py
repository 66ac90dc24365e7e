"""Verifying: the chain, the rows each seal holds, and the rows after the last seal; the first that disagrees is named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone

from partyportal.core.seals import keys, rules, slips
from partyportal.core.seals.models import LedgerSeal, Verification
from partyportal.core.seals.rows import ROLLED_UP, columns_of, digest, hashes, ledgers, line_of
from partyportal.core.seals.slips import Fault

SEALS_AT_ONCE, ROWS_AT_ONCE = 200, 1_000_000


@dataclass(frozen=True)
class Report:
    """What a verification saw: the last seal, how many rows stand under seals and after them, and the first fault."""

    number: int
    head: str
    rows: int
    unsealed: int
    fault: Fault | None


Tell = Callable[[int, int], None]


@contextmanager
def one_moment() -> Iterator[None]:
    """Every statement inside sees the database as it is at one moment, whoever writes and seals meanwhile."""
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:  # inside somebody's transaction (a test's) it is too late to ask
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def verify(tell: Tell = lambda done, total: None) -> Report:
    """Check everything as it is at one moment; `tell(done, total)` hears how many rows of how many are through."""
    with one_moment():
        return _verify(tell)


def _verify(tell: Tell) -> Report:
    seals = list(LedgerSeal.objects.order_by("number"))
    fault = chain_fault(seals) or _cut_short(seals)
    total, done, unsealed = sum(seal.rows for seal in seals), 0, 0
    if not fault:
        for ledger, columns, part in _parts(seals):
            if fault := sealed_fault(ledger, columns, part):
                break
            done += sum(seal.rows for seal in part)
            tell(done, total)
    last = {seal.ledger: seal.last_id for seal in seals}
    for ledger in ledgers() if not fault else []:
        after = last.get(ledger, rules.BEFORE_ALL)
        if fault := _missing_table(ledger) or slips.first_fault(ledger, after=after):
            break
        unsealed += _count_after(ledger, after)
    return Report(seals[-1].number if seals else 0, seals[-1].head if seals else "", total, unsealed, fault)


def chain_fault(seals: list[LedgerSeal]) -> Fault | None:
    """Whether each seal is whole, follows the one before, and was made by a holder of the key."""
    held, head, reached = keys.ring(), rules.NO_SEAL, {}
    for number, seal in enumerate(seals, start=1):
        if seal.number != number:
            return _broken(f"第 {number} 封不见了")
        if seal.previous != head or seal.after_id != reached.get(seal.ledger, rules.BEFORE_ALL):
            return _broken(f"第 {number} 封接不上前一封")
        if seal.head != seal.link.head:
            return _broken(f"第 {number} 封被改动")
        if seal.key not in held:
            return _broken(f"第 {number} 封用的密钥（指纹 {seal.key}）不在 SEAL_KEY 和 OLD_SEAL_KEYS 里，从保管处找回来再核验")
        if seal.mac != rules.mac_of(seal.head, held[seal.key]):
            return _broken(f"第 {number} 封不是持有密钥的系统封的")
        head, reached[seal.ledger] = seal.head, seal.last_id
    return None


def _cut_short(seals: list[LedgerSeal]) -> Fault | None:
    """A chain may only grow: the head of the last verification that found all well is still in it."""
    seen = Verification.objects.filter(fault="").exclude(head="").order_by("-at").first()
    if seen and not (len(seals) >= seen.number and seals[seen.number - 1].head == seen.head):
        return _broken(f"上次核验时封到第 {seen.number} 封，现在链上没有那一封")
    return None


def _broken(why: str) -> Fault:
    return Fault("", None, "changed", why)


def _parts(seals: list[LedgerSeal]) -> Iterator[tuple[str, tuple[str, ...], list[LedgerSeal]]]:
    """The seals ledger by ledger, some at a time, those of one part over the same columns."""
    by_ledger = sorted(seals, key=lambda seal: (seal.ledger, seal.number))
    for (ledger, columns), group in groupby(by_ledger, key=lambda seal: (seal.ledger, tuple(seal.columns))):
        part: list[LedgerSeal] = []
        for seal in group:
            if part and (len(part) == SEALS_AT_ONCE or sum(one.rows for one in part) + seal.rows > ROWS_AT_ONCE):
                yield ledger, columns, part
                part = []
            part.append(seal)
        yield ledger, columns, part


def _missing_table(ledger: str) -> Fault | None:
    return None if columns_of(ledger) else Fault(ledger, None, "removed", "整张账表不见了")


def sealed_fault(ledger: str, columns: tuple[str, ...], seals: list[LedgerSeal]) -> Fault | None:
    """The first row under these seals that is not what was sealed: one statement over all their blocks, then a look into the one at fault."""
    types = columns_of(ledger)
    if missing := [name for name in columns if name not in types]:
        return Fault(ledger, None, "removed", f"封过的列 {'、'.join(missing)} 不在了，账表" if types else "整张账表不见了")
    line = line_of(types, list(columns))
    found: dict[int, list[tuple]] = {seal.pk: [] for seal in seals}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT b.seal_id, b.after_id, b.last_id, {digest("b.ids", "b.marks", "b.rows_digest")} AS kept,
                   {digest("now.ids", "now.marks", "now.rows_digest")} AS stands
            FROM core_sealblock b CROSS JOIN LATERAL (
                SELECT {ROLLED_UP} FROM ({hashes(ledger, line, "id > b.after_id AND id <= b.last_id")}) AS hashed
            ) AS now
            WHERE b.seal_id = ANY(%s) ORDER BY b.seal_id, b.position
            """,
            [list(found)],
        )
        for seal_id, *block in cursor:
            found[seal_id].append(block)
    reached = seals[0].after_id
    for seal in seals:
        blocks = found[seal.pk]
        # A block begins where the one before ended, so no row can stand between them.
        follows = [after for after, *_ in blocks] == [reached, *(last for _, last, *_ in blocks[:-1])] and blocks[-1][1] == seal.last_id
        if not follows or rules.digest_of(bytes(kept) for _, _, kept, _ in blocks) != seal.digest:
            return Fault(ledger, None, "changed", f"第 {seal.number} 封的底册被改动")
        for after, last, kept, stands in blocks:
            if stands is None or bytes(kept) != bytes(stands):
                return _named(ledger, line, seal, after, last)
        reached = seal.last_id
    return None


def _named(ledger: str, line: str, seal: LedgerSeal, after: int, last: int) -> Fault:
    """Which row of a block disagrees: the marks sealed with it against those of the rows that stand."""
    block = seal.blocks.get(last_id=last)
    marks = bytes(block.marks)
    kept = {number: marks[at * rules.MARK : (at + 1) * rules.MARK] for at, number in enumerate(rules.ids_in(block.ids))}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, substr(hash, 1, {rules.MARK}) FROM ({hashes(ledger, line, 'id > %s AND id <= %s')}) AS h", [after, last]
        )
        stands = {number: bytes(mark) for number, mark in cursor.fetchall()}
    where = f"与第 {seal.number} 封（{timezone.localtime(seal.sealed_at):%Y-%m-%d %H:%M}）不符"
    difference = rules.first_difference(kept, stands)
    # Eight bytes that agree by accident: not in the life of this county, but then the block is named.
    return (
        Fault(ledger, *difference, where)
        if difference
        else Fault(ledger, None, "changed", f"第 {after} 至 {last} 行之间有一行被改动，{where}")
    )


def _count_after(ledger: str, after: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(ledger)} WHERE id > %s", [after])
        return cursor.fetchone()[0]
