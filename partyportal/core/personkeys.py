"""Keys of single persons, wrapped under FIELD_KEYS. They outlive nobody: destroying one forgets what it sealed."""

import os
import uuid
from collections.abc import Iterable

from partyportal.core import crypto
from partyportal.core.models import PersonKey


def key_of(subject: uuid.UUID) -> bytes:
    """The person's 32-byte key, made on first use."""
    row = PersonKey.objects.filter(subject=subject).first()
    if row is None:
        row, _ = PersonKey.objects.get_or_create(subject=subject, defaults={"wrapped": wrap(os.urandom(32), subject)})
    return unwrap(row.wrapped, subject)


def keys_of(subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Existing keys of many persons in one query; the missing are made in one insert."""
    wanted = list(subjects)
    held = {row.subject: unwrap(row.wrapped, row.subject) for row in PersonKey.objects.filter(subject__in=wanted)}
    fresh = {subject: os.urandom(32) for subject in wanted if subject not in held}
    PersonKey.objects.bulk_create([PersonKey(subject=s, wrapped=wrap(k, s)) for s, k in fresh.items()], batch_size=5000)
    return held | fresh


def destroy(subject: uuid.UUID) -> None:
    PersonKey.objects.filter(subject=subject).delete()


def wrap(key: bytes, subject: uuid.UUID) -> bytes:
    return crypto.encrypt(key, context=subject.bytes)


def unwrap(wrapped: bytes, subject: uuid.UUID) -> bytes:
    return crypto.decrypt(bytes(wrapped), context=subject.bytes)
