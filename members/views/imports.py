"""名册导入: upload, look through, write or give up; then the batch as it was written."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from branches.access import require
from members.forms import ImportForm, PreviewFilters
from members.models import ImportBatch, Outcome
from members.selectors import imports as selectors
from members.services import imports as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refuse
from partyportal.core.htmx import page
from partyportal.core.models import Job
from partyportal.core.sheets import XLSX

BATCHES_A_PAGE, ROWS_A_PAGE = 30, 20
HINTS = (
    "按公民身份号码认人：号码在名册里的核对改动，不在的是新增。",
    "空白不覆盖：文件里没填的，名册里原来的保留。",
    "有错的行不写，其余照写；错处可以连同原文件下载，改好再传。",
    "文件里没有的人只列出来，不会被删。",
)


@login_required
def batches(request):
    """What was imported into the organisations in sight, newest first."""
    require(request.user, "member.import")
    listed = Paginator(selectors.batches(request.user), BATCHES_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "members/import_batches.html", {"page": listed})


@login_required
def import_upload(request):
    """A file, the organisation it is the roster of, and the day from which moves count."""
    require(request.user, "member.import")
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            batch = services.upload(
                asked["file"].read(), asked["file"].name, organisation=asked["organisation"], day=asked["day"], by=request.user
            )
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return redirect("members:import_batch", batch.uid)
    return page(request, "members/import_upload.html", {"form": form, "hints": HINTS}, status=422 if form.errors else None)


@login_required
def import_template(request):
    """The national form as an empty sheet."""
    require(request.user, "member.import")
    return FileResponse(services.template(), as_attachment=True, filename="党员名册模板.xlsx", content_type=XLSX)


@never_cache
@login_required
def import_batch(request, uid):
    """A batch as it stands: being read, to be looked through, being written, written, or given up."""
    batch = _batch(request, uid)
    job = Job.objects.filter(uid=batch.job).first()
    at_work = job is not None and job.state != Job.State.DONE and batch.state in (ImportBatch.State.READING, ImportBatch.State.READY)
    if request.htmx and request.htmx.target == f"job-{batch.job}":
        if job.is_over:
            return HttpResponseClientRefresh()
        return page(request, "members/_import_job.html", {"batch": batch, "job": job})
    context = {"batch": batch, "job": job if at_work else None, "steps": _step(batch, job)}
    if batch.state in (ImportBatch.State.READY, ImportBatch.State.COMMITTED) and not at_work:
        context |= _rows(request, batch)
    if batch.state == ImportBatch.State.READY and not at_work:
        context["decision"] = _decision(batch)
    return page(request, "members/import_batch.html", context, fragment="members/_import_rows.html")


@require_POST
@login_required
def import_commit(request, uid):
    """Have the batch written; the writing itself asks for the permission again."""
    batch = _batch(request, uid)
    try:
        services.start_commit(batch, by=request.user)
    except DomainError as refusal:
        return _refused(request, batch, refusal)
    return redirect("members:import_batch", batch.uid)


@require_POST
@login_required
def import_discard(request, uid):
    """Give the batch up; nothing of it was written."""
    batch = _batch(request, uid)
    try:
        services.discard(batch, by=request.user)
    except DomainError as refusal:
        return _refused(request, batch, refusal)
    return redirect("members:batches")


@login_required
def import_faults(request, uid):
    """The file as it was sent, its faults marked; ?only=refused leaves the good rows out."""
    batch = _batch(request, uid)
    file = services.marked_copy(batch, only_refused=request.GET.get("only") == "refused", by=request.user)
    if file is None:
        raise Http404("the file is no longer kept")
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return FileResponse(file, as_attachment=True, filename=f"{stem}-标出问题.xlsx", content_type=XLSX)


def _batch(request, uid) -> ImportBatch:
    batch = get_object_or_404(selectors.batches(request.user), uid=uid)
    require(request.user, "member.import", batch.organisation)
    return batch


def _refused(request, batch: ImportBatch, refusal: DomainError):
    context = {"batch": batch, "job": None, "steps": _step(batch, None), "refusal": refusal.message}
    return page(request, "members/import_batch.html", context, status=409)


def _step(batch: ImportBatch, job: Job | None) -> str:
    if batch.state == ImportBatch.State.COMMITTED or (job and job.kind == "members.tasks.commit_import"):
        return "写入"
    return "核对" if batch.state == ImportBatch.State.READY else "上传"


def _decision(batch: ImportBatch) -> dict[str, str]:
    """What the bar says will happen, and what will not."""
    title = f"写入 {batch.writes:,} 人：新增 {batch.new:,}，变更 {batch.changed:,}，移动 {batch.moved:,}"
    note = f"拒收 {batch.refused:,} 行不写入。缺失 {batch.missing:,} 人不动。"
    return {"title": title if batch.writes else "没有要写入的", "note": note, "act": f"写入 {batch.writes:,} 人"}


def _rows(request, batch: ImportBatch) -> dict:
    """The chosen outcome's rows, one page of them, and the tabs with their counts."""
    filters = PreviewFilters(request.GET)
    asked = filters.asked
    cells = selectors.places(batch)
    notes = {key: f"{cells[key]:,} 处" for key in ("changed", "refused") if cells.get(key)}
    tabs = [(key, label, notes.get(key, note), getattr(batch, key), f"?tab={key}") for key, label, note in selectors.TABS]
    chosen = asked.get("tab") or next((key for key in ("changed", "moved", "new", "refused") if getattr(batch, key)), Outcome.NEW)
    context = {"tabs": tabs, "chosen": chosen, "filters": filters, "today": timezone.localdate()}
    url = reverse("members:import_batch", args=[batch.uid])
    if chosen == selectors.MISSING:
        people = selectors.missing(batch, text=asked.get("q", "")) if batch.state == ImportBatch.State.READY else []
        return context | {"url": url, "page": Paginator(people, ROWS_A_PAGE).get_page(request.GET.get("page"))}
    if batch.state == ImportBatch.State.COMMITTED and chosen != Outcome.REFUSED:
        listed = Paginator(selectors.written(batch, chosen, user=request.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
        return context | {"url": url, "page": listed, "lines": selectors.written_lines(listed.object_list)}
    rows = selectors.staged(batch, chosen, text=asked.get("q", ""), branch=asked.get("branch", ""), changed=asked.get("field", ""))
    listed = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context |= {"url": url, "page": listed, "branches": selectors.branch_choices(batch, chosen), "fields": selectors.field_choices()}
    if chosen == Outcome.REFUSED:
        return context | {"refusals": selectors.refusals(listed.object_list)}
    return context | {"lines": selectors.lines(listed.object_list)}
