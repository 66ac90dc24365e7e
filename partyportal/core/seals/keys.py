"""SEAL_KEY seals; OLD_SEAL_KEYS still prove what was sealed before it was changed. A key is known by its fingerprint."""

import base64

from django.conf import settings

from partyportal.core import crypto


def current() -> tuple[str, bytes]:
    """(fingerprint, key) that seals now."""
    return crypto.fingerprint_of(settings.SEAL_KEY), base64.b64decode(settings.SEAL_KEY)


def ring() -> dict[str, bytes]:
    """Fingerprint → key, the present one and those of before."""
    held = [settings.SEAL_KEY, *(part.strip() for part in settings.OLD_SEAL_KEYS.split(",") if part.strip())]
    return {crypto.fingerprint_of(encoded): base64.b64decode(encoded) for encoded in held}
