"""What makes a record worth a question, and how a question moves. Pure: texts, days and numbers in, an answer out.

国办函〔2026〕12号: 不得以痕迹多少论英雄. So nothing here is a fault, a score or a penalty: it is asked, answered and laid aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5

SHINGLE = 8  # signs of one piece: shorter ones stand in everybody's minutes
LONGEST = 4_000  # signs of a text that are compared
SKETCH = 48  # pieces kept of each text for finding who is worth comparing
# Left out of a comparison: a changed date or comma does not make another text. The database leaves out the same signs.
IGNORED = "".join((" \t\r\n\u3000", "0123456789０１２３４５６７８９", ",.;:!?()[]<>\"'-—…·/、，。；：！？（）【】《》“”‘’「」％%"))
_DROP = str.maketrans("", "", IGNORED)

# Where a question stands, and what is done about it
OPEN, ASKED, ANSWERED, DISMISSED, GONE = "open", "asked", "answered", "dismissed", "gone"
FIND, ASK, ANSWER, DISMISS, REOPEN, CLEAR = "find", "ask", "answer", "dismiss", "reopen", "clear"
WAY: dict[str, tuple[tuple[str, ...], str]] = {
    ASK: ((OPEN, ANSWERED), ASKED),
    ANSWER: ((ASKED,), ANSWERED),
    DISMISS: ((OPEN, ASKED, ANSWERED), DISMISSED),
    REOPEN: ((DISMISSED, GONE, ANSWERED), OPEN),
    CLEAR: ((OPEN, ASKED, ANSWERED), GONE),
}
WAITING = (OPEN, ASKED, ANSWERED)


def squeezed(text: str) -> str:
    """What is compared of a text: its signs without spaces, numbers and punctuation."""
    return text.translate(_DROP)[:LONGEST]


def pieces(text: str) -> set[str]:
    """Every run of SHINGLE signs of a squeezed text."""
    return {text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1)}


def likeness(one: str, other: str) -> int:
    """What percentage of the shorter text's pieces stand in the other as well; rounded down, so 100 is all of them."""
    return shared(pieces(squeezed(one)), pieces(squeezed(other)))


def shared(ours: set[str], theirs: set[str]) -> int:
    """What percentage of the fewer pieces stand in both."""
    fewer = min(len(ours), len(theirs))
    return len(ours & theirs) * 100 // fewer if fewer else 0


def digest(*texts: str) -> str:
    """Whether the texts are still those that were looked at, spaces and numbers apart."""
    return md5("\n".join(map(squeezed, texts)).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Passage:
    """A stretch of a text, and whether it stands in the other text too."""

    text: str
    is_like: bool


def passages(text: str, other: str) -> list[Passage]:
    """The text in its own words, split where it begins and ends to be like the other."""
    at_home = [at for at, sign in enumerate(text) if sign not in IGNORED][:LONGEST]
    plain, theirs = squeezed(text), pieces(squeezed(other))
    like = [False] * len(text)
    for at in range(len(plain) - SHINGLE + 1):
        if plain[at : at + SHINGLE] in theirs:
            # With the commas and numbers between them.
            first, last = at_home[at], at_home[at + SHINGLE - 1]
            like[first : last + 1] = [True] * (last - first + 1)
    return list(_runs(text, like))


def _runs(text: str, like: list[bool]) -> Iterator[Passage]:
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or like[at] != like[start]:
            yield Passage(text[start:at], like[start])
            start = at


def may_move(act: str, state: str) -> bool:
    """Whether the act is possible where the question stands."""
    return state in WAY[act][0]
