"""What every page knows: the portal's name, the navigation of its user, large text."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from partyportal.core.navigation import Navigation

LARGE_TEXT_COOKIE = "large_text"


def large_text(request) -> bool:
    """长者模式: the user's own choice, or the cookie of somebody not logged in."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user.large_text
    return request.COOKIES.get(LARGE_TEXT_COOKIE) == "1"


def portal(request) -> dict:
    return {
        "portal_name": settings.PORTAL_NAME,
        "navigation": SimpleLazyObject(lambda: Navigation(request)),
        "large_text": SimpleLazyObject(lambda: large_text(request)),
    }
