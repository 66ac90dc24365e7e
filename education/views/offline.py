"""What lets the record form open without a network: the worker, served where its scope is. ADR 27 tells the limits."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache


@never_cache
def worker(request):
    """The service worker. It names nobody and knows no page but the record form, so it is open to all like a static file."""
    response = render(request, "education/sw.js", content_type="text/javascript")
    response.headers["Service-Worker-Allowed"] = "/education/"
    return response
