"""等次 and 红黄榜 of a quarter or a year, and the year-end list for 民主评议: for those who appraise, in order of name."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import paths_for, require
from branches.models import Organisation
from branches.selectors import trail
from partyportal.core.htmx import page, query_with
from partyportal.core.numbers import number_named
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response
from points.models import Threshold
from points.parameters import ORDER_BY_POINTS, YELLOW_QUARTERS
from points.selectors import appraisals
from points.selectors import grades as selectors
from points.selectors.overviews import years_on_record
from points.services import grade_sheets
from points.settlement.grades import GradePeriod

APPRAISE = "assessment.see"
A_PAGE = 50
LISTS = [("", "全体"), *Threshold.List.choices]


@login_required
def grades(request):
    """Who has which grade: first how many of each, then the members, narrowed by list and grade."""
    organisation, today = appraised(request), timezone.localdate()
    years = years_on_record(today)
    period = chosen_period(request, years, default=GradePeriod.of(today).before)
    asked = {
        "on_list": request.GET.get("list") if request.GET.get("list") in Threshold.List.values else "",
        "grade": request.GET.get("grade", ""),
        "by_points": _by_points(request, today),
    }
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export", organisation)
        file = grade_sheets.export_grades(organisation, period, today=today, by=request.user, **asked)
        return _sheet(file, f"积分等次-{organisation.short_name}-{period.value}.xlsx")
    needed = value_on(period.last, YELLOW_QUARTERS)
    number = _number(request)
    found = selectors.grades_under(organisation, period, today=today, at=(number - 1) * A_PAGE, limit=A_PAGE, **asked)
    found = selectors.with_streaks(found, period, today=today, quarters=needed)
    counts = selectors.tally(organisation, period, today=today)
    base = f"?organisation={organisation.code}&period={period.value}"
    context = _common(request, organisation, period, today, years) | {
        "page": _page(found.rows, found.count, number),
        "counts": [
            (name or "未达等次", count, f"{base}&grade={name or selectors.WITHOUT}", on_list, asked["grade"] == (name or selectors.WITHOUT))
            for name, on_list, count in counts
        ],
        "tabs": [(label, f"{base}&list={value}", value == asked["on_list"] and not asked["grade"]) for value, label in LISTS],
        "on_list": asked["on_list"],
        "grade": asked["grade"],
        "yellow_quarters": needed,
        "is_running": period.last >= today,
    }
    return page(request, "points/grades.html", context, fragment="points/_grades.html")


@login_required
def year_end(request):
    """The list a branch has before it at 民主评议, also on paper."""
    organisation, today = appraised(request), timezone.localdate()
    years = years_on_record(today)
    period = GradePeriod((chosen_period(request, years, default=GradePeriod(today.year))).year)
    by_points = _by_points(request, today)
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export", organisation)
        file = grade_sheets.export_year_end(organisation, period.year, by_points=by_points, today=today, by=request.user)
        return _sheet(file, f"年终清单-{organisation.short_name}-{period.value}.xlsx")
    number = _number(request)
    rows, count = appraisals.year_end(organisation, period.year, today=today, by_points=by_points, at=(number - 1) * A_PAGE, limit=A_PAGE)
    context = _common(request, organisation, period, today, years) | {
        "page": _page(rows, count, number),
        "is_running": period.last >= today,
        "period_choices": [(str(year), f"{year} 年") for year in years],
    }
    return page(request, "points/year_end.html", context)


def appraised(request) -> Organisation:
    """The organisation asked for, else the outermost in which one appraises; out of sight is 404, without the verb 403."""
    seen = Organisation.objects.visible_to(request.user)
    if code := request.GET.get("organisation"):
        found = get_object_or_404(seen, code=code)
        require(request.user, APPRAISE, found)
        return found
    require(request.user, APPRAISE)
    found = seen.filter(path__in=paths_for(request.user, APPRAISE)).order_by("path").first()
    if found is None:
        raise PermissionDenied(APPRAISE)
    return found


def chosen_period(request, years: list[int], *, default: GradePeriod) -> GradePeriod:
    """`period=2026Q3` or `period=2026`, of the years on record; anything else is the default."""
    asked, _, quarter = request.GET.get("period", "").partition("Q")
    if (year := number_named(asked)) in years:
        if not quarter:
            return GradePeriod(year)
        if quarter in ("1", "2", "3", "4"):
            return GradePeriod(year, int(quarter))
    return default


def _common(request, organisation: Organisation, period: GradePeriod, today, years: list[int]) -> dict:
    periods = [GradePeriod(year, quarter) for year in years[:3] for quarter in (None, 4, 3, 2, 1)]
    return {
        "organisation": organisation,
        "above": trail(organisation, request.user),
        "below": [] if organisation.is_branch else organisation.children.existing().order_by("code"),
        "period": period,
        "period_choices": [(p.value, p.label) for p in periods if p.first <= today],
        "may_order": bool(value_on(today, ORDER_BY_POINTS)),
        "export_url": query_with(request, format="xlsx"),
        "today": today,
    }


def _by_points(request, today) -> bool:
    """Only where the county has switched it on; the page is only for those who must appraise."""
    return request.GET.get("sort") == "points" and bool(value_on(today, ORDER_BY_POINTS))


def _number(request) -> int:
    return number_named(request.GET.get("page"), 1, 999_999) or 1


def _page(rows: list, count: int, number: int) -> Page:
    """A page of rows the database has already cut."""
    paginator = Paginator(range(count), A_PAGE)
    return Page(rows, min(number, paginator.num_pages), paginator)


def _sheet(file, name: str) -> FileResponse:
    return sheet_response(file, name)
