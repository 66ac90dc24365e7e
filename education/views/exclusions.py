"""不计应到: what the branch reported, what its superior put on record, until when."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can, paths_for, require, require_sight
from branches.models import Organisation
from branches.views.where import choose_organisation
from education import services
from education.forms import AnswerForm, EndForm, ExclusionForm
from education.models import RollExclusion
from partyportal.core import audit
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx

ROWS_A_PAGE = 50
HEADINGS = ("姓名", "党支部", "原因", "起", "止", "同意的会议", "进度", "上级备案号")


@login_required
def exclusions(request):
    """Who is not counted, and what waits for the superior; narrowed by the address alone."""
    require_sight(request.user)
    state, today = request.GET.get("state", ""), timezone.localdate()
    found = RollExclusion.objects.visible_to(request.user).select_related("member", "organisation", "agreed_at").defer("member__id_number")
    if state == "now":
        found = found.on(today)
    elif state in RollExclusion.State.values:
        found = found.filter(state=state)
    if text := text_asked(request):
        found = found.filter(member__name__icontains=text)
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, found[:20_000])
    own = Organisation.objects.where(request.user, "education.record").branches().existing()
    context = {
        "page": Paginator(found.order_by("-start", "-id"), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "states": [("", "全部"), ("now", "现在不计的"), *RollExclusion.State.choices],
        "may_report": own.exists(),
        "may_export": can(request.user, "member.export"),
        "today": today,
    }
    return page(request, "education/exclusions.html", context)


def _exported(request, found) -> FileResponse:
    rows = [
        (
            row.member.name,
            row.organisation.name,
            row.get_reason_display(),
            row.start,
            row.end,
            str(row.agreed_at),
            row.get_state_display(),
            row.superior_number,
        )
        for row in found
    ]
    audit.record("education.exclusions.exported", by=request.user, path=(paths_for(request.user) or [""])[0], rows=len(rows))
    file = write_xlsx(HEADINGS, rows, sheet="不计应到", widths={"党支部": 36, "同意的会议": 24})
    return sheet_response(file, f"不计应到-{timezone.localdate():%Y%m%d}.xlsx")


@never_cache
@login_required
def exclusion_new(request):
    """The branch reports whom it agreed not to count."""
    require(request.user, "education.record")
    own = Organisation.objects.where(request.user, "education.record").branches().existing()
    code = request.GET.get("organisation")
    if code:
        branch = get_object_or_404(Organisation.objects.visible_to(request.user).branches(), code=code)
        require(request.user, "education.record", branch)
    else:
        first = list(own.select_related("parent")[:2])
        if len(first) != 1:
            return choose_organisation(
                request, own, title="报哪个支部的人", act="报一个人", back=("不计应到", reverse("education:exclusions"))
            )
        branch = first[0]
    today = timezone.localdate()
    form = ExclusionForm(request.POST or None, organisation=branch, today=today, initial={"start": today})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            row = services.propose_exclusion(by=request.user, **form.cleaned_data)
            messages.success(request, "已报上级备案。备案前仍计应到。")
            return redirect("education:exclusion", row.uid)
    return page(request, "education/exclusion_new.html", {"form": form, "branch": branch}, status=422 if form.errors else None)


@never_cache
@login_required
def exclusion(request, uid):
    """One of them: put on record or not by the superior, ended by the branch."""
    rows = RollExclusion.objects.visible_to(request.user).defer("member__id_number")
    held = get_object_or_404(rows.select_related("member", "organisation", "agreed_at", "proposed_by", "answered_by", "ended_by"), uid=uid)
    today, act = timezone.localdate(), request.POST.get("act")
    answer = AnswerForm(request.POST if act == "answer" else None)
    end = EndForm(request.POST if act == "end" else None, initial={"end": today})
    if request.method == "POST":
        form = answer if act == "answer" else end
        require(request.user, "education.return" if act == "answer" else "education.record", held.organisation)
        if form.is_valid():
            with refusals(form):
                if act == "answer":
                    services.answer_exclusion(held, by=request.user, **form.cleaned_data)
                else:
                    services.end_exclusion(held, by=request.user, today=today, **form.cleaned_data)
                messages.success(request, "已记下。")
                return redirect("education:exclusion", uid)
    waiting, on_record = held.state == RollExclusion.State.PROPOSED, held.state == RollExclusion.State.APPROVED
    runs = on_record and (held.end is None or held.end > today)
    context = {
        "exclusion": held,
        "answer": answer,
        "end": end,
        "may_answer": waiting and held.proposed_by_id != request.user.pk and can(request.user, "education.return", held.organisation),
        "may_end": runs and can(request.user, "education.record", held.organisation),
    }
    return page(request, "education/exclusion.html", context, status=422 if answer.errors or end.errors else None)
