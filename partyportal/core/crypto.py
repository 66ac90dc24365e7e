"""Encryption of single values: AES-256-GCM (or SM4-GCM by setting), keys by id, and HMAC indexes for look-up.

A sealed value is `version(1) | key id length(1) | key id | nonce(12) | ciphertext and tag`. The first key of
FIELD_KEYS encrypts, every key decrypts, so keys are rotated by putting a new one in front.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

AES, SM4 = 1, 2
_VERSIONS = {"AES-256-GCM": AES, "SM4-GCM": SM4}


class CannotDecrypt(Exception):
    """The key is unknown or the value was tampered with."""


class _SM4GCM:
    """The AESGCM interface over SM4, which `cryptography` offers only as a cipher mode. The key's first 16 bytes are used."""

    def __init__(self, key: bytes):
        self._key = key[:16]

    def encrypt(self, nonce: bytes, data: bytes, aad: bytes | None) -> bytes:
        box = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        box.authenticate_additional_data(aad or b"")
        return box.update(data) + box.finalize() + box.tag

    def decrypt(self, nonce: bytes, data: bytes, aad: bytes | None) -> bytes:
        box = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-16:])).decryptor()
        box.authenticate_additional_data(aad or b"")
        return box.update(data[:-16]) + box.finalize()


def _box(version: int, key: bytes):
    return AESGCM(key) if version == AES else _SM4GCM(key)


@lru_cache(maxsize=8)
def _ring(field_keys: str) -> dict[bytes, bytes]:
    """FIELD_KEYS parsed, in order: key id → 32 bytes."""
    ring = {}
    for part in field_keys.split(","):
        name, _, encoded = part.strip().partition(":")
        key = base64.b64decode(encoded)
        if len(key) != 32:
            raise ValueError(f"FIELD_KEYS: key {name!r} must be 32 bytes in base64")
        ring[name.encode()] = key
    return ring


def fingerprints() -> list[str]:
    """Short digests by which a backup can name the keys it needs without holding them."""
    return [f"{name.decode()}:{hashlib.sha256(key).hexdigest()[:16]}" for name, key in _ring(settings.FIELD_KEYS).items()]


def fingerprint_of(encoded: str) -> str:
    """The same for a single key in base64."""
    return hashlib.sha256(_index_key(encoded)).hexdigest()[:16]


def encrypt(plain: bytes, *, context: bytes = b"") -> bytes:
    """Seal under the newest field key; `context` must be the same again to open it."""
    name, key = next(iter(_ring(settings.FIELD_KEYS).items()))
    return _seal(name, key, plain, context)


def _nonces() -> Iterator[bytes]:
    """Nonces from the system's generator, fetched by the hundred. For one run in one process: a fork would repeat what is left of them."""
    while True:
        block = os.urandom(12 * 256)
        yield from (block[at : at + 12] for at in range(0, len(block), 12))


def sealer() -> Callable[[bytes, bytes], bytes]:
    """`encrypt` for many values: seal(plain, context), with the key's schedule made once."""
    key = next(iter(_ring(settings.FIELD_KEYS).values()))
    head, box, nonces = current_head(), _box(_VERSIONS[settings.FIELD_CIPHER], key), _nonces()

    def seal(plain: bytes, context: bytes = b"") -> bytes:
        nonce = next(nonces)
        return head + nonce + box.encrypt(nonce, plain, context)

    return seal


def person_sealer() -> Callable[[bytes, bytes], bytes]:
    """`encrypt_with` for many values, each under a key of its own: seal(key, plain)."""
    version = _VERSIONS[settings.FIELD_CIPHER]
    head, nonces = bytes((version, 0)), _nonces()

    def seal(key: bytes, plain: bytes) -> bytes:
        nonce = next(nonces)
        return head + nonce + _box(version, key).encrypt(nonce, plain, b"")

    return seal


def decrypt(sealed: bytes, *, context: bytes = b"") -> bytes:
    """Open what `encrypt` sealed; raises CannotDecrypt."""
    name = bytes(sealed[2 : 2 + sealed[1]])
    key = _ring(settings.FIELD_KEYS).get(name)
    if key is None:
        raise CannotDecrypt(f"field key {name!r} is not in FIELD_KEYS")
    return _open(key, bytes(sealed), context)


def encrypt_with(key: bytes, plain: bytes) -> bytes:
    """Seal under a key of its own (a person's), not one of the ring."""
    return _seal(b"", key, plain, b"")


def decrypt_with(key: bytes, sealed: bytes) -> bytes:
    return _open(key, bytes(sealed), b"")


def current_head() -> bytes:
    """How a value under the newest key and the chosen cipher begins (what `rotate_keys` need not touch)."""
    name = next(iter(_ring(settings.FIELD_KEYS)))
    return bytes((_VERSIONS[settings.FIELD_CIPHER], len(name))) + name


def look_up(value: str, *, purpose: str) -> bytes:
    """The HMAC-SHA256 by which an encrypted value is found again; 16 bytes keep the index small."""
    return hmac.digest(_index_key(settings.INDEX_KEY), f"{purpose}\0{value}".encode(), "sha256")[:16]


def looker(*, purpose: str) -> Callable[[str], bytes]:
    """`look_up` for many values of one purpose."""
    key, digest = _index_key(settings.INDEX_KEY), hmac.digest

    def look(value: str) -> bytes:
        return digest(key, f"{purpose}\0{value}".encode(), "sha256")[:16]

    return look


@lru_cache(maxsize=4)
def _index_key(encoded: str) -> bytes:
    return base64.b64decode(encoded)


def _seal(name: bytes, key: bytes, plain: bytes, context: bytes) -> bytes:
    version = _VERSIONS[settings.FIELD_CIPHER]
    nonce = os.urandom(12)
    return bytes((version, len(name))) + name + nonce + _box(version, key).encrypt(nonce, plain, context)


def _open(key: bytes, sealed: bytes, context: bytes) -> bytes:
    start = 2 + sealed[1]
    try:
        return _box(sealed[0], key).decrypt(sealed[start : start + 12], sealed[start + 12 :], context)
    except InvalidTag:
        raise CannotDecrypt("the value does not open under its key") from None
