"""历年结构: who the members were on any day, two days side by side; and the national yearly tables."""

from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from branches.access import paths_for, require
from branches.models import Organisation
from members.forms.statistics import DaysForm
from members.rules.ages import whole_years
from members.selectors.roster import places
from members.services.exports import export_annual_tables
from members.statistics import days as selectors
from members.statistics.tables import LEFT_OUT, tables
from members.statistics.traits import MEASURES, TRAIT
from members.statistics.year import year_of
from partyportal.core.days import chinese_day
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named
from partyportal.core.sheets import sheet_response

PEOPLE_A_PAGE = 50
FIRST_YEAR = 1922
YEARS_OFFERED = 6
COLUMNS = (("education", "party_age", "category", "sex", "ethnicity"), ("occupation", "era", "member_class", "mobile", "lost", "standing"))


@login_required
def statistics(request):
    """A subtree's members on a day beside another day, and the last years' ends."""
    organisation, today = _organisation(request), timezone.localdate()
    form = DaysForm(request.GET, today=today)
    on, versus = form.days
    shown = selectors.snapshot(organisation, on=on, versus=versus)
    years = selectors.series(shown, selectors.ends_of_years(on))
    first = selectors.first_registered()
    listed = places(request.user, within=organisation)
    context = {
        "organisation": organisation,
        "form": form,
        "shown": shown,
        "rows_url": f"{reverse('members:statistics_rows')}?{urlencode({'organisation': organisation.code, 'on': on})}",
        "columns": [[shown.divisions[code] for code in column] for column in COLUMNS],
        "ages": [(line.label, line.now.men, line.now.women) for line in shown.divisions["age"].lines],
        "shares": [(label, *_share(shown, code)) for code, label, _ in MEASURES],
        "chart": _chart(years),
        "chart_table": (
            ["日期", "党员", *(label for _, label, _ in MEASURES)],
            [[f"{day}", tally.count, *(tally.of.get(code, 0) for code, _, _ in MEASURES)] for day, tally in years],
        ),
        "places": listed,
        "seen": {code for code, _ in listed},
        "before_the_books": first is not None and min(on, versus) < first and first,
        "existed": bool(shown.total.now.count) or selectors.existed(organisation, on),
    }
    return page(request, "members/statistics.html", context)


@login_required
def statistics_rows(request):
    """The members behind one figure of a day; those the user no longer sees are counted, not named."""
    organisation, today = _organisation(request), timezone.localdate()
    on, _ = DaysForm(request.GET, today=today).days
    trait, key = request.GET.get("trait", ""), request.GET.get("key", "")
    if trait and (trait not in TRAIT or key not in dict(TRAIT[trait].cells)):
        raise Http404
    found = selectors.people(request.user, organisation, trait=trait, key=key if trait else "", day=on)
    figure = selectors.figure(organisation, trait=trait, key=key, day=on)
    listed = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "on": on,
        "page": listed,
        "rows": [(person, whole_years(person.birth_on, on), person.branch_then) for person in listed.object_list],
        "figure": figure,
        "hidden": figure - listed.paginator.count,
        "words": f"{TRAIT[trait].title}：{TRAIT[trait].label(key)}" if trait else "全部党员",
    }
    return page(request, "members/statistics_rows.html", context)


@login_required
def annual_tables(request):
    """党内统计年报 of a year: the tables on a page; a POST gives them as a book of sheets."""
    organisation, today = _organisation(request), timezone.localdate()
    year = number_named(request.GET.get("year"), FIRST_YEAR, today.year) or today.year
    told = year_of(organisation, year, today=today)
    if request.method == "POST":
        file = export_annual_tables(told, by=request.user)
        name = f"{organisation.short_name}{year}年党内统计年报.xlsx"
        return sheet_response(file, name)
    context = {
        "organisation": organisation,
        "told": told,
        "running": told.closing == today and (today.month, today.day) != (12, 31),
        "tables": tables(told),
        "left_out": LEFT_OUT,
        "places": places(request.user, within=organisation),
        "years": [(y, f"{y} 年") for y in range(today.year, today.year - YEARS_OFFERED, -1)],
    }
    return page(request, "members/annual_tables.html", context)


def _organisation(request) -> Organisation:
    """The organisation in view; out of sight is not found, without the verb refused."""
    code = request.GET.get("organisation")
    if code:
        organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    else:
        require(request.user, "cockpit.see")
        organisation = Organisation.objects.filter(path=paths_for(request.user, "cockpit.see")[0]).first()
    require(request.user, "cockpit.see", organisation)
    return organisation


def _share(shown: selectors.Snapshot, measure: str) -> tuple[int, str]:
    """A measure on the day; its share of all and the change since the other day, in words."""
    now, then = shown.total.now, shown.total.then
    count = now.of.get(measure, 0)
    share = f"占 {count * 1000 // now.count / 10:.1f}%，" if count else ""
    change = count - then.of.get(measure, 0)
    return count, share + (f"{'多' if change > 0 else '少'} {abs(change):,} 人" if change else "没有变")


def _chart(years) -> dict:
    return {
        "legend": {"data": ["党员", "35岁及以下", "大专及以上"]},
        "grid": {"left": 0, "right": 56, "top": 36, "bottom": 0, "containLabel": True},  # room for the figure at each line's end
        "xAxis": {"type": "category", "data": [_label(day) for day, _ in years], "axisLabel": {"interval": 0, "hideOverlap": True}},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "line", "name": name, "data": figures, "endLabel": {"show": True}}
            for name, figures in (
                ("党员", [tally.count for _, tally in years]),
                ("35岁及以下", [tally.young for _, tally in years]),
                ("大专及以上", [tally.college for _, tally in years]),
            )
        ],
    }


def _label(day: date) -> str:
    return f"{day.year}" if (day.month, day.day) == (12, 31) else chinese_day(day)
