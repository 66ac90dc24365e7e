"""公示 85，现为 83，因为…: what was published of a member's quarters beside what stands now. 公示 itself is to the right, so a setting names who knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.module_loading import import_string

REASONS_SAID = 3


@dataclass(frozen=True)
class Reason:
    """One line posted after the sheet: what changed it."""

    day: date
    title: str
    points: Decimal
    posted_at: datetime


@dataclass(frozen=True)
class Published:
    """A published quarter of a member: what the sheet said, what stands now, and why they part."""

    quarter: int
    label: str
    url: str
    published: Decimal
    now: Decimal
    reasons: list[Reason]

    @property
    def is_changed(self) -> bool:
        return self.now != self.published

    @property
    def because(self) -> str:
        """The reasons as one sentence; of many the first few and how many there are."""
        said = [
            f"{one.day.month}月{one.day.day}日{one.title} {'+' if one.points > 0 else '−'}{abs(one.points):.2f}"
            for one in self.reasons[:REASONS_SAID]
        ]
        more = f"等 {len(self.reasons)} 笔" if len(self.reasons) > REASONS_SAID else ""
        return "；".join(said) + more


def published_quarters(members: Iterable[int], year: int) -> dict[int, list[Published]]:
    """Each member's published quarters of a year, first quarter first; as many statements for one as for a hundred."""
    return import_string(settings.PUBLISHED_QUARTERS)(members, year)
