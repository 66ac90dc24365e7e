"""What a branch's book says, before anything is known of pages: its meetings, votes, hours and gaps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from education.documents.models import Book
from education.rules import plain


@dataclass(frozen=True, kw_only=True)
class Item:
    """议题: one item of a meeting, what was said of it and what was decided."""

    title: str
    said: str
    decided: str


@dataclass(frozen=True, kw_only=True)
class Vote:
    """表决: what was put to the vote, how, and what came of it. Figures alone: no book says who voted how."""

    held_on: date
    title: str
    how: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """One confirmed meeting, as every form of a book prints it."""

    uid: str
    version: int
    kind: str
    label: str
    group: str
    held_on: date
    hours: str
    ordinal: int
    place: str
    host: str
    scribe: str
    topic: str
    minutes: str
    decisions: str
    study_hours: Decimal
    expected: int
    present: int
    excused_count: int
    came: tuple[str, ...]
    guests: tuple[str, ...]
    leave: tuple[str, ...]
    absent: tuple[str, ...]
    excused: tuple[str, ...]
    confirmed: str
    digest: str
    agenda: tuple[Item, ...] = ()
    votes: tuple[Vote, ...] = ()
    makes_up: str = ""  # the month whose missed meeting it makes up for

    @property
    def name(self) -> str:
        return f"{self.label}（{self.group}）" if self.group else self.label

    @property
    def day(self) -> str:
        return self.held_on.isoformat()


@dataclass(frozen=True, kw_only=True)
class StudyLine:
    """A member's hours of 集中学习 within the span; `due` is None of whoever nothing is demanded, or where the span is no year."""

    name: str
    times: int
    hours: Decimal
    due: int | None
    is_leader: bool = False
    trainings: int = 0

    @property
    def note(self) -> str:
        if self.due is None:
            return ""
        hours = f"还差 {plain(self.due - self.hours)} 学时" if self.hours < self.due else "已达标"
        return f"{hours}；没有参加集中培训" if self.is_leader and not self.trainings else hours


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Something that was due and is not there, or is there and does not count yet."""

    when: str
    what: str
    state: str


@dataclass(frozen=True, kw_only=True)
class KindLine:
    """A kind of meeting over the span: how many were due and held, and how many people came."""

    label: str
    due: int
    done: int
    held: int
    expected: int
    present: int
    made_up: int = 0


@dataclass(frozen=True, kw_only=True)
class BranchBook:
    """Everything a branch's book says."""

    branch: str
    short: str
    code: str
    span: str
    title: str
    as_of: date
    records: tuple[Record, ...]
    kinds: tuple[KindLine, ...]
    study: tuple[StudyLine, ...]
    gaps: tuple[Gap, ...]
    due: int
    done: int
    is_whole_year: bool
    made_up: int = 0
    votes: tuple[Vote, ...] = ()

    @property
    def is_one_meeting(self) -> bool:
        return self.span == Book.Span.MEETING
