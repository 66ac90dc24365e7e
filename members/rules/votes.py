"""Votes of a Party organisation: who has one, and what part of a number must be reached or passed. Pure.

Every vote of the portal counts with these: a 党员大会, a 支委会, 发展党员, 换届. Which part of what each asks is its own rule's to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PROBATIONARY, ON_PROBATION, SUSPENDED = "预备党员没有表决权", "留党察看期间没有表决权", "停止党籍"


# Percents that stand for a fraction. 67 means two thirds exactly: of a 支委会 of 3 that is 2, where 67 in a hundred would ask for all.
_NAMED = {50: ("半数", 1, 2), 67: ("三分之二", 2, 3), 75: ("四分之三", 3, 4), 80: ("五分之四", 4, 5)}


@dataclass(frozen=True)
class Part:
    """A part of a number, in percent, that is to be reached (半数以上, 五分之四以上) or passed (超过半数)."""

    percent: int
    is_passed: bool  # 超过: the very part is not enough

    def is_met(self, number: int, *, of: int) -> bool:
        return number >= self.least(of)

    def least(self, of: int) -> int:
        """The smallest whole number that is enough: of 10, half is 5 and more than half 6."""
        above, below = _NAMED[self.percent][1:] if self.percent in _NAMED else (self.percent, 100)
        return of * above // below + 1 if self.is_passed else -(-of * above // below)

    @property
    def words(self) -> str:
        """超过半数, 半数以上, 五分之四以上."""
        return f"超过{fraction(self.percent)}" if self.is_passed else f"{fraction(self.percent)}以上"


# 支部工作条例 Art11–12: 半数以上到会方可进行; 2026 细则 Art19–20 and what passes a vote everywhere: 超过半数.
HALF, MORE_THAN_HALF = Part(50, False), Part(50, True)


def fraction(percent: int) -> str:
    return _NAMED[percent][0] if percent in _NAMED else f" {percent}%"


def disfranchised(*, full_on: date | None, sanctions: Iterable[str], suspended: bool, day: date) -> str:
    """Why a member has no vote on a day; nothing for who has one.

    预备党员 and 留党察看 have no 表决权、选举权 (章程; 选举工作条例, secondary text); 停止党籍 has no organisation life (教育管理条例 Art24).
    """
    if suspended:
        return SUSPENDED
    if full_on is None or full_on > day:
        return PROBATIONARY
    return ON_PROBATION if "probation" in sanctions else ""
