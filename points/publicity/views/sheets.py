"""The overview of who has published, a branch's sheet on screen and on paper, publishing and closing it, and one's own quarter."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require, require_sight
from branches.asked import organisation_asked
from branches.models import Organisation
from members.models import Member
from partyportal.core import audit
from partyportal.core.days import quarter_words
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.workdays import calendar
from points.publicity import rules, services
from points.publicity.models import Objection, Publication
from points.publicity.parameters import ORDERING, WINDOW_DAYS
from points.publicity.selectors import overview
from points.publicity.selectors import sheets as selectors

BRANCHES_A_PAGE = 50
OVERVIEW = ("党支部", "代码", "季度", "状态", "公示日期", "公示到", "关闭日期", "异议", "在办异议")


@login_required
def publications(request):
    """Which branches have published and closed the quarter, and who is late; of one's only branch, its last quarters."""
    require_sight(request.user)
    today = timezone.localdate()
    latest = rules.last_ended(today)
    chosen = _quarter(request, latest)
    within = organisation_asked(request)
    branches = Organisation.objects.visible_to(request.user).branches().existing().select_related("parent").order_by("code")
    branches = list(branches.filter(path__startswith=within.path) if within else branches)
    alone = len(branches) == 1
    rows = overview.rows_of(branches, _last_four(latest) if alone else [chosen], today)
    counted = {state: sum(row.state == state for row in rows) for state in overview.STATES}
    state = request.GET.get("state") if request.GET.get("state") in overview.STATES else ""
    rows = [row for row in rows if not state or row.state == state]
    if request.GET.get("format") == "xlsx":
        return _overview_sheet(request, rows)
    quarters = _last_four(latest)
    context = {
        "page": Paginator(rows, BRANCHES_A_PAGE).get_page(request.GET.get("page")),
        "alone": alone,
        "within": within,
        "state": state,
        "counts": [(label, key, counted[key]) for key, label in overview.STATES.items() if counted[key] or key == state],
        "state_choices": [("", "全部"), *((key, f"{label} {counted[key]}") for key, label in overview.STATES.items() if counted[key])],
        "quarter_choices": [(f"{year}Q{quarter}", f"{year} 年{quarter_words(quarter)}") for year, quarter in quarters],
        "quarter": f"{chosen[0]}Q{chosen[1]}",
        "due_on": overview.due_on(*chosen, today),
        "may_publish": can(request.user, "points.publish"),
        "query": request.GET.urlencode(),
    }
    return page(request, "publicity/publications.html", context, fragment="publicity/_publications.html")


def _overview_sheet(request, rows):
    sheet = write_xlsx(
        OVERVIEW,
        (
            (
                row.branch.name,
                row.branch.code,
                row.words,
                row.label,
                row.publication.published_on.isoformat() if row.publication else "",
                row.publication.until.isoformat() if row.publication else "",
                row.publication.closing.closed_on.isoformat() if row.state == overview.CLOSED else "",
                row.objections,
                row.disputed,
            )
            for row in rows
        ),
        sheet="季度公示",
    )
    audit.record("publicity.overview.exported", by=request.user, rows=len(rows))
    return sheet_response(sheet, "季度公示.xlsx")


def _quarter(request, latest: tuple[int, int]) -> tuple[int, int]:
    asked = request.GET.get("quarter", "")
    return next((one for one in _last_four(latest) if f"{one[0]}Q{one[1]}" == asked), latest)


def _last_four(latest: tuple[int, int]) -> list[tuple[int, int]]:
    year, quarter = latest
    at = year * 4 + quarter - 1
    return [((at - n) // 4, (at - n) % 4 + 1) for n in range(4)]


@login_required
def publication_new(request):
    """What will be published and until when, then publishing it."""
    branch = get_object_or_404(Organisation.objects.visible_to(request.user).branches(), code=request.GET.get("organisation", ""))
    require(request.user, "points.publish", branch)
    today = timezone.localdate()
    year, quarter = _quarter(request, rules.last_ended(today))
    if request.method == "POST":
        try:
            made = services.publish(branch, year=year, quarter=quarter, by=request.user, today=today)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"已公示，到 {made.until:%-m月%-d日}。党员登录就能看到，也可以打印张贴。")
            return redirect("publicity:publication", made.uid)
    done = Publication.objects.filter(organisation=branch, year=year, quarter=quarter).first()
    known = calendar()
    until = known.last_of(today, value_on(today, WINDOW_DAYS))
    context = {
        "branch": branch,
        "words": f"{year} 年{quarter_words(quarter)}",
        "after": [
            f"{len(selectors.people_of(branch, year, quarter))} 名党员本季度各类积分、合计和当年累计，按姓名排列，支部党员都能看到",
            f"可以提异议到 {until:%-m月%-d日}" + (f"（{beyond}）" if (beyond := known.beyond(until)) else ""),
            "期满没有异议，第二天自动关闭",
            "公示表不再改；以后有更正，写在旁边",
        ],
        "done": done,
    }
    return page(request, "publicity/publication_new.html", context, status=422 if request.method == "POST" else None)


@login_required
def publication(request, uid):
    """A branch's sheet, by name; what was corrected since stands beside it."""
    held, today = _publication(request, uid), timezone.localdate()
    may_order = _may_order(request, held, today)
    by_points = may_order and request.GET.get("sort") == "points"
    sheet = _sheet(held, by_points=by_points)
    context = sheet | {
        "may_order": may_order,
        "by_points": by_points,
        "may_close": can(request.user, "points.publish", held.organisation) and not hasattr(held, "closing") and today > held.until,
        "disputed": Objection.objects.filter(publication=held).open(today).count(),
        "is_open": selectors.is_open(held, today),
        "is_mine": any(row.member.user_id == request.user.pk for row in sheet["rows"]),
        "may_object_for": can(request.user, "points.publish", held.organisation),
        "beyond": calendar().beyond(held.until),
    }
    return page(request, "publicity/publication.html", context)


def _sheet(held: Publication, *, by_points: bool = False) -> dict:
    rows = selectors.rows_of(held, by_points=by_points)
    return {
        "publication": held,
        "rows": rows,
        "categories": [name for _, name in held.categories],
        "changed": sum(row.now is not None for row in rows),
    }


def _may_order(request, held: Publication, today) -> bool:
    return can(request.user, "points.confirm", held.organisation) and bool(value_on(today, ORDERING))


@login_required
def publication_print(request, uid):
    """The sheet for the notice board: by name, whatever the county's setting."""
    return page(request, "publicity/print.html", _sheet(_publication(request, uid)))


@login_required
@require_POST
def publication_close(request, uid):
    """Close the quarter by hand; left alone, it closes itself the day after."""
    held = _publication(request, uid)
    require(request.user, "points.publish", held.organisation)
    try:
        services.close(held, by=request.user, today=timezone.localdate())
        messages.success(request, f"{held}已关闭。以后的更正会写在旁边。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("publicity:publication", uid)


def _publication(request, uid) -> Publication:
    related = ("organisation__parent", "published_by", "closing__closed_by")
    return get_object_or_404(Publication.objects.visible_to(request.user).select_related(*related), uid=uid)


@login_required
def mine(request):
    """我的公示: what the sheet said of me, what stands now and why, and each line I may object to."""
    member = Member.objects.filter(user=request.user).select_related("branch").defer("id_number").first()
    if member is None:
        return page(request, "members/nobody.html", {"title": "我的公示"})
    today = timezone.localdate()
    quarters = _last_four(rules.last_ended(today))
    year, quarter = _quarter(request, quarters[0])
    line = selectors.line_of(member, year, quarter)
    held = line.publication if line else None
    context = {
        "member": member,
        "line": line,
        "publication": held,
        "words": f"{year} 年{quarter_words(quarter)}",
        "compared": selectors.published_and_now(member, year, quarter),
        "deeds": selectors.deeds_of(member, year, quarter) if held else [],
        "is_open": bool(held) and selectors.is_open(held, today),
        "objections": Objection.objects.filter(publication=held, member=member).select_related("fact") if held else [],
        "quarter": f"{year}Q{quarter}",
        "quarter_choices": [(f"{y}Q{q}", f"{y} 年{quarter_words(q)}") for y, q in quarters],
    }
    return page(request, "publicity/mine.html", context)
