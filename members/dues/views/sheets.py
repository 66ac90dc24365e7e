"""From a spreadsheet: the template, a file, what it would do with every fault at its cell, then write or give up."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse as address
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import require
from members.dues.forms import MethodForm, SheetForm
from members.dues.models import DuesSheet
from members.dues.services import sheets as services
from members.dues.views.scope import COLLECT, branch_asked
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

HINTS = (
    "模板里已经列好支部的人；没有填的行不动。",
    "先读出来核对，写入以前什么都不变。",
    "有错的行不写，其余照写；改好再传一次就行，写过的不会重复。",
)
ROWS_SHOWN = 200


@login_required
def sheet_upload(request):
    """Which branch, what kind of sheet, and the file."""
    branch, what = branch_asked(request), _what(request)
    form = SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals(form):
            sheet = services.upload(file.read(), file.name, what=what, organisation=branch, by=request.user, today=timezone.localdate())
            return redirect("dues:sheet", sheet.uid)
    context = {"organisation": branch, "what": what, "label": DuesSheet.What(what).label, "form": form, "hints": HINTS}
    return page(request, "dues/sheet_upload.html", context, status=422 if form.errors else 200)


@login_required
def sheet_template(request):
    """The branch's people on an empty sheet."""
    branch, what = branch_asked(request), _what(request)
    file = services.template(branch, what=what, today=timezone.localdate())
    name = f"党费{DuesSheet.What(what).label}-{branch}.xlsx"
    return sheet_response(file, name)


@never_cache
@login_required
def sheet(request, uid):
    """What the sheet would do, or did."""
    return _preview(request, _sheet(request, uid))


@require_POST
@login_required
def sheet_commit(request, uid):
    """Write the good lines."""
    held, form = _sheet(request, uid), MethodForm(request.POST)
    method = form.cleaned_data["method"] if form.is_valid() else "cash"
    try:
        done = services.commit(held, method=method, by=request.user, today=timezone.localdate())
    except DomainError as refusal:
        return _preview(request, held, refusal=refusal.message, status=409)
    messages.success(request, f"已写入 {done.rows} 行。" + ("等另一个人核对。" if done.what == DuesSheet.What.PAYMENTS else ""))
    name = "dues:dues" if done.what == DuesSheet.What.PAYMENTS else "dues:bases"
    return redirect(f"{address(name)}?organisation={done.organisation.code}")


@require_POST
@login_required
def sheet_discard(request, uid):
    """Give it up."""
    held = _sheet(request, uid)
    try:
        services.discard(held, by=request.user)
        messages.success(request, "已放弃，什么都没有写入，文件已经清除。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{address('dues:import')}?what={held.what}&organisation={held.organisation.code}")


def _what(request) -> str:
    asked = request.GET.get("what")
    return asked if asked in DuesSheet.What.values else DuesSheet.What.PAYMENTS.value


def _sheet(request, uid) -> DuesSheet:
    held = get_object_or_404(DuesSheet.objects.visible_to(request.user).select_related("organisation", "created_by"), uid=uid)
    require(request.user, COLLECT, held.organisation)
    return held


def _preview(request, held: DuesSheet, *, refusal: str = "", status: int = 200):
    told = services.look_through(held, today=timezone.localdate()) if held.state == DuesSheet.State.READY else None
    context = {
        "sheet": held,
        "told": told,
        "lines": told.lines[:ROWS_SHOWN] if told else [],
        "faults": told.faults[:ROWS_SHOWN] if told else [],
        "total": sum(line.amount for line in told.lines) if told and held.what == DuesSheet.What.PAYMENTS else None,
        "form": MethodForm(),
        "refusal": refusal,
    }
    return page(request, "dues/sheet.html", context, status=status)
