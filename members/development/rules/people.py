"""Who may stand beside an applicant: 培养联系人 (Art9) and 入党介绍人 (Art14). Pure."""

from collections.abc import Iterable
from datetime import date

from members.development.rules.path import Fault
from members.development.rules.procedure import Procedure

CONTACTS = (1, 2)
INTRODUCERS = 2


def contact_count_fault(count: int) -> Fault | None:
    """Art9: one or two full members."""
    low, high = CONTACTS
    return None if low <= count <= high else Fault(f"培养联系人要 {low} 到 {high} 名，现在选了 {count} 名（第九条）。", "people")


def introducer_count_fault(count: int) -> Fault | None:
    """Art14: two full members."""
    return None if count == INTRODUCERS else Fault(f"入党介绍人要 {INTRODUCERS} 名，现在选了 {count} 名（第十四条）。", "people")


def full_member_fault(*, name: str, full_on: date | None, suspended: bool, day: date) -> Fault | None:
    """Art9, Art14: a full member of that day, whose membership is not suspended."""
    if suspended:
        return Fault(f"{name}停止党籍，换一名正式党员。", "people")
    if full_on is None or full_on > day:
        return Fault(f"{name}那天还是预备党员，要正式党员。", "people")
    return None


def introducer_fault(
    procedure: Procedure, *, name: str, full_on: date | None, sanctions: Iterable[str], suspended: bool, day: date
) -> Fault | None:
    """2026 Art14: not whoever is under 警告, 严重警告 or 撤职 and its 影响期, nor under 留党察看; in 2014 the last alone."""
    if fault := full_member_fault(name=name, full_on=full_on, suspended=suspended, day=day):
        return fault
    if procedure.introducer_bars.intersection(sanctions):
        return Fault(f"{name}受处分还在影响期内，不能当入党介绍人，换一名（第十四条）。", "people")
    return None
