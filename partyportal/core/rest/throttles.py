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


class PublicPageThrottle(_Lenient, throttling.SimpleRateThrottle):
    """A page open to everybody that looks something up, asked from one address; it also counts who is logged in."""

    scope = "public_page"

    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
