"""荣誉: the register, one honour with its withdrawal, an organisation's wall, and one member's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can, paths_for, require, require_sight, sees
from branches.asked import organisation_asked
from branches.models import Organisation
from members.models import Member
from partyportal.core import audit
from partyportal.core.days import year_named
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, query_with, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from points.honours import services
from points.honours.forms import WithdrawHonourForm
from points.honours.models import Call, Honour
from points.honours.selectors import honours as selectors
from points.honours.views.years import year_options

HONOURS_A_PAGE = 50
ON_A_WALL = 120
EXPORTED_AT_MOST = 20_000
HEADINGS = ("年度", "称号", "种类", "级别", "姓名（党组织）", "党组织", "表彰的党组织", "表彰日期", "文号", "撤销日期", "撤销文号", "追授")


@never_cache
@login_required
def register(request):
    """Every honour in sight, narrowed by the address alone."""
    require_sight(request.user)
    within, today = organisation_asked(request), timezone.localdate()
    asked = {name: request.GET.get(name, "") for name in ("kind", "level", "stands")}
    found = selectors.narrowed(
        Honour.objects.visible_to(request.user), q=text_asked(request), year=year_named(request.GET.get("year")), within=within, **asked
    )
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        mine = Organisation.objects.where(request.user, "member.export").values("pk")
        return _exported(request, found.filter(organisation__in=mine))
    listed = Paginator(selectors.whole(found), HONOURS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "within": within,
        "kinds": [("", "不限"), *Call.Kind.choices],
        "levels": [("", "不限"), *Call.Level.choices],
        "stands": selectors.STANDS,
        "years": year_options(today),
        "may_export": can(request.user, "member.export"),
        "export_query": query_with(request, format="xlsx"),
    }
    return page(request, "honours/register.html", context, fragment="honours/_register.html")


@never_cache
@login_required
def honour(request, uid):
    """One honour with the papers it rests on; whoever conferred it may withdraw it."""
    rows = selectors.whole(Honour.objects.visible_to(request.user)).select_related("nomination", "call", "withdrawn_by")
    row = get_object_or_404(rows, uid=uid)
    may_withdraw = row.end is None and can(request.user, "honour.decide", row.conferred_by)
    form = WithdrawHonourForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST":
        require(request.user, "honour.decide", row.conferred_by)
        if form.is_valid():
            with refusals(form):
                services.withdraw_honour(row, by=request.user, today=timezone.localdate(), **form.cleaned_data)
                messages.success(request, "已撤销。原来的记录还在，积分已冲回。")
                return redirect("honours:honour", uid)
    context = {
        "honour": row,
        "form": form,
        "may_withdraw": may_withdraw or bool(form.errors),
        "uses": row.uses.standing().order_by("-day"),
        "sees_member": _sees_member(request.user, row.member),
    }
    return page(request, "honours/honour.html", context, status=422 if form.errors else None)


def _sees_member(user, member: Member | None) -> bool:
    """Whether the member's own page is open to the user: theirs, or of a branch in sight."""
    return member is not None and (member.user_id == user.pk or (member.branch is not None and sees(user, member.branch)))


@login_required
def wall(request, code):
    """光荣榜 of an organisation: for whoever sees it, and for its own members."""
    own = Q(pk__in=Member.objects.filter(user=request.user, left_on=None).values("branch"))
    seen = Organisation.objects.visible_to(request.user).values("pk")
    place = get_object_or_404(Organisation.objects.filter(Q(pk__in=seen) | own), code=code)
    listed = Paginator(selectors.wall(place), ON_A_WALL).get_page(request.GET.get("page"))
    context = {
        "organisation": place,
        "page": listed,
        "years": selectors.by_year(listed.object_list),
        "looks_around": bool(paths_for(request.user)),
    }
    return page(request, "honours/wall.html", context)


@never_cache
@login_required
def member(request, uid):
    """A member's honours and what results were used for, for whoever sees the member; one's own always."""
    person = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch").defer("id_number"), uid=uid)
    honours, uses = selectors.of_member(person)
    context = {
        "person": person,
        "honours": honours,
        "uses": uses,
        "is_own": person.user_id == request.user.pk,
        "may_record": person.branch is not None and person.user_id != request.user.pk and can(request.user, "honour.record", person.branch),
    }
    return page(request, "honours/member.html", context)


def _exported(request, found) -> FileResponse:
    """表彰名册: as the list is narrowed, to hand upward; names, no numbers of people."""
    rows = list(selectors.whole(found)[:EXPORTED_AT_MOST])
    file = write_xlsx(
        HEADINGS, (_exported_row(one) for one in rows), sheet="表彰名册", widths={"称号": 24, "党组织": 30, "表彰的党组织": 20}
    )
    audit.record("honours.register.exported", by=request.user, path=(paths_for(request.user) or [""])[0], rows=len(rows))
    return sheet_response(file, f"表彰名册-{timezone.localdate():%Y%m%d}.xlsx")


def _exported_row(one: Honour) -> tuple:
    return (
        *(one.year, one.title, one.get_kind_display(), one.get_level_display(), one.holder, one.organisation.name),
        *(one.conferred_by.short_name, one.start, one.document_number, one.end, one.withdrawal_number, "是" if one.is_posthumous else ""),
    )
