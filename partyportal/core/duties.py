"""What is due: one shape for every app's `duties.py`, merged and shown by the roof.

A duty is never stored and never ticked off: it is answered from the facts, so the fact clears it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


class InTree(Protocol):
    """What a duty says of the organisation that has it; the floor does not know the tree."""

    code: str
    short_name: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One thing somebody must do by a day, why, and the page where it is done. Sorted oldest first."""

    due_on: date
    key: str  # stable: "education.committee:<organisation code>:2026-10"
    title: str  # verb first: 补记 10 月支委会
    reason: str  # rule, then fact: 支委会一般每月一次，10 月还没有记录
    act: str  # the button: 补记
    url: str
    organisation_code: str
    organisation_name: str
    organisation_path: str
    barred: frozenset[int] = field(default=frozenset(), compare=False)  # users who may not do it: they had a hand in it
    room: str = field(default="", compare=False)  # which part of the work it is of, in words: said by the roof, which knows them all

    @classmethod
    def of(cls, place: InTree, **told) -> "Duty":
        """A duty of an organisation: its code, name and path from it, all else as `told`."""
        return cls(organisation_code=place.code, organisation_name=place.short_name, organisation_path=place.path, **told)

    def __lt__(self, other: "Duty") -> bool:
        """By day, then by key: two words compared instead of nine, where a county sorts fifteen thousand."""
        return (self.due_on, self.key) < (other.due_on, other.key)

    def days_left(self, today: date) -> int:
        """Negative when overdue."""
        return (self.due_on - today).days
