"""结果运用: the register, a new entry, and the voiding of a mistaken one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can, paths_for, require, require_sight
from branches.asked import organisation_asked
from branches.models import Organisation
from branches.selectors import search
from members.models import Member
from partyportal.core import audit
from partyportal.core.days import year_named
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, query_with, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.uid import uid_named
from points.honours import services
from points.honours.forms import UseForm, VoidForm
from points.honours.models import Use
from points.honours.selectors import uses as selectors
from points.honours.selectors.honours import held_on
from points.honours.selectors.yellow import unspoken
from points.honours.views.years import year_options

USES_A_PAGE = 50
FOUND_SHOWN = 20
EXPORTED_AT_MOST = 20_000
HEADINGS = ("日期", "姓名（党组织）", "党组织", "结果年度", "哪种结果", "结果", "用在哪里", "文号", "说明", "登记人", "登记时间")


@never_cache
@login_required
def uses(request):
    """What results were used for, in sight, narrowed by the address alone."""
    require_sight(request.user)
    within, voided = organisation_asked(request), request.GET.get("voided") == "1"
    found = selectors.narrowed(
        Use.objects.visible_to(request.user),
        q=text_asked(request),
        year=year_named(request.GET.get("year")),
        result=request.GET.get("result", ""),
        purpose=request.GET.get("purpose", ""),
        within=within,
        voided=voided,
    )
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        mine = Organisation.objects.where(request.user, "member.export").values("pk")
        return _exported(request, found.filter(organisation__in=mine))
    listed = Paginator(selectors.whole(found), USES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "within": within,
        "voided": voided,
        "results": [("", "不限"), *Use.Result.choices],
        "purposes": [("", "不限"), *Use.Purpose.choices],
        "years": year_options(timezone.localdate()),
        "may_record": can(request.user, "honour.record"),
        "may_export": can(request.user, "member.export"),
        "export_query": query_with(request, format="xlsx"),
    }
    return page(request, "honours/uses.html", context, fragment="honours/_uses.html")


@never_cache
@login_required
def talks(request):
    """Who is on the yellow list of the last period and nobody has spoken to: each one click from its entry."""
    require(request.user, "honour.record")
    within = organisation_asked(request)
    branches = Organisation.objects.where(request.user, "honour.record").branches().existing()
    found = unspoken(list(branches.within(within) if within else branches), timezone.localdate())
    listed = Paginator(found, USES_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "honours/talks.html", {"page": listed, "within": within})


@never_cache
@login_required
def new(request):
    """Choose whose result it is, then say what it was used for."""
    require(request.user, "honour.record")
    member, organisation = _holder(request)
    if member is None and organisation is None:
        return _choose(request)
    place = member.branch if member else organisation
    require(request.user, "honour.record", place)
    today = timezone.localdate()
    initial = {"day": today, "year": request.GET.get("year") or today.year, "result": request.GET.get("result", "")}
    initial |= {"purpose": request.GET.get("purpose", ""), "outcome": request.GET.get("outcome", "")}
    form = UseForm(request.POST or None, honours=held_on(today, member=member, organisation=organisation), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.record_use(member=member, organisation=organisation, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, "已登记。")
            return redirect("honours:uses")
    context = {"member": member, "organisation": organisation, "place": place, "form": form}
    return page(request, "honours/use_new.html", context, status=422 if form.errors else None)


def _holder(request) -> tuple[Member | None, Organisation | None]:
    """The member or the organisation the address names; out of sight is 404."""
    if uid := request.GET.get("member"):
        seen = Member.objects.visible_to(request.user).at_home().select_related("branch").defer("id_number")
        return get_object_or_404(seen, uid=uid_named(uid)), None
    if code := request.GET.get("organisation"):
        return None, get_object_or_404(Organisation.objects.visible_to(request.user).existing(), code=code)
    return None, None


def _choose(request):
    text = text_asked(request)
    people, places = [], []
    if text:
        mine = Member.objects.where(request.user, "honour.record").at_home().select_related("branch").defer("id_number")
        people = list(mine.matching(text).order_by("pinyin", "id")[:FOUND_SHOWN])
        places = list(search(Organisation.objects.where(request.user, "honour.record").existing(), text).order_by("code")[:FOUND_SHOWN])
    return page(request, "honours/choose_holder.html", {"text": text, "people": people, "places": places})


@never_cache
@login_required
def void(request, uid):
    """Void a mistaken entry: it stays, struck out, with the reason."""
    row = get_object_or_404(selectors.whole(Use.objects.visible_to(request.user)), uid=uid)
    require(request.user, "honour.record", row.organisation)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.void_use(row, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已作废，原来写的还看得到。")
            return redirect("honours:uses")
    return page(request, "honours/use_void.html", {"use": row, "form": form}, status=422 if form.errors else None)


def _exported(request, found) -> FileResponse:
    """结果运用台账: as the list is narrowed; names, no numbers of people."""
    rows = list(selectors.whole(found)[:EXPORTED_AT_MOST])
    file = write_xlsx(HEADINGS, (_exported_row(one) for one in rows), sheet="结果运用台账", widths={"党组织": 30, "说明": 30})
    audit.record("honours.uses.exported", by=request.user, path=(paths_for(request.user) or [""])[0], rows=len(rows))
    return sheet_response(file, f"结果运用台账-{timezone.localdate():%Y%m%d}.xlsx")


def _exported_row(one: Use) -> tuple:
    return (
        *(one.day, one.holder, one.organisation.name, one.year, one.get_result_display(), one.outcome, one.get_purpose_display()),
        *(one.document_number, one.note, one.recorded_by.name, one.recorded_at),
    )
