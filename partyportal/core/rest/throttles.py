"""How often one may ask. The counts live in the cache: while it is away nobody is refused for it."""

import logging

from rest_framework import throttling

log = logging.getLogger(__name__)


class _Lenient:
    def allow_request(self, request, view):
        try:
            return super().allow_request(request, view)
        except Exception as fault:
            log.warning("throttle not counted: %s", type(fault).__name__)
            return True


class UserThrottle(_Lenient, throttling.UserRateThrottle):
    """Each account."""


class AnonymousThrottle(_Lenient, throttling.AnonRateThrottle):
    """Each address without a login."""


class TokenThrottle(_Lenient, throttling.AnonRateThrottle):
    """Log-ins from one address, beside the lock on the account (axes)."""

    scope = "token"
