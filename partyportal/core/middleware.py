"""Small wrappers around every request."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


def content_security(get_response):
    """Nothing is fetched from elsewhere, nothing runs inline."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return middleware


def came_from(request) -> str:
    """The portal's own page whose button was pressed, as the browser says; home when it does not."""
    said = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    page = urlsplit(said)
    return f"{page.path}?{page.query}" if page.query else page.path


def buttons(get_response):
    """An address that takes only a button's POST is never somebody's last page.

    Whose session ended under a button comes back, logged in again, to the page it stood on; opened by itself, the address says
    what it is, where Django would show a blank page.
    """

    def middleware(request):
        response = get_response(request)
        login_first = resolve_url(settings.LOGIN_URL) + "?next="
        if request.method == "POST" and response.headers.get("Location", "").startswith(login_first):
            response.headers["Location"] = f"{login_first[:-5]}{urlencode({'next': came_from(request), 'again': 1})}"
        if response.status_code == 405 and request.method in ("GET", "HEAD") and not request.path.startswith("/api/"):
            page = render(None, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    return middleware


class NoNul:
    """The character NUL is refused wherever it is sent: no text of the database holds it, and nobody types it.

    A form is read after the middleware of its token and its size, so it is looked at when the view is known. The API has its own readers.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith("/api/") and ("\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")):
            raise BadRequest("NUL")
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST" or request.path.startswith("/api/"):
            return
        texts = [*request.POST, *(text for _, listed in request.POST.lists() for text in listed)]
        if any("\0" in text for text in texts):
            raise BadRequest("NUL")


def first_password(get_response):
    """An initial password opens only the page that changes it."""

    def middleware(request):
        user = request.user
        if user.is_authenticated and user.must_change_password:
            open_to = {reverse("core:password"), reverse("core:logout"), reverse("core:large_text")}
            # The API refuses in its own words (partyportal.api.permissions).
            if request.path not in open_to and not request.path.startswith(("/static/", "/api/")):
                return redirect("core:password")
        return get_response(request)

    return middleware
