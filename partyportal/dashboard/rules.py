"""When a branch needs a hand. Each answer is a sentence that says the rule's fact. Pure: no Django, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# 支部工作条例(试行) ch.2: a branch has at least three full members; with fewer it joins a 联合党支部.
FULL_MEMBERS_NEEDED = 3
# A meeting missed once is on the branch's own list of duties; missed twice in three months, somebody should ask why.
MONTHS_LOOKED_AT = 3
MONTHS_MISSED = 2
# One member out of touch is looked for by the branch; several are more than it can do alone.
LOST_MEMBERS = 2


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A kind of meeting a branch missed in some of the last months."""

    label: str
    months: tuple[date, ...]

    @property
    def words(self) -> str:
        months = "、".join(str(month.month) for month in sorted(self.months))
        return f"{months} 月没有{self.label}"


def meetings_need(missed: Iterable[Missed]) -> str:
    """Meetings of a monthly kind missed in two of the last three months."""
    often = [one for one in missed if len(one.months) >= MONTHS_MISSED]
    return "，".join(one.words for one in often)


def strength_need(full_members: int) -> str:
    """Fewer full members than a branch must have."""
    if full_members >= FULL_MEMBERS_NEEDED:
        return ""
    return f"正式党员 {full_members} 人，不足 {FULL_MEMBERS_NEEDED} 人，应并入联合党支部"


def secretary_need(vacant_since: date | None, today: date) -> str:
    """A secretary's post without anybody for too long (`members.rules.offices.vacancy_is_long`, asked before)."""
    return f"书记空缺 {(today - vacant_since).days} 天" if vacant_since else ""


def contact_need(lost: int) -> str:
    """Several members out of touch."""
    return f"失联党员 {lost} 人" if lost >= LOST_MEMBERS else ""
