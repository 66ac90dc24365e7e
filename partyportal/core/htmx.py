"""One template for the page and its fragment."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def page(request, template: str, context: dict | None = None, fragment: str | None = None, *, status: int | None = None):
    """The whole page, or to an htmx request its `fragment` alone. Both have one address, so caches are told what it varies on.

    htmx asks for a whole page when it restores history from the server, and a boosted link replaces the body: both get it.
    """
    asked = request.htmx
    alone = bool(fragment) and bool(asked) and not asked.boosted and not asked.history_restore_request
    response = render(request, fragment if alone else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
