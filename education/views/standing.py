"""What the records add up to: meetings done against due, and a member's hours of study."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import can, paths_for, require_sight
from branches.models import Organisation
from education.models import Meeting
from education.selectors import compliance as selectors
from education.selectors.hours import hours_of, years_of
from members.models import Member
from partyportal.core.days import month_named, year_named
from partyportal.core.htmx import page
from partyportal.core.uid import uid_named

ROWS_A_PAGE = 60


@login_required
def compliance(request):
    """A year's heat table; with a month, the branches and meetings behind one cell of it, whose sums are the cell's."""
    require_sight(request.user)
    seen = Organisation.objects.visible_to(request.user).exclude(kind=Organisation.Kind.GROUP).select_related("parent")
    code = request.GET.get("organisation")
    if code:
        organisation = get_object_or_404(seen, code=code)
    else:
        organisation = seen.filter(path=paths_for(request.user)[0]).first()
        if organisation is None:
            raise Http404
    today, month, kind = timezone.localdate(), month_named(request.GET.get("month", "")), request.GET.get("kind", "")
    context = {
        "organisation": organisation,
        "may_record": can(request.user, "education.record", organisation),
        "kinds": [("", "全部"), *Meeting.Kind.choices],
    }
    if month is None:
        year = _year(request, today)
        context |= {
            "year": year,
            "years": [(y, f"{y} 年") for y in range(today.year, today.year - 4, -1)],
            "table": selectors.compliance(organisation, year, today=today),
        }
        return page(request, "education/compliance.html", context)
    behind = selectors.rows_behind(organisation, month, kind=kind if kind in Meeting.Kind.values else "")
    missing = [row for row in behind if row.is_missing]
    shown = missing if request.GET.get("show") == "missing" else behind
    context |= {
        "month": month,
        "running": (today.year, today.month) == (month.year, month.month),
        "done": sum(row.cell.done for row in behind),
        "due": sum(row.cell.due for row in behind),
        "missing": len(missing),
        "shows": [("", f"全部 {len(behind)} 项"), ("missing", f"还缺的 {len(missing)} 项")],
        "page": Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "education/compliance_month.html", context)


@login_required
def hours(request):
    """我的学时; with a member in the address, that member's, for whoever sees them."""
    today = timezone.localdate()
    asked = request.GET.get("member")
    if asked:
        member = get_object_or_404(Member.objects.visible_to(request.user), uid=uid_named(asked))
    else:
        member = Member.objects.filter(user=request.user).first()
    if member is None:
        return page(request, "education/hours.html", {"member": None})
    year = _year(request, today)
    context = {
        "member": member,
        "own": member.user_id == request.user.pk,
        "year": year,
        "years": [(y, f"{y} 年") for y in years_of(member, today=today)],
        "hours": hours_of(member, year, today=today),
    }
    return page(request, "education/hours.html", context)


def _year(request, today: date) -> int:
    return year_named(request.GET.get("year")) or today.year
