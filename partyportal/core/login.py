"""Logging in by user name or phone. A family may share a phone: the password then says which of them it is."""

import contextlib
import ipaddress

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import check_password, make_password
from rest_framework.throttling import BaseThrottle

from partyportal.core.models import User


def address_of(request) -> str | None:
    """Where a log-in comes from. Behind the proxy that is what it says, never its own address: one stranger would lock everybody's door.

    The same reading as the API's throttles (NUM_PROXIES); None when it is no address, as on a web server's own socket.
    """
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(BaseThrottle().get_ident(request)))
    return None


class PhoneOrNameBackend(ModelBackend):
    def authenticate(self, request, username=None, password=None, **kwargs):
        if not username or password is None:
            return None
        entered = username.strip()
        named = User.objects.filter(username=entered)
        candidates = list(named) or list(User.objects.filter(phone=entered, is_active=True)[:8])
        if not candidates:
            make_password(password)  # the same work as a real check, so timing does not tell who exists
            return None
        fitting = [user for user in candidates if check_password(password, user.password) and self.user_can_authenticate(user)]
        # Two of a family with one password cannot be told apart: they log in by user name.
        return fitting[0] if len(fitting) == 1 else None
