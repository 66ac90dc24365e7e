"""流动党员: the register with its five tabs, and its sheets."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, require_sight
from branches.asked import organisation_asked
from branches.models import Organisation
from members.mobility.forms import RegisterFilters
from members.mobility.models import Hosting, LostCase
from members.mobility.rules.places import province_name
from members.mobility.selectors import inflows, lost, outflows
from members.mobility.services.exports import export_register
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response

ROWS_A_PAGE = 50
LEFT_OUT = 8  # of those the roster alone knows, so many are named


@login_required
def register(request):
    """Who is away, who stays here, who is lost, who shows no sign: found and narrowed by the address alone."""
    require_sight(request.user)
    asked, within, today = RegisterFilters(request.GET).asked, organisation_asked(request), timezone.localdate()
    tab = asked.get("tab", "out")
    context = {
        "tab": tab,
        "tabs": _tabs(request, tab, within, today),
        "within": within,
        "today": today,
        "asked": asked,
        "may_record": can(request.user, "mobility.record"),
        "may_export": can(request.user, "member.export") and tab in {"out", "in", "lost"},
        "may_found": can(request.user, "organisation.edit"),
    }
    context |= _TABS[tab](request, asked, within, today)
    return page(request, "mobility/register.html", context)


@login_required
@require_POST
def export(request):
    """The tab as the address narrows it, as a sheet; phones stay masked."""
    require(request.user, "member.export")
    asked, within, today = RegisterFilters(request.GET).asked, organisation_asked(request), timezone.localdate()
    tab = asked.get("tab", "out")
    if tab == "in":
        rows = inflows.inflows(request.user, within=within, verb="member.export")
    elif tab == "lost":
        rows = lost.cases(request.user, within=within, verb="member.export")
    else:
        tab, clock = "out", outflows.clock_on(today)
        rows = outflows.with_last_contact(outflows.outflows(request.user, within=within, verb="member.export"))
        rows = _in_order(outflows.narrowed(rows, clock=clock, **_conditions(asked)))
    path = within.path if within else paths_for(request.user, "member.export")[0]
    file, label = export_register(tab, rows, path=path, today=today, by=request.user)
    return sheet_response(file, f"{label}-{today}.xlsx")


def _conditions(asked: dict) -> dict:
    return {key: asked[key] for key in ("show", "province", "q") if key in asked}


def _in_order(rows: QuerySet) -> QuerySet:
    return rows.order_by("since", "member__pinyin", "id")


def _tabs(request, chosen: str, within: Organisation | None, today) -> list[tuple[str, str, int | None, bool]]:
    """The tabs with how many stand behind each, over the organisation in view."""
    user = request.user
    found = {
        "out": ("流出", outflows.outflows(user, within=within).count()),
        "in": ("流入", inflows.inflows(user, within=within).count()),
        "lost": ("失联", lost.cases(user, within=within).count()),
        # Counted only where it is looked at: it asks the facts of every member.
        "silent": ("久未参加", lost.silent(user, today=today, within=within).count() if chosen == "silent" else None),
        "mobile": ("流动党组织", inflows.foundings(user, within=within).count()),
    }
    kept = {"organisation": within.code} if within else {}
    return [
        (label, f"?{urlencode(kept | ({'tab': key} if key != 'out' else {}))}", count, key == chosen)
        for key, (label, count) in found.items()
    ]


def _out(request, asked: dict, within: Organisation | None, today) -> dict:
    clock = outflows.clock_on(today)
    everybody = outflows.outflows(request.user, within=within)
    counts = outflows.counts(everybody, clock=clock)
    found = outflows.narrowed(outflows.with_last_contact(everybody), clock=clock, **_conditions(asked))
    listed = Paginator(_in_order(found), ROWS_A_PAGE).get_page(request.GET.get("page"))
    provinces = outflows.by_province(everybody)
    kept = {"organisation": within.code} if within else {}

    def link(line) -> str:
        return format_html('<a href="?{}">{}</a>', urlencode(kept | {"province": line.code}), province_name(line.code))

    options, table = outflows.chart_of(provinces, link=link)
    begin = within or Organisation.objects.visible_to(request.user).filter(path__in=paths_for(request.user)[:1]).first()
    left_out = list(outflows.unregistered(request.user, within=within)[: LEFT_OUT + 1])
    return {
        "page": listed,
        "rows": outflows.rows_of(listed.object_list, clock=clock),
        "counts": counts,
        "shows": [(key, f"{label} {counts[key or 'all']}") for key, label in outflows.SHOWS],
        "provinces": [("", "全部"), *((line.code, f"{line.name} {line.count}") for line in provinces)],
        "chart": options if len(provinces) > 1 else None,
        "chart_table": table,
        "below": outflows.by_organisation(everybody, under=begin, clock=clock) if begin else [],
        "figures": _figures(request, counts, asked, kept),
        "clock_note": f"境内{clock.often('11')}联系一次，出国（境）{clock.often('00')}一次；红的是过了日子的。",
        "chart_small": len(provinces) < 6,
        "left_out": left_out[:LEFT_OUT],
        "left_out_more": len(left_out) > LEFT_OUT,
        "hostings": Hosting.objects.where(request.user, "mobility.record")
        .waiting()
        .filter(end=None)
        .select_related("member__branch", "host")[:20]
        if not asked.keys() - {"tab"}
        else [],
        "tags": [(f"找人 {asked['q']}", "q")] if asked.get("q") else [],
    }


def _figures(request, counts: dict, asked: dict, kept: dict) -> list[tuple]:
    """What needs somebody, first: each figure opens into its rows."""
    told = (
        ("流出", "", "登记在外的", ""),
        ("该联系没联系", "overdue", "过了该联系的日子", "red"),
        ("应转组织关系", "fixed", "满六个月、地点固定", ""),
        ("该回来没回来", "back", "过了预计返回的日子", ""),
    )
    lines = []
    for label, show, note, tone in told:
        count = counts[show or "all"]
        url = f"?{urlencode(kept | ({'show': show} if show else {}))}"
        lines.append((label, count, note, url, tone if count else "", asked.get("show", "") == show))
    return lines


def _in(request, asked: dict, within: Organisation | None, today) -> dict:
    rows = inflows.inflows(request.user, within=within)
    if asked.get("q"):
        rows = inflows.matching(rows, asked["q"])
    return {"page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))}


def _lost(request, asked: dict, within: Organisation | None, today) -> dict:
    listed = Paginator(lost.cases(request.user, within=within), ROWS_A_PAGE).get_page(request.GET.get("page"))
    left_out = list(lost.unopened(request.user, within=within)[: LEFT_OUT + 1])
    return {
        "page": listed,
        "rows": [(case, lost.standing_of(case, today=today)) for case in listed.object_list],
        "left_out": left_out[:LEFT_OUT],
        "left_out_more": len(left_out) > LEFT_OUT,
        "states": LostCase.State,
    }


def _silent(request, asked: dict, within: Organisation | None, today) -> dict:
    return {"page": Paginator(lost.silent(request.user, today=today, within=within), ROWS_A_PAGE).get_page(request.GET.get("page"))}


def _mobile(request, asked: dict, within: Organisation | None, today) -> dict:
    return {"page": Paginator(inflows.foundings(request.user, within=within), ROWS_A_PAGE).get_page(request.GET.get("page"))}


_TABS = {"out": _out, "in": _in, "lost": _lost, "silent": _silent, "mobile": _mobile}
