"""The words of a case under its own key (`core.personkeys` of the case's uid): destroying the key forgets all of them at once."""

from members.care.aid.models import Case
from partyportal.core import crypto, personkeys


def sealed(case: Case, words: str) -> bytes | None:
    """The words as they are kept; nothing of nothing."""
    words = words.strip()
    return crypto.encrypt_with(personkeys.key_of(case.uid), words.encode()) if words else None


def opened(case: Case, *kept) -> list[str]:
    """What was sealed, in the order asked; "" of what is not there or is forgotten. One statement, none if there is nothing to open."""
    if case.forgotten_at is not None or not any(kept):
        return [""] * len(kept)
    key = personkeys.key_of(case.uid)
    return [crypto.decrypt_with(key, bytes(one)).decode() if one else "" for one in kept]
