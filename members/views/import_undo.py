"""撤销导入: what it would do, then the doing, then what it did."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from branches.access import require
from members.forms.imports import UndoFilters
from members.models import ImportBatch, ImportUndo
from members.roster import undo
from members.selectors import import_undo as selectors
from members.selectors.imports import batches
from members.services import import_undo as services
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page

ROWS_A_PAGE = 20
_COUNTS = {undo.CONFLICT: "conflicts", undo.REMOVED: "removed", undo.ENDED: "ended", undo.RESTORED: "restored"}


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def import_undo(request, uid):
    """A written batch: what an undo would do now, or what it did; POST has it done."""
    batch = get_object_or_404(batches(request.user), uid=uid)
    require(request.user, "member.import", batch.organisation)
    refusal = None
    if request.method == "POST":
        try:
            services.start_undo(batch, by=request.user)
        except DomainError as refused:
            refusal = refused.message
        else:
            return redirect("members:import_batch", batch.uid)
    if batch.state not in (ImportBatch.State.COMMITTED, ImportBatch.State.UNDONE):
        if refusal:
            messages.error(request, refusal)
        return redirect("members:import_batch", batch.uid)
    context = _page(request, batch) | {"batch": batch, "refusal": refusal}
    return page(request, "members/import_undo.html", context, fragment="members/_import_undo_rows.html", status=409 if refusal else None)


def _page(request, batch: ImportBatch) -> dict:
    """The counts, and one page of the verdict that is looked at: conflicts first, for they are what to think about."""
    today, asked = timezone.localdate(), UndoFilters(request.GET).asked
    done = ImportUndo.objects.select_related("by").filter(batch=batch).first()
    counts = done or services.plan(batch, by=request.user, today=today)
    chosen = asked.get("tab") or next((key for key, *_ in selectors.TABS if getattr(counts, _COUNTS[key])), undo.CONFLICT)
    text = asked.get("q", "")
    if done:
        rows = selectors.done(batch, chosen, text=text)
    else:
        rows = selectors.Planned(batch, chosen, paths=[batch.organisation.path], today=today, text=text)
    paginator = Paginator(rows, ROWS_A_PAGE)
    if not text and not (done and chosen == undo.REMOVED):
        paginator.count = getattr(counts, _COUNTS[chosen])
    listed = paginator.get_page(request.GET.get("page"))
    return {
        "undo": done,
        "counts": counts,
        "decision": None if done else _decision(counts),
        "tabs": [(key, label, note, getattr(counts, _COUNTS[key]), f"?tab={key}") for key, label, note in selectors.TABS],
        "chosen": chosen,
        "narrowed": bool(text),
        "page": listed,
        "lines": selectors.lines(listed.object_list, user=request.user, values=chosen == undo.CONFLICT),
        "url": reverse("members:import_undo", args=[batch.uid]),
    }


def _decision(counts: undo.Taken) -> dict[str, str | int]:
    """What the bar says an undo does, and what it leaves."""
    returned = f"（其中退回原支部 {counts.returned:,}）" if counts.returned else ""
    title = f"撤销 {counts.done:,} 人：移除新增 {counts.removed:,}，终止 {counts.ended:,}，恢复原值 {counts.restored:,}{returned}"
    note = f"导入以后又有改动的 {counts.conflicts:,} 人不撤销，留着现在的资料。" if counts.conflicts else ""
    return {
        "title": title if counts.done else "没有可以撤销的",
        "note": note + "导入终止的职务接着任，授权不恢复，要重新提出。一批只能撤销一次。",
        "act": f"撤销 {counts.done:,} 人",
        "done": counts.done,
    }
