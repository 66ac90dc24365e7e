"""One template for the page and its fragment, what its address asks for, and the address that leads to a part of it."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def page(request, template: str, context: dict | None = None, fragment: str | None = None, *, status: int | None = None):
    """The whole page, or to an htmx request its `fragment` alone. Both have one address, so caches are told what it varies on."""
    response = render(request, fragment if fragment and is_asked_alone(request) else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def is_asked_alone(request) -> bool:
    """Whether htmx asks for a part of the page. It asks for the whole when it restores history, and a boosted link replaces the body."""
    asked = request.htmx
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def text_asked(request) -> str:
    """What is looked for in `?q=`: as many signs as the box takes, without the blanks around them."""
    return request.GET.get("q", "").strip()[:60]


def query_with(request, **changes) -> str:
    """The page's own query with some of it changed; what narrows a list begins again at its first page."""
    query = request.GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        query[key] = value
    return f"?{query.urlencode()}"
