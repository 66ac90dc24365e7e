"""Logging in by user name or phone. A family may share a phone: the password then says which of them it is."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import check_password, make_password

from partyportal.core.models import User


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
