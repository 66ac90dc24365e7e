"""我的积分, a member's points, a subtree's overview, and the rows behind any number of it."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import can, paths_for
from branches.models import Organisation
from branches.selectors import trail
from members.models import Member
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named
from points.selectors import accounts, overviews
from points.selectors.schemes import scheme_in_force

ENTRIES_A_PAGE = 50


@login_required
def mine(request):
    """The points of whoever is logged in, and why."""
    member = Member.objects.filter(user=request.user).select_related("branch").first()
    if member is None:
        return page(request, "members/nobody.html", {"title": "我的积分"})
    return _account(request, member, is_own=True)


@login_required
def member(request, uid):
    """A member's points, for whoever sees the member."""
    seen = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch"), uid=uid)
    return _account(request, seen, is_own=seen.user_id == request.user.pk)


def _account(request, member: Member, *, is_own: bool):
    today = timezone.localdate()
    years = overviews.years_on_record(today)
    year, asked = _chosen_year(request, years), request.GET.get("category", "")
    account = accounts.account_of(member, year, category=_category(asked), today=today)
    context = {
        "account": account,
        "is_own": is_own,
        "category": asked,
        "opened": request.GET.get("line", ""),
        "category_choices": [("", "全部"), *((row.code or overviews.TOTAL, row.name) for row in account.categories)],
        "year_choices": [(str(y), f"{y}") for y in years],
    }
    return page(request, "points/account.html", context, fragment="points/_lines.html")


@login_required
def overview(request):
    """What a subtree earned: a branch by member in order of name, anything above by organisation in order of code."""
    organisation, today = asked_organisation(request), timezone.localdate()
    years = overviews.years_on_record(today)
    year = _chosen_year(request, years)
    context = {
        "organisation": organisation,
        "above": trail(organisation, request.user),
        "overview": overviews.overview(organisation, year),
        "year": year,
        "year_choices": [(str(y), f"{y}") for y in years],
        "may_award": can(request.user, "points.award"),
        "scheme": scheme_in_force(organisation, today),
    }
    return page(request, "points/overview.html", context, fragment="points/_overview.html")


@login_required
def entries(request):
    """The ledger's rows behind a number: organisation × month × category. Their sum is the number."""
    organisation, today = asked_organisation(request), timezone.localdate()
    year, month = _chosen_month(request, overviews.years_on_record(today))
    asked, number = request.GET.get("category", ""), number_named(request.GET.get("page"), 1, 999_999) or 1
    category = _category(asked)
    found = overviews.entries_in(organisation, year=year, month=month, category=category)
    related = ("member", "organisation", "item", "fact")
    at = (number - 1) * ENTRIES_A_PAGE
    rows = list(found.select_related(*related).order_by("-day", "-id")[at : at + ENTRIES_A_PAGE + 1])
    sums = {code: points for code, (points, _) in overviews.sums_of(organisation, year=year, month=month).items()}
    names = dict(overviews.named_categories({*sums, *([] if category is None else [category])}, organisation, year))
    context = {
        "organisation": organisation,
        "above": trail(organisation, request.user),
        "rows": overviews.masked(request.user, rows[:ENTRIES_A_PAGE]),
        "total": sum(sums.values(), overviews.ZERO) if category is None else sums.get(category, overviews.ZERO),
        "period": f"{year} 年 {month} 月" if month else f"{year} 年",
        "year": year,
        "month": month,
        "category": asked,
        "category_choices": [("", "全部"), *names.items()],
        "month_choices": [(f"{year}", "全年"), *((f"{year}-{m:02d}", f"{m} 月") for m in range(1, 13))],
        "chosen_month": f"{year}-{month:02d}" if month else f"{year}",
        "number": number,
        "has_next": len(rows) > ENTRIES_A_PAGE,
    }
    return page(request, "points/entries.html", context, fragment="points/_entries.html")


def asked_organisation(request) -> Organisation:
    """The organisation asked for, else the outermost in sight; out of sight is 404."""
    seen = Organisation.objects.visible_to(request.user)
    if code := request.GET.get("organisation"):
        return get_object_or_404(seen, code=code)
    outermost = paths_for(request.user)
    found = seen.filter(path__in=outermost).order_by("path").first() if outermost else None
    if found is None:
        raise PermissionDenied("organisation.see")
    return found


def _category(asked: str) -> str | None:
    """Of an address: nothing is every category, `total` is what belongs to none."""
    return "" if asked == overviews.TOTAL else (asked or None)


def _chosen_year(request, years: list[int]) -> int:
    asked = number_named(request.GET.get("year"))
    return asked if asked in years else years[0]


def _chosen_month(request, years: list[int]) -> tuple[int, int | None]:
    """`month=2026-03`, `month=2026`, `year=2026`; the running year when it says none on record."""
    year, _, month = (request.GET.get("month") or request.GET.get("year") or "").partition("-")
    known = number_named(year, years[-1], years[0])
    return (known, number_named(month, 1, 12)) if known else (years[0], None)
