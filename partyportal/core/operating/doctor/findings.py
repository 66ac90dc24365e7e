"""What the doctor says of one part."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    NOTE = "note"  # worth knowing, nothing to mend
    FAULT = "fault"


MARKS = {State.OK: "✓", State.NOTE: "·", State.FAULT: "✗"}


@dataclass(frozen=True)
class Finding:
    """One part's state in a Chinese sentence; a fault comes with its mend."""

    part: str
    state: State
    said: str
    mend: str = ""

    def __str__(self):
        line = f"{MARKS[self.state]} {self.part}：{self.said}"
        return f"{line}\n    处理：{self.mend}" if self.mend else line

    def as_json(self) -> dict:
        return asdict(self) | {"state": self.state.value}


def ok(part: str, said: str) -> Finding:
    return Finding(part, State.OK, said)


def note(part: str, said: str, mend: str = "") -> Finding:
    return Finding(part, State.NOTE, said, mend)


def fault(part: str, said: str, mend: str) -> Finding:
    return Finding(part, State.FAULT, said, mend)
