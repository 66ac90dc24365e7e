"""先进事迹 and 党务公开 as lists by day, and the catalogue: who has disclosed what, and who is late."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import can, paths_for, require, require_sight
from branches.models import Organisation
from education.openness.models import Piece, Topic
from education.openness.parameters import WITHOUT_LOGIN
from education.openness.selectors import catalogue as listed_catalogue
from education.openness.selectors import pieces as selectors
from partyportal.core import audit
from partyportal.core.htmx import page, query_with
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response, write_xlsx

PIECES_A_PAGE = 20
ROWS_A_PAGE = 60
EXPORTED_AT_MOST = 5_000
Sort = Piece.Sort


def exemplars(request):
    """先进事迹: by day, never by anything people clicked."""
    return _wall(request, Sort.EXEMPLAR)


def disclosures(request):
    """党务公开: by day; the county's own without login where the county decided so."""
    return _wall(request, Sort.DISCLOSURE)


def _wall(request, sort: str):
    today, rows = timezone.localdate(), Piece.objects.filter(sort=sort)
    if request.user.is_authenticated:
        seen = rows.visible_to(request.user)
    elif sort == Sort.DISCLOSURE and value_on(today, WITHOUT_LOGIN):
        seen = rows.open_to_all()
    else:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    writes = can(request.user, "openness.disclose")
    working = selectors.in_work(seen, request.user) if writes else rows.none()
    tab = "work" if writes and request.GET.get("tab") == "work" else ""
    reach, text, topic = (request.GET.get(name, "").strip()[:60] for name in ("reach", "q", "topic"))
    found = working if tab else selectors.told(seen)
    if reach in Piece.Reach.values:
        found = found.filter(**{"reach" if tab else "edition__reach": reach})
    if text:
        found = found.filter(Q(title__icontains=text) | Q(edition__title__icontains=text))
    if sort == Sort.DISCLOSURE:
        if topic:
            found = found.filter(topic__code=topic)
        if not tab and request.GET.get("ended") != "1":
            found = found.exclude(edition__until__lt=today)
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, found[:EXPORTED_AT_MOST], sort)
    topics = dict(Topic.objects.order_by("-id").values_list("code", "name")) if sort == Sort.DISCLOSURE else {}
    context = {
        "sort": sort,
        "is_exemplar": sort == Sort.EXEMPLAR,
        "page": Paginator(found, PIECES_A_PAGE).get_page(request.GET.get("page")),
        "tab": tab,
        "waiting": working.count() if writes else 0,
        "reaches": [("", "全部范围"), *Piece.Reach.choices],
        "topics": [("", "全部项目"), *topics.items()],
        "q": text,
        "writes": writes,
        "may_export": can(request.user, "member.export"),
        "looks_around": bool(paths_for(request.user)),
        "query": query_with(request, format="xlsx"),
    }
    return page(request, "openness/wall.html", context, fragment="openness/_wall.html")


def _exported(request, found, sort: str):
    headings = ("公开日期", "题目", "党组织", "范围", "目录项目", "哪一期", "公开到", "第几版", "进度")
    rows = (
        (
            one.published_on.isoformat() if one.published_on else "",
            one.edition.title if one.edition else one.title,
            one.organisation.short_name,
            one.get_reach_display(),
            one.topic.name if one.topic else "",
            one.period_words,
            one.edition.until.isoformat() if one.edition and one.edition.until else "",
            one.edition.number if one.edition else 0,
            one.get_state_display(),
        )
        for one in found
    )
    sheet = write_xlsx(headings, rows, sheet=Sort(sort).label)
    audit.record("openness.pieces.exported", by=request.user, sort=sort, rows=len(found))
    return sheet_response(sheet, f"{Sort(sort).label}.xlsx")


@login_required
def catalogue(request):
    """公开目录: what is asked of whom, and how each organisation stands; the late ones by code, for the committee to help."""
    require_sight(request.user)
    today = timezone.localdate()
    seen = Organisation.objects.visible_to(request.user).existing().exclude(kind=Organisation.Kind.GROUP).order_by("code")
    within = get_object_or_404(seen, code=request.GET["organisation"]) if request.GET.get("organisation") else None
    if within:
        seen = seen.within(within)
    rows = listed_catalogue.overview(seen, today)
    shown = [row for row in rows if row.late] if request.GET.get("show") == "late" else rows
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        told = ((row.organisation.code, row.organisation.name, row.asked, row.done, row.late, row.missing) for row in shown)
        sheet = write_xlsx(("代码", "党组织", "该公开", "已公开", "逾期", "逾期的项目"), told, sheet="公开目录", text_columns=["代码"])
        audit.record("openness.catalogue.exported", by=request.user, rows=len(shown))
        return sheet_response(sheet, "党务公开情况.xlsx")
    mine = within or (rows[0].organisation if len(rows) == 1 else None)
    context = {
        "within": within,
        "mine": listed_catalogue.asked_of([mine], today) if mine else [],
        "page": Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "asked": sum(row.asked for row in rows),
        "done": sum(row.done for row in rows),
        "late": sum(bool(row.late) for row in rows),
        "shows": [("", f"全部 {len(rows)} 个"), ("late", f"有逾期的 {sum(bool(row.late) for row in rows)} 个")],
        "topics": list(Topic.objects.filter(end=None)),
        "may_export": can(request.user, "member.export"),
        "may_write": mine is not None and can(request.user, "openness.disclose", mine),
        "mine_organisation": mine,
        "query": query_with(request, format="xlsx"),
    }
    return page(request, "openness/catalogue.html", context)
