"""名册导入: upload, look through, write or give up; then the batch as it was written."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from branches.access import require
from members.forms.imports import ImportForm, PreviewFilters
from members.models import ImportBatch, Outcome
from members.roster.fields import COMPARED
from members.rules.roster import HEADING
from members.selectors import imports as selectors
from members.services import import_choices as choices
from members.services import imports as services
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.models import Job
from partyportal.core.sheets import sheet_response

ANSWERS = (("new", "新值"), ("old", "原值"))
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
        with refusals(form):
            batch = services.upload(
                asked["file"].read(), asked["file"].name, organisation=asked["organisation"], day=asked["day"], by=request.user
            )
            return redirect("members:import_batch", batch.uid)
    return page(request, "members/import_upload.html", {"form": form, "hints": HINTS}, status=422 if form.errors else None)


@login_required
def import_template(request):
    """The national form as an empty sheet."""
    require(request.user, "member.import")
    return sheet_response(services.template(), "党员名册模板.xlsx")


@never_cache
@login_required
def import_batch(request, uid):
    """A batch as it stands: being read, to be looked through, being written, written, or given up."""
    batch = _batch(request, uid)
    job = Job.objects.filter(uid=batch.job).first()
    at_work = job is not None and job.state != Job.State.DONE and batch.state in _WAITED_FOR
    if request.htmx and request.htmx.target == f"job-{batch.job}":
        if job.is_over:
            return HttpResponseClientRefresh()
        return page(request, "members/_import_job.html", {"batch": batch, "job": job})
    context = {"batch": batch, "job": job if at_work else None, "steps": _step(batch, job)}
    if batch.state in (ImportBatch.State.READY, ImportBatch.State.COMMITTED, ImportBatch.State.UNDONE) and not at_work:
        told = selectors.tally(batch)
        context |= _rows(request, batch, told)
        if batch.state == ImportBatch.State.READY:
            context["decision"] = _decision(batch, told)
    return page(request, "members/import_batch.html", context, fragment="members/_import_rows.html")


@require_POST
@login_required
def import_commit(request, uid):
    """Have the batch written; the writing itself asks for the permission again."""
    batch = _batch(request, uid)
    try:
        if "shown" in request.POST:  # the page the button stood on, which without JavaScript nobody has saved yet
            choices.choose_rows(batch, choices=_said(request.POST), by=request.user)
        services.start_commit(batch, by=request.user)
    except DomainError as refusal:
        return _refused(request, batch, refusal)
    return redirect("members:import_batch", batch.uid)


@require_POST
@login_required
def import_choose(request, uid):
    """Keep what is ticked: the rows of a page as they stand, or all that match the filter at once."""
    batch = _batch(request, uid)
    act, filters = request.POST.get("act", ""), PreviewFilters(request.GET)
    try:
        if act in ("take", "leave"):
            among, field = _staged(batch, filters), filters.asked.get("field", "")
            choices.choose_all(batch, among=among, take=act == "take", field=field, by=request.user)
        else:
            choices.choose_rows(batch, choices=_said(request.POST), by=request.user)
    except DomainError as refusal:
        if not request.htmx:
            return _refused(request, batch, refusal, status=422)
        messages.error(request, refusal.message)
        return HttpResponseClientRefresh()
    if request.htmx:
        return page(
            request, "members/_import_bar.html", {"batch": batch, "decision": _decision(batch, selectors.tally(batch)), "lines": True}
        )
    url = reverse("members:import_batch", args=[batch.uid])
    return redirect(f"{url}?{request.GET.urlencode()}" if request.GET else url)


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
    return sheet_response(file, f"{stem}-标出问题.xlsx")


# While these last, a job that is not done is one to wait for; a written batch has none but an undo.
_WAITED_FOR = (ImportBatch.State.READING, ImportBatch.State.READY, ImportBatch.State.COMMITTED)


def _batch(request, uid) -> ImportBatch:
    batch = get_object_or_404(selectors.batches(request.user), uid=uid)
    require(request.user, "member.import", batch.organisation)
    return batch


def _said(posted) -> dict[int, choices.RowChoice]:
    """What a page of the preview says of the rows it showed."""
    shown = [int(row) for row in posted.getlist("shown") if row.isdecimal() and len(row) < 8]
    ticked = set(posted.getlist("tick"))
    return {
        row: choices.RowChoice(
            is_ticked=str(row) in ticked, kept=frozenset(name for name in _CHOSEN_APART if posted.get(f"{name}-{row}") == "old")
        )
        for row in shown
    }


_CHOSEN_APART = (choices.BRANCH, *COMPARED)


def _refused(request, batch: ImportBatch, refusal: DomainError, *, status: int = 409):
    context = {"batch": batch, "job": None, "steps": _step(batch, None), "refusal": refusal.message}
    if status == 422:
        told = selectors.tally(batch)
        context |= _rows(request, batch, told) | {"decision": _decision(batch, told)}
    return page(request, "members/import_batch.html", context, status=status)


def _step(batch: ImportBatch, job: Job | None) -> str:
    if batch.state in (ImportBatch.State.COMMITTED, ImportBatch.State.UNDONE) or (job and job.kind == "members.tasks.commit_import"):
        return "写入"
    return "核对" if batch.state == ImportBatch.State.READY else "上传"


def _decision(batch: ImportBatch, told: dict[str, selectors.Tally]) -> dict[str, str | int]:
    """What the bar says will happen as it is chosen now, and what will not."""
    new, changed, moved = (told[key].chosen if key in told else 0 for key in (Outcome.NEW, Outcome.CHANGED, Outcome.MOVED))
    writes = new + changed + moved
    title = f"写入 {writes:,} 人：新增 {new:,}，变更 {changed:,}，移动 {moved:,}" if writes else "没有要写入的"
    left = batch.writes - writes
    note = f"没有勾选的 {left:,} 人不写入。" if left else ""
    note += f"拒收 {batch.refused:,} 行不写入。缺失 {batch.missing:,} 人不动。"
    if posts := sum(one.posts for one in told.values()):
        note += f"有 {posts:,} 项职务随之终止，随职务的授权一并终止。"
    return {"title": title, "note": note + ("写入后可以整批撤销。" if writes else ""), "act": f"写入 {writes:,} 人", "writes": writes}


def _staged(batch: ImportBatch, filters: PreviewFilters):
    asked = filters.asked
    narrowed = {"text": asked.get("q", ""), "branch": asked.get("branch", ""), "changed": asked.get("field", "")}
    return selectors.staged(batch, _chosen(batch, asked), **narrowed, only_left=asked.get("left", False))


def _chosen(batch: ImportBatch, asked: dict) -> str:
    return asked.get("tab") or next((key for key in ("changed", "moved", "new", "refused") if getattr(batch, key)), Outcome.NEW)


def _rows(request, batch: ImportBatch, told: dict[str, selectors.Tally]) -> dict:
    """The chosen outcome's rows, one page of them, and the tabs with their counts."""
    filters = PreviewFilters(request.GET)
    asked, chosen = filters.asked, _chosen(batch, filters.asked)
    notes = {key: f"{told[key].cells:,} 处" for key in ("changed", "refused") if key in told}
    tabs = [(key, label, notes.get(key, note), getattr(batch, key), f"?tab={key}") for key, label, note in selectors.TABS]
    context = {"tabs": tabs, "chosen": chosen, "filters": filters, "today": timezone.localdate()}
    url = reverse("members:import_batch", args=[batch.uid])
    if chosen == selectors.MISSING:
        people = selectors.missing(batch, text=asked.get("q", "")) if batch.state == ImportBatch.State.READY else []
        paginator = Paginator(people, ROWS_A_PAGE)
        if batch.state == ImportBatch.State.READY and not asked.get("q"):
            paginator.count = batch.missing  # counted when it was compared
        return context | {"url": url, "page": paginator.get_page(request.GET.get("page"))}
    if batch.state != ImportBatch.State.READY and chosen != Outcome.REFUSED:
        listed = Paginator(selectors.written(batch, chosen, user=request.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
        return context | {"url": url, "page": listed, "lines": selectors.written_lines(listed.object_list)}
    paginator = Paginator(_staged(batch, filters).values_list("pk", flat=True), ROWS_A_PAGE)
    if not filters.narrowed and batch.state == ImportBatch.State.READY:
        paginator.count = getattr(batch, chosen)  # counted when it was compared
    listed = paginator.get_page(request.GET.get("page"))
    rows = selectors.shown_rows(batch, list(listed.object_list))
    context |= {"url": url, "page": listed, "branches": selectors.branch_choices(batch, chosen), "fields": selectors.field_choices()}
    if chosen == Outcome.REFUSED:
        return context | {"refusals": selectors.refusals(rows)}
    bulk = HEADING[asked["field"]] if chosen != Outcome.NEW and asked.get("field") in HEADING else ""
    return context | {"lines": selectors.lines(rows), "query": request.GET.urlencode(), "bulk": bulk, "answers": ANSWERS}
