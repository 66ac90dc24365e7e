"""Small wrappers around every request."""

from django.shortcuts import redirect
from django.urls import reverse

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


def content_security(get_response):
    """Nothing is fetched from elsewhere, nothing runs inline."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return middleware


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
