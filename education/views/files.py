"""Photos and files of a meeting, for whoever sees it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import require
from education import services
from education.forms import FilesForm
from education.models import Meeting, MeetingFile
from partyportal.core.attachments import streamed
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@never_cache
@login_required
def meeting_files(request, uid):
    """Add photos; a refused one is told with its reason and nothing of the batch is kept."""
    held = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(request.user, "education.record", held.organisation)
    form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made, twice = services.add_files(held, files=form.cleaned_data["files"], by=request.user)
            again = f"有 {twice} 个这里已经有了，没有再存。" if twice else ""
            messages.success(request, (f"已存 {len(made)} 个。" if made else "没有新的。") + again)
            return redirect("education:meeting", uid)
    return page(request, "education/files.html", {"meeting": held, "form": form}, status=422 if form.errors else None)


@never_cache
@login_required
def meeting_file(request, uid):
    """One file, streamed."""
    seen = Meeting.objects.visible_to(request.user).order_by().values("pk")
    return streamed(get_object_or_404(MeetingFile.objects.filter(meeting__in=seen).select_related("attachment"), uid=uid).attachment)


@login_required
@require_POST
def meeting_file_remove(request, uid):
    """Take a wrong one out of a draft."""
    seen = Meeting.objects.visible_to(request.user).order_by().values("pk")
    row = get_object_or_404(MeetingFile.objects.filter(meeting__in=seen).select_related("meeting__organisation", "attachment"), uid=uid)
    require(request.user, "education.record", row.meeting.organisation)
    try:
        services.remove_file(row, by=request.user)
        messages.success(request, "已拿掉。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("education:meeting", row.meeting.uid)
