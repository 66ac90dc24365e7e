"""The transfers in sight, one of them with whose turn it is, and the acts that move it on."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, sees
from branches.asked import organisation_asked
from members.transfers import selectors, services
from members.transfers.forms import form_of
from members.transfers.models import Transfer
from members.transfers.selectors import Act, Line
from members.transfers.services.crossing import usual_days
from partyportal.core import audit
from partyportal.core.days import year_named
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, query_with, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.templatetags.ui.words import remaining
from partyportal.core.uid import uid_named

TRANSFERS_A_PAGE = 50
EXPORTED_AT_MOST = 20_000
HEADINGS = ("申请日期", "姓名", "种类", "从哪里", "到哪里", "原因", "党费交至", "进度", "等谁办", "介绍信", "有效期至", "编入或转出日期")
DONE = {
    Act.AGREE: "已同意，等党委审批。",
    Act.APPROVE: "已批准。",
    Act.RECEIVE: "已接收，等支部编入。",
    Act.PLACE: "已编入支部，从今天起算本支部的党员。",
    Act.ARCHIVE: "回执已归档，这次转接办结了。",
    Act.PROVE: "已证明，等党委重开介绍信。",
    Act.RESUBMIT: "已改好再报。",
    Act.REFUSE: "已退回，缘由写在转接单上。",
    Act.WITHDRAW: "已撤销，组织关系还在原来的支部。",
}


@login_required
def transfers(request):
    """The transfers in sight in four lists, narrowed by the address alone; without a post, one's own."""
    today, within = timezone.localdate(), organisation_asked(request)
    lists = selectors.tabbed(request.user, today=today, within=within)
    counted = selectors.counts(lists)
    tab = request.GET.get("tab", "")
    if tab not in lists:
        tab = "waiting" if counted["waiting"] else next((key for key in ("out", "in", "done") if counted[key]), "waiting")
    found = selectors.narrowed(lists[tab], today=today, **_asked(request))
    found = selectors.whole(found).order_by("-applied_on", "-id")
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, selectors.exportable(found, request.user))
    listed = Paginator(found, TRANSFERS_A_PAGE).get_page(request.GET.get("page"))
    kept = {"organisation": within.code} if within else {}
    context = {
        "page": listed,
        "lines": selectors.lines(listed.object_list, today),
        "tab": tab,
        "tabs": [(label, f"?{urlencode(kept | {'tab': key})}", counted[key], key == tab) for key, label in selectors.TABS],
        "within": within,
        "kinds": [("", "不限"), *Transfer.Kind.choices],
        "stands": selectors.STANDS,
        "years": [("", "不限"), *((str(year), f"{year} 年") for year in range(today.year, today.year - 5, -1))],
        "may_export": can(request.user, "member.export"),
        "may_apply": can(request.user, "transfer.apply") or _own_member(request.user),
        "may_arrive": can(request.user, "transfer.decide"),
        "looks_around": bool(paths_for(request.user)),
        "export_query": query_with(request, tab=tab, format="xlsx"),
    }
    return page(request, "transfers/transfers.html", context, fragment="transfers/_transfers.html")


@never_cache
@login_required
def transfer(request, uid):
    """One transfer: where it stands, whose turn it is, what comes next, and how it came here."""
    return _page_of(request, _line_or_404(request, uid))


@never_cache
@login_required
@require_POST
def act(request, uid, act):
    """Do one act of a transfer. What is refused comes back on the same page with what was typed."""
    if act not in DONE:
        raise Http404
    line = _line_or_404(request, uid)
    row = line.transfer
    if not selectors.may(request.user, row, act):
        raise PermissionDenied(act)
    form = form_of(row, act)(request.POST)
    if form.is_valid():
        said = form.destination | {"version": form.cleaned_data["version"]} if hasattr(form, "destination") else form.said()
        with refusals(form):
            getattr(services, act)(row, by=request.user, today=timezone.localdate(), **said)
            messages.success(request, DONE[act])
            return redirect("transfers:transfer", uid)
    return _page_of(request, _line_or_404(request, uid), act=act, form=form, status=422)


def _line_or_404(request, uid) -> Line:
    today = timezone.localdate()
    row = get_object_or_404(selectors.one(request.user, uid, today))
    return selectors.lines([row], today)[0]


def _page_of(request, line: Line, *, act: str = "", form=None, status: int | None = None):
    row, user = line.transfer, request.user
    open_to = selectors.acts_open(user, line)
    if act and act not in open_to:  # refused because somebody was quicker: say so, the form is of no more use
        messages.error(request, "；".join(form.non_field_errors()) or "这次转接刚才有人办过。看过再办。")
        act = ""
    steps, current = selectors.way_of(row)
    context = {
        "line": line,
        "transfer": row,
        "steps": [] if row.state == Transfer.State.WITHDRAWN else steps,
        "current": current,
        "acts": [_offered(row, one, form if one == act else None) for one in open_to],
        "history": selectors.history(row),
        "letters": row.letters.select_related("issuer", "issued_by"),
        "left": remaining(line.until, timezone.localdate()) if line.until else "",
        "sees_member": row.member is not None and _sees(user, row),
        "returned": row.steps.filter(act=Act.REFUSE).order_by("-id").first() if row.state == Transfer.State.RETURNED else None,
    }
    return page(request, "transfers/transfer.html", context, status=status)


def _sees(user, row: Transfer) -> bool:
    """Whether the member's own file is in the user's sight today."""
    place = row.member.branch_id and (row.to_branch if row.member.branch_id == row.to_branch_id else row.from_branch)
    return row.member.user_id == user.pk or (bool(place) and sees(user, place))


def _offered(row: Transfer, act: str, form) -> dict:
    """An act with its form, filled with what is usual; a refused one comes back as it was typed."""
    if form is None:
        initial = {"version": row.version, "dues_until": row.dues_until}
        if act == Act.APPROVE:
            initial["days"] = usual_days(row, timezone.localdate())
        if act == Act.ARCHIVE:
            initial["received_on"] = timezone.localdate()
        if act == Act.RESUBMIT:
            outside = row.kind == Transfer.Kind.OUT
            initial |= {"where": "outside" if outside else "county", "elsewhere": row.elsewhere, "elsewhere_branch": row.elsewhere_branch}
            initial |= {"to_branch": row.to_branch.name if row.to_branch else "", "reach": row.reach, "note": row.note}
        form = form_of(row, act)(initial=initial)
    label = selectors.button_of(row, act)
    return {
        "act": act,
        "label": label,
        "form": form,
        "busy": "正在办…",
        "danger": act in {Act.REFUSE, Act.WITHDRAW},
        "bare": _is_bare(form),
    }


def _is_bare(form) -> bool:
    return set(form.fields) == {"version", "note"} and not form.fields["note"].required


def _asked(request) -> dict:
    """The conditions of the address; one nobody could have chosen is left out."""
    return {
        "q": text_asked(request),
        "kind": request.GET.get("kind", ""),
        "stands": request.GET.get("stands", ""),
        "year": year_named(request.GET.get("year")),
        "member": uid_named(request.GET.get("member")),
    }


def _own_member(user) -> bool:
    return getattr(user, "member", None) is not None


def _exported(request, found) -> FileResponse:
    """The list as it is narrowed, as a sheet to hand upward; names, no numbers of people."""
    listed = selectors.lines(found.prefetch_related("letters")[:EXPORTED_AT_MOST], timezone.localdate())
    file = write_xlsx(
        HEADINGS, (_exported_row(line) for line in listed), sheet="组织关系转接", widths={"从哪里": 30, "到哪里": 30, "等谁办": 30}
    )
    audit.record("transfers.transfers.exported", by=request.user, path=(paths_for(request.user) or [""])[0], rows=len(listed))
    return sheet_response(file, f"组织关系转接-{timezone.localdate():%Y%m%d}.xlsx")


def _exported_row(line: Line) -> tuple:
    row = line.transfer
    letters = list(row.letters.all())
    letter = letters[0].number if letters else row.arrival.letter_number if row.kind == Transfer.Kind.IN else ""
    until = letters[0].valid_until if letters else row.arrival.valid_until if row.kind == Transfer.Kind.IN else None
    return (
        *(row.applied_on, row.person_name, row.get_kind_display(), row.leaves, row.goes_to, row.get_reason_display()),
        *(f"{row.dues_until:%Y-%m}" if row.dues_until else "", line.state_label, line.turn, letter, until, row.placed_on),
    )
