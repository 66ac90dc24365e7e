"""Rules of the fund. Pure: no Django, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

OTHERS = "其他（笔数少，合并公布）"


def gets_certificate(amount: Decimal, *, above: int) -> bool:
    """合肥高新区党员关爱基金 (S17): 捐赠超过 5000 元的发证书. At the limit itself it is not yet above."""
    return amount > above


def join_small(rows: Sequence[tuple[str, Decimal, int]], *, least: int) -> list[tuple[str, Decimal, int]]:
    """收支每年公布 (DOMAIN §7), and nobody who was helped may be known by it: what fewer than `least` share is told together.

    If what is joined is still too few, the next smallest joins it, or its sum could be had by subtraction.
    """
    told = [row for row in rows if row[2] >= least]
    few = [row for row in rows if 0 < row[2] < least]
    while few and told and sum(row[2] for row in few) < least:
        smallest = min(told, key=lambda row: row[2])
        told.remove(smallest)
        few.append(smallest)
    if not few:
        return told
    return [*told, (OTHERS, sum((row[1] for row in few), Decimal(0)), sum(row[2] for row in few))]


@dataclass(frozen=True)
class Movement:
    """One line of the bank's list or of the journal: which row, its day, its amount (in above zero), its number if it has one."""

    key: int
    day: date
    amount: Decimal
    reference: str = ""


def match(bank: Sequence[Movement], ours: Sequence[Movement], *, within: int) -> dict[int, int]:
    """银行对账: which of our lines each bank line answers. The same amount is a must.

    First what has the same number, then what is nearest in days, up to `within`; a line answers once. Of two equally near the
    earlier is taken, so that the same lists always match alike.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    pairs = [
        (not (b.reference and b.reference == o.reference), abs((b.day - o.day).days), b.day, o.day, b.key, o.key)
        for b in bank
        for o in ours
        if b.amount == o.amount and ((b.reference and b.reference == o.reference) or abs(b.day - o.day) <= timedelta(days=within))
    ]
    for *_, b, o in sorted(pairs):
        if b not in found and o not in taken:
            found[b] = o
            taken.add(o)
    return found


def agrees(*, bank_closing: Decimal, book_closing: Decimal, bank_only: Decimal, ours_only: Decimal) -> bool:
    """余额调节表: each side corrected by what the other alone has; the two must be equal to the fen."""
    return bank_closing + ours_only == book_closing + bank_only
