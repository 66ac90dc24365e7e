"""What is too large is refused by its announced length, before a byte of it is read or kept."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

AROUND = 1_000_000  # the other fields of the form around a file


def takes_films(view):
    """Mark a view whose form takes a film; all others take what a form may hold."""
    view.takes_films = True
    return view


class UploadLimit:
    """Stands before the form's token is looked for, which is what first reads a body.

    Without a length a body is not read at all (WSGI), so there is no way round.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        most = settings.MEDIA_MAX_BYTES if getattr(view, "takes_films", False) else settings.UPLOAD_MAX_BYTES
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) <= most + AROUND:
            return None
        return _too_large(request, most)


def _too_large(request: HttpRequest, most: int) -> HttpResponse:
    """413: a page for people, a problem for programs."""
    words = f"这里一次最多传 {most // 1_000_000} MB，传来的没有收，也没有存。视频压缩或分成几课，照片缩小再传。"
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "内容太大", "status": 413, "detail": words}
        return JsonResponse(problem, status=413, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False})
    return render(request, "413.html", {"words": words}, status=413)
