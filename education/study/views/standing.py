"""学时台账 of a branch, and a member's 学习证明."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import can, require, require_sight
from branches.asked import organisation_asked
from education.rules import plain
from education.selectors.hours import LABELS, years_of
from education.study.selectors import standing as selectors
from education.study.views.courses import own_file
from members.models import Member
from partyportal.core import audit
from partyportal.core.days import year_named
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.uid import uid_named

A_PAGE = 50
AT_MOST = 20_000


@login_required
def table(request):
    """Everybody in sight: hours by source against what is asked."""
    require_sight(request.user)
    today = timezone.localdate()
    year = _year(request, today)
    members = Member.objects.at_home().visible_to(request.user)
    within = organisation_asked(request)
    if within:
        members = members.within(within)
    if text := text_asked(request):
        members = members.matching(text)
    members = members.select_related("branch").defer("id_number").order_by("branch__path", "pinyin", "pk")
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, members[:AT_MOST], year, today)
    listed = Paginator(members, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": selectors.table(listed.object_list, year, today=today),
        "labels": LABELS,
        "within": within,
        "year": year,
        "years": [(y, f"{y} 年") for y in range(today.year, today.year - 4, -1)],
        "may_export": can(request.user, "member.export"),
        "query": request.GET.urlencode(),
    }
    return page(request, "study/table.html", context)


def _exported(request, members, year: int, today):
    rows = selectors.table(members, year, today=today)
    sheet = write_xlsx(
        ("姓名", "党支部", *LABELS, "合计", "应学", "还差", "集中培训"),
        (
            (
                row.member.name,
                row.member.branch.short_name,
                *row.by_source,
                row.total,
                "不作硬性要求" if row.expected.exempt else row.expected.due,
                row.left,
                "还没有参加" if row.is_short_of_training else "",
            )
            for row in rows
        ),
        title=f"{year} 年党员学时",
        sheet="学时",
    )
    audit.record("study.table.exported", by=request.user, rows=len(rows), year=year)
    return sheet_response(sheet, "党员学时.xlsx")


@login_required
def transcript(request):
    """学习证明, to print: one's own, or a member's in sight."""
    today, asked = timezone.localdate(), request.GET.get("member")
    if asked:
        seen = Member.objects.visible_to(request.user).select_related("branch").defer("id_number")
        member = get_object_or_404(seen, uid=uid_named(asked))
    else:
        member = own_file(request.user)
    year = _year(request, today)
    context = {"member": member, "year": year, "own": bool(member and member.user_id == request.user.pk)}
    if member:
        told = selectors.transcript(member, year, today=today)
        context |= {
            "years": [(y, f"{y} 年") for y in years_of(member, today=today)],
            "hours": told.hours,
            "courses": told.courses,
            "sources": [(label, f"{plain(units)} 学时") for label, units in told.hours.by_source],
            "total": plain(told.hours.total),
        }
    return page(request, "study/transcript.html", context)


def _year(request, today) -> int:
    return year_named(request.GET.get("year")) or today.year
