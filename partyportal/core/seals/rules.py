"""What is hashed, and how the hashes hang together. `bin/verify_ledger_export.py` says the same again, on its own.

A row is one line of JSON; its hash is SHA-256 of the line's bytes. A thousand rows make a block, blocks make a seal, and a seal names
the head of the seal before: whoever holds one head on paper holds every row before it.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

ROWS_A_BLOCK = 1000
MARK = 8  # bytes of a row's hash kept beside its block, so that the row which disagrees can be named
NO_SEAL = "0" * 64  # what the first seal names as the one before it
BEFORE_ALL = -(2**63)  # the first block of a ledger reaches back to here: a row slipped in below the first is in it


@dataclass(frozen=True)
class Link:
    """One seal, as it is hashed."""

    number: int
    ledger: str
    columns: tuple[str, ...]
    after_id: int
    first_id: int
    last_id: int
    rows: int
    digest: str
    previous: str
    key: str
    sealed_at: datetime

    @property
    def text(self) -> str:
        """The seal in words: JSON with sorted names and no spaces, moments in UTC with six digits."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        said |= {"columns": list(self.columns), "sealed_at": f"{self.sealed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z", "format": 1}
        return json.dumps(said, sort_keys=True, separators=(",", ":"))

    @property
    def head(self) -> str:
        """What is written down on paper: the hash of the words, which name the head before."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def mac_of(head: str, key: bytes) -> str:
    """Proves that a holder of the key sealed: HMAC-SHA256 of the head. Anybody can check the heads; only key holders can make this."""
    return hmac.digest(key, head.encode(), "sha256").hex()


def digest_of(blocks: Iterable[bytes]) -> str:
    """A seal's digest: SHA-256 of its blocks' digests, one after another."""
    return hashlib.sha256(b"".join(blocks)).hexdigest()


def block_digest(ids: str, marks: bytes, rows_digest: bytes) -> bytes:
    """A block's digest binds which rows it holds, their marks and their hashes; `ids` is written as PostgreSQL writes a multirange."""
    return hashlib.sha256(ids.encode() + b"\n" + marks + rows_digest).digest()


def ids_in(ids: str) -> list[int]:
    """The numbers a multirange names: "{[1,4),[7,8)}" are 1, 2, 3 and 7."""
    parts = ids.strip("{}").replace("[", "").split("),")
    bounds = (part.rstrip(")").split(",") for part in parts if part)
    return [number for low, high in bounds for number in range(int(low), int(high))]


def printed(head: str) -> str:
    """A head as it is printed and read aloud: groups of four."""
    return " ".join(head[at : at + 4] for at in range(0, len(head), 4))


def first_difference(expected: dict[int, bytes], stands: dict[int, bytes]) -> tuple[int, str] | None:
    """The first row, by number, that is not what was written: (number, "changed" | "removed" | "added")."""
    for number in sorted(expected.keys() | stands.keys()):
        if number not in stands:
            return number, "removed"
        if number not in expected:
            return number, "added"
        if expected[number] != stands[number]:
            return number, "changed"
    return None
