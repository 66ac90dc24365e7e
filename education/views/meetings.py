"""The meetings in sight, and one of them: its page is also its printed sheet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, sees
from branches.asked import organisation_asked
from education import services
from education.forms import ReturnForm
from education.models import Meeting
from education.parts import parts_of
from education.rules import clock
from education.selectors.meetings import counted, sheet
from partyportal.core import audit, crypto
from partyportal.core.days import year_named
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page, query_with, text_asked
from partyportal.core.numbers import number_named
from partyportal.core.sheets import sheet_response, write_xlsx

MEETINGS_A_PAGE = 50
EXPORTED_AT_MOST = 20_000
HEADINGS = ("日期", "时间", "种类", "党支部", "党小组", "主题", "地点", "应到", "实到", "学时", "状态")


@login_required
def meetings(request):
    """The meetings in sight, newest first, narrowed by the address alone. A member without posts sees those they stood on the roll of."""
    within, year, today = organisation_asked(request), _year(request), timezone.localdate()
    found = Meeting.objects.visible_to(request.user).filter(held_on__year=year)
    if within:
        found = found.within(within)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    if kind in Meeting.Kind.values:
        found = found.filter(kind=kind)
    found = found.filter(state=state) if state in Meeting.State.values else found.exclude(state=Meeting.State.VOID)
    if text := text_asked(request):
        found = found.filter(topic__icontains=text)
    found = found.select_related("organisation", "group")
    if request.GET.get("format") == "xlsx":
        return _exported(request, found)
    listed = Paginator(found, MEETINGS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": counted(Meeting.objects.filter(pk__in=[m.pk for m in listed.object_list]).select_related("organisation", "group")),
        "within": within,
        "kinds": [("", "全部"), *Meeting.Kind.choices],
        "states": [("", "有效的"), *Meeting.State.choices],
        "years": [(y, f"{y} 年") for y in range(today.year, today.year - 4, -1)],
        "year": year,
        "may_record": can(request.user, "education.record"),
        "looks_around": bool(paths_for(request.user)),
        "export_query": query_with(request, format="xlsx"),
    }
    return page(request, "education/meetings.html", context, fragment="education/_meetings.html")


@login_required
def meeting(request, uid):
    """One meeting: roll, minutes, state; printable as the sheet of the 台账."""
    return _meeting_page(request, uid, ReturnForm())


@login_required
@require_POST
def meeting_confirm(request, uid):
    """Confirm a draft as it stands."""
    held = _held(request, uid, "education.record")
    try:
        services.confirm_meeting(held, by=request.user, today=timezone.localdate(), version=number_named(request.POST.get("version")))
        messages.success(request, "已确认。学时已记，积分一会儿就到。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("education:meeting", uid)


@login_required
@require_POST
def meeting_return(request, uid):
    """The committee sends a meeting back with a reason."""
    held = _held(request, uid, "education.return")
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _meeting_page(request, uid, form)
    try:
        services.return_meeting(held, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "已退回。支部改好再确认前，这次的学时和积分不算。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("education:meeting", uid)


@login_required
@require_POST
def meeting_void(request, uid):
    """Take a meeting recorded by mistake out of account."""
    services.void_meeting(_held(request, uid, "education.record"), by=request.user)
    messages.success(request, "已作废。记录还在，学时和积分不算。")
    return redirect("education:meeting", uid)


def _held(request, uid, verb: str) -> Meeting:
    held = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(request.user, verb, held.organisation)
    return held


def _meeting_page(request, uid, form: ReturnForm):
    rows = Meeting.objects.visible_to(request.user).select_related(
        "organisation__parent", "group", "host", "scribe", "recorded_by", "confirmed_by"
    )
    held = get_object_or_404(rows, uid=uid)
    seen = sees(request.user, held.organisation)
    may_record = can(request.user, "education.record", held.organisation)
    roll = sheet(held, with_reasons=seen)
    context = {
        "meeting": held,
        "sheet": roll,
        "hours": clock(held.starts_at, held.ends_at),
        "may_record": may_record and held.state != Meeting.State.VOID,
        "may_confirm": may_record and held.state in {Meeting.State.DRAFT, Meeting.State.RETURNED},
        "may_return": held.state == Meeting.State.CONFIRMED and can(request.user, "education.return", held.organisation),
        "form": form,
        "confirm_label": f"确认到会 {roll.tally.present} 人",
        "sheet_foot": _foot(held),
        "check_words": f"校验 {_check_code(held)}",
        "version": {"version": held.version},
        "parts": parts_of(held, request.user),
        "agenda": held.agenda.all(),
        "files": held.files.select_related("attachment").defer("attachment__sealed"),
        "may_remove": may_record and held.state in {Meeting.State.DRAFT, Meeting.State.RETURNED},
        "seen": seen,
        **_minutes(held, request.user),
    }
    return page(request, "education/meeting.html", context, status=422 if form.errors else None)


def _minutes(held: Meeting, user) -> dict:
    """How the minutes stand: the latest text, who stands for it, and whether this user may."""
    last = held.revisions.select_related("approval__approved_by").defer("text").order_by("-number").first()
    approval = getattr(last, "approval", None)
    waits = last is not None and approval is None and held.state == Meeting.State.CONFIRMED
    return {
        "revision": last,
        "approval": approval,
        "may_approve": waits and not services.why_not_approve(held, last, user),
        "approve_fields": {"number": last.number if last else 0},
    }


def _foot(held: Meeting) -> str:
    if not held.confirmed_at:
        return ""
    return f"{held.confirmed_by} {timezone.localtime(held.confirmed_at):%Y-%m-%d %H:%M} 确认"


def _check_code(held: Meeting) -> str:
    """Twelve signs by which a printed sheet is told from a changed one."""
    code = crypto.look_up(f"{held.uid}:{held.version}:{held.state}:{held.confirmed_at}", purpose="meeting sheet").hex()
    return " ".join(code[at : at + 4] for at in (0, 4, 8))


def _year(request) -> int:
    return year_named(request.GET.get("year")) or timezone.localdate().year


def _exported(request, found) -> FileResponse:
    rows = list(counted(found)[:EXPORTED_AT_MOST])
    file = write_xlsx(
        HEADINGS,
        (
            (
                row.held_on,
                clock(row.starts_at, row.ends_at),
                row.get_kind_display(),
                row.organisation.name,
                row.group.name if row.group else "",
                row.topic,
                row.place,
                row.expected,
                row.present,
                row.study_hours,
                row.get_state_display(),
            )
            for row in rows
        ),
        sheet="组织生活",
        widths={"主题": 40, "党支部": 36},
    )
    audit.record("education.meetings.exported", by=request.user, path=(paths_for(request.user) or [""])[0], rows=len(rows))
    return sheet_response(file, f"组织生活-{timezone.localdate():%Y%m%d}.xlsx")
