"""Writes about one's own account: coming in, the password, 大字, the inbox. Managing others' accounts belongs to branches."""

from django.contrib.auth import login
from django.db import transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from partyportal.core import audit
from partyportal.core.models import Notice, User


@transaction.atomic
def enter(request, *, user: User) -> None:
    """Open the session; who came in and when is kept (网络安全法: logs of at least six months)."""
    login(request, user)
    audit.record("core.user.entered", user, by=user)


@transaction.atomic
def change_password(user: User, *, password: str, by: User) -> User:
    """Set a password of the user's own choice. Every other session ends with the old one, and so do API tokens."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    Token.objects.filter(user=user).delete()
    audit.record("core.user.password_changed", user, by=by)
    return user


@transaction.atomic
def open_token(user: User) -> str:
    """The account's API token; taking it is coming in, so it is kept."""
    token, _ = Token.objects.get_or_create(user=user)
    audit.record("core.token.opened", user, by=user)
    return token.key


@transaction.atomic
def close_token(user: User) -> None:
    """Take the account's API token back; asking twice is no fault."""
    if Token.objects.filter(user=user).delete()[0]:
        audit.record("core.token.closed", user, by=user)


def switch_large_text(user: User, *, large: bool) -> None:
    """长者模式 on or off: a taste, so it leaves no audit row."""
    User.objects.filter(pk=user.pk).update(large_text=large)


def read_notices(user: User, *, notice: Notice | None = None) -> int:
    """Mark one reminder read, or all of them; what it asks is done elsewhere, so it leaves no audit row."""
    unread = Notice.objects.visible_to(user).filter(read_at=None)
    if notice is not None:
        unread = unread.filter(pk=notice.pk)
    return unread.update(read_at=timezone.now())
