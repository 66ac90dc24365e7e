"""A 支部大会's ballot on one person (2026 Art19–20): whether the meeting counts, whether it passes. Pure."""

from dataclasses import dataclass

from members.development.rules.path import Fault
from members.rules.votes import MORE_THAN_HALF


@dataclass(frozen=True, kw_only=True)
class Count:
    """应到会有表决权, 到会, 会前书面意见, 赞成, 反对, 弃权."""

    entitled: int
    present: int
    written: int
    in_favour: int
    against: int
    abstained: int

    @property
    def has_quorum(self) -> bool:
        """Art19: those present are more than half of those entitled; a written opinion is no presence."""
        return MORE_THAN_HALF.is_met(self.present, of=self.entitled)

    @property
    def passes(self) -> bool:
        """Art20: approval of more than half of those entitled, written opinions of before the meeting counted."""
        return self.has_quorum and MORE_THAN_HALF.is_met(self.in_favour, of=self.entitled)


def count_fault(count: Count) -> Fault | None:
    """Whether the numbers can be, and the meeting counts."""
    if count.entitled < 1:
        return Fault("这一天支部里没有有表决权的正式党员，看看日期对不对。", "day")
    if count.present + count.written > count.entitled:
        return Fault(f"到会 {count.present} 人加书面意见 {count.written} 份，多于应到会的 {count.entitled} 人，核对人数。", "present")
    if count.in_favour + count.against + count.abstained != count.present + count.written:
        return Fault(
            f"赞成、反对、弃权加起来要等于到会和书面意见的 {count.present + count.written} 票，"
            f"现在是 {count.in_favour + count.against + count.abstained} 票。",
            "in_favour",
        )
    if not count.has_quorum:
        need = MORE_THAN_HALF.least(count.entitled)
        return Fault(f"应到会有表决权 {count.entitled} 人，到会要超过半数，至少 {need} 人，这次不能表决，另外开会（第十九条）。", "present")
    return None
