"""凭证: the list, one with its reversal; the statement, on screen and paper; what is told to everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can
from members.care.fund.forms import ReasonForm
from members.care.fund.models import Voucher
from members.care.fund.parameters import SMALL_CELL
from members.care.fund.selectors.books import years_of
from members.care.fund.selectors.statements import disclosed, span_of, statement_of
from members.care.fund.services import exports, payments
from members.care.fund.views.scope import CONFIRM, book_asked, done, in_sight, year_asked, year_options
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response

A_PAGE = 50
MONTHS = [("", "全年"), *((str(month), f"{month} 月") for month in range(1, 13))]
ROWS = Voucher.objects.select_related(
    "book__organisation", "source", "claim__line", "made_by", "checked_by", "reverses", "payment__account"
)


@login_required
def vouchers(request, uid):
    """The journal of a year, latest first."""
    held = book_asked(request, uid)
    years = years_of(held, timezone.localdate())
    year = year_asked(request, years)
    kind = request.GET.get("kind") if request.GET.get("kind") in Voucher.Kind.values else ""
    found = Voucher.objects.filter(book=held, year=year).select_related("source", "claim", "made_by", "checked_by", "reversal")
    found = (found.filter(kind=kind) if kind else found).order_by("-number")
    if request.GET.get("format") == "xlsx":
        file = exports.export_vouchers(held, found.order_by("number"), year=year, by=request.user)
        return sheet_response(file, f"凭证-{year}.xlsx")
    context = {
        "book": held,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "year": year,
        "years": year_options(years),
        "kinds": [("", "全部"), *Voucher.Kind.choices],
        "query": request.GET.urlencode(),
    }
    return page(request, "fund/vouchers.html", context, fragment="fund/_vouchers.html")


@login_required
def voucher(request, uid):
    """One voucher: what it rests on, its two lines, who made and who checked it, and what mirrors it."""
    return _voucher_page(request, in_sight(request, ROWS, of=lambda voucher: voucher.book, uid=uid))


@login_required
@require_POST
def voucher_reverse(request, uid):
    """冲正."""
    held = in_sight(request, ROWS, CONFIRM, of=lambda voucher: voucher.book, uid=uid)
    form = ReasonForm(request.POST)
    if form.is_valid() and done(form, payments.reverse, voucher=held, by=request.user, today=timezone.localdate(), **form.cleaned_data):
        messages.success(request, "已冲正。")
        return redirect("fund:voucher", uid)
    return _voucher_page(request, held, form=form, status=422)


@login_required
def statement(request, uid):
    """收支表 of a month or a year; the page is also the printed sheet."""
    held = book_asked(request, uid)
    years = years_of(held, timezone.localdate())
    year, month = year_asked(request, years), request.GET.get("month", "")
    month = month if month in dict(MONTHS) else ""
    told = statement_of(held, *span_of(year, int(month) if month else None))
    if request.GET.get("format") == "xlsx":
        file = exports.export_statement(told, by=request.user)
        return sheet_response(file, f"收支表-{year}{month and '-' + month}.xlsx")
    context = {
        "book": held,
        "told": told,
        "words": f"{year} 年" + (f" {month} 月" if month else ""),
        "year": year,
        "years": year_options(years),
        "month": month,
        "months": MONTHS,
        "today": timezone.localdate(),
        "query": request.GET.urlencode(),
    }
    return page(request, "fund/statement.html", context)


@login_required
def disclosure(request, uid):
    """公布 of a year: sums and numbers, nobody's name; few together are told together."""
    held, today = book_asked(request, uid), timezone.localdate()
    years = years_of(held, today)
    year = year_asked(request, years)
    told, least = statement_of(held, *span_of(year, None)), value_on(today, SMALL_CELL)
    context = {
        "book": held,
        "told": told,
        "sources": told.sources,
        "uses": disclosed(told.uses, least=least),
        "least": least,
        "year": year,
        "years": year_options(years),
        "today": today,
    }
    return page(request, "fund/disclosure.html", context)


def _voucher_page(request, held: Voucher, *, form=None, status: int = 200):
    reversible = held.kind in (Voucher.Kind.RECEIPT, Voucher.Kind.PAYMENT) and not Voucher.objects.filter(reverses=held).exists()
    may = reversible and held.made_by_id != request.user.pk and can(request.user, CONFIRM, held.book.organisation)
    context = {
        "voucher": held,
        "book": held.book,
        "lines": held.lines.select_related("account").order_by("-amount"),
        "mirror": Voucher.objects.filter(reverses=held).first(),
        "form": (form or ReasonForm()) if may else form,
    }
    return page(request, "fund/voucher.html", context, status=status)
