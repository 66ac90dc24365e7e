"""账本核验: how far the ledgers are sealed, what the last verification found, the head to be printed, the file for an outside proof."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import require
from partyportal.core.htmx import page
from partyportal.core.models import Job
from partyportal.core.seals.rows import title_of
from points.selectors import seals as selectors
from points.services import verification

SEALS_A_PAGE = 20


@login_required
def seals(request):
    """Is all well, since when, up to where; below it the chain itself."""
    require(request.user, "ledger.verify")
    held = selectors.ledgers_now()
    ledger = next((one.table for one in held if one.table == request.GET.get("ledger")), "")
    listed = Paginator(selectors.seals_listed(ledger), SEALS_A_PAGE).get_page(request.GET.get("page"))
    past = selectors.verifications()
    verifying, exporting = selectors.jobs_of(request.user)
    context = {
        "ledgers": held,
        "ledger": ledger,
        "options": [("", "全部账本"), *((one.table, one.title) for one in held)],
        "page": listed,
        "rows": [(seal, title_of(seal.ledger)) for seal in listed],
        "last": selectors.last_seal(),
        "past": past,
        "latest": past[0] if past else None,
        "verifying": verifying if verifying and not verifying.is_over else None,
        "exporting": exporting,
        "is_there": bool(exporting and exporting.state == Job.State.DONE and verification.export_file(exporting).exists()),
    }
    return page(request, "points/seals.html", context, fragment="points/_seals.html")


@require_POST
@login_required
def verify(request):
    """Ask for a verification now; it runs as a job."""
    require(request.user, "ledger.verify")
    verification.start_verification(by=request.user)
    return redirect("points:seals")


@require_POST
@login_required
def export(request):
    """Ask for the file of all ledgers; it is made as a job."""
    require(request.user, "ledger.verify")
    verification.start_export(by=request.user)
    return redirect("points:seals")


@login_required
def exported(request, uid):
    """The file, for whoever asked for it, while it is kept."""
    require(request.user, "ledger.verify")
    job = get_object_or_404(Job.objects.visible_to(request.user), uid=uid, kind="points.tasks.export_in_job", state=Job.State.DONE)
    file = verification.export_file(job)
    if not file.exists():
        raise Http404
    return FileResponse(file.open("rb"), as_attachment=True, filename=f"账本-{timezone.localdate(job.finished_at)}.zip")


@login_required
def sheet(request):
    """The head on a sheet of paper, to be signed and kept where the database's keepers cannot reach it."""
    require(request.user, "ledger.verify")
    context = {
        "last": selectors.last_seal(),
        "ledgers": selectors.ledgers_now(),
        "past": selectors.verifications()[:1],
        "now": timezone.now(),
    }
    return page(request, "points/seals_print.html", context)
