"""Writes about one's own account: coming in, the password, 大字, the inbox. Managing others' accounts belongs to branches."""

from django.contrib.auth import login
from django.db import transaction
from django.utils import timezone
from knox.models import AuthToken

from partyportal.core import audit
from partyportal.core.models import Notice, User

TOKENS_AT_ONCE = 10


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
    AuthToken.objects.filter(user=user).delete()
    audit.record("core.user.password_changed", user, by=by)
    return user


@transaction.atomic
def open_token(user: User) -> str:
    """A new API token, told this once: what is kept is its digest. Taking it is coming in, so it is kept; of many the oldest end."""
    User.objects.select_for_update().get(pk=user.pk)
    standing = tokens_of(user)
    AuthToken.objects.filter(user=user).exclude(pk__in=[one.pk for one in standing[: TOKENS_AT_ONCE - 1]]).delete()
    made, token = AuthToken.objects.create(user=user)
    audit.record("core.token.opened", user, by=user, token=made.token_key[:8], until=timezone.localdate(made.expiry))
    return token


def tokens_of(user: User) -> list[AuthToken]:
    """One's own tokens that are still good, newest first."""
    return list(AuthToken.objects.filter(user=user, expiry__gt=timezone.now()).order_by("-created", "pk"))


@transaction.atomic
def close_token(user: User, *, token_key: str = "") -> None:
    """Take one of the account's API tokens back, or all of them; asking twice is no fault."""
    held = AuthToken.objects.filter(user=user)
    for one in held.filter(token_key=token_key) if token_key else held:
        audit.record("core.token.closed", user, by=user, token=one.token_key[:8])
        one.delete()


def switch_large_text(user: User, *, large: bool) -> None:
    """长者模式 on or off: a taste, so it leaves no audit row."""
    User.objects.filter(pk=user.pk).update(large_text=large)


def read_notices(user: User, *, notice: Notice | None = None) -> int:
    """Mark one reminder read, or all of them; what it asks is done elsewhere, so it leaves no audit row."""
    unread = Notice.objects.visible_to(user).filter(read_at=None)
    if notice is not None:
        unread = unread.filter(pk=notice.pk)
    return unread.update(read_at=timezone.now())
