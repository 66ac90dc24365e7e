"""The books one asked for, asking for another, and taking one away."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import require
from branches.models import Organisation
from education.documents import services
from education.documents.forms import BookForm
from education.documents.models import Book
from education.documents.parameters import KEEP_DAYS
from education.models import Meeting
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on

BOOKS_A_PAGE = 20
KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


@never_cache
@login_required
def books(request):
    """What to make, and what was made."""
    require(request.user, "education.book")
    today, within = timezone.localdate(), Organisation.objects.where(request.user, "education.book")
    if request.method == "POST":
        form = BookForm(request.POST, within=within, today=today)
        if form.is_valid():
            with refusals(form):
                made = services.ask(**form.said, by=request.user, today=today)
                return redirect("documents:book", made.uid)
    else:
        form = BookForm(initial=_proposed(request, within, today), within=within, today=today)
    mine = Book.objects.visible_to(request.user).select_related("organisation", "meeting", "job")
    context = {
        "form": form,
        "page": Paginator(mine, BOOKS_A_PAGE).get_page(request.GET.get("page")),
        "keep_days": value_on(today, KEEP_DAYS),
    }
    return page(request, "documents/books.html", context, status=422 if form.errors else None)


def _proposed(request, within, today) -> dict:
    """One's own organisation, or the one the address names; this year, its month before."""
    code = request.GET.get("organisation")
    place = get_object_or_404(within, code=code) if code else within.exclude(kind=Organisation.Kind.GROUP).order_by("path").first()
    return {
        "organisation": place.name if place else "",
        "year": today.year,
        "month": max(1, today.month - 1),
        "span": "year",
        "form": "pdf",
    }


@login_required
@require_POST
def book_meeting(request, uid):
    """The sheet of one meeting, from its own page."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(request.user, "education.book", meeting.organisation)
    form = request.POST.get("form", "")
    if form not in Book.Form.values:
        raise Http404
    try:
        made = services.ask(
            organisation=meeting.organisation,
            span=Book.Span.MEETING,
            start=meeting.held_on,
            meeting=meeting,
            form=form,
            by=request.user,
            today=timezone.localdate(),
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("education:meeting", uid)
    return redirect("documents:book", made.uid)


@never_cache
@login_required
def book(request, uid):
    """How far a book is; made, where it is taken and how its bytes are told from others."""
    held = _held(request, uid)
    context = {"book": held, "job": held.job, "file_name": services.file_name(held), "is_one_file": services.is_one_file(held)}
    return page(request, "documents/book.html", context)


@never_cache
@login_required
def book_file(request, uid):
    """The book itself; whether one may is asked again, as of now."""
    held = _held(request, uid)
    try:
        parts = services.give_out(held, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("documents:book", uid)
    return streamed(held, parts)


def streamed(held: Book, parts) -> StreamingHttpResponse:
    """A book as a download, file by file; no cache on the way keeps it."""
    name = services.file_name(held)
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(name)}",
        "Content-Length": str(held.size),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(parts, content_type=KINDS[name.rpartition(".")[2]], headers=headers)


@login_required
@require_POST
def book_throw(request, uid):
    """Throw the files away before their time."""
    services.throw_away(_held(request, uid), by=request.user)
    messages.success(request, "文件已清掉。会议记录都在，随时可以再生成。")
    return redirect("documents:books")


def _held(request, uid) -> Book:
    rows = Book.objects.visible_to(request.user).select_related("organisation", "meeting", "job")
    held = get_object_or_404(rows, uid=uid)
    require(request.user, "education.book", held.organisation)
    return held
