"""The books, one book, its budget, its accounts, closing a year."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.shortcuts import redirect
from django.utils import timezone

from branches.access import can, require
from branches.models import Organisation
from members.care.fund.forms import AccountForm, BookForm, LineForm
from members.care.fund.models import Account, Book, BookYear, BudgetLine, Payment, Source, Voucher
from members.care.fund.selectors import books as selectors
from members.care.fund.selectors.statements import months_of, running_in
from members.care.fund.services import books as services
from members.care.fund.services import exports
from members.care.fund.views.scope import CLOSE, RECORD, SEE, book_asked, done, in_sight, may, year_asked, year_options
from partyportal.core.days import year_named
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response

A_PAGE = 50


@login_required
def books(request):
    """Every book one may see: the sums first, then each with what is free and what waits."""
    require(request.user, SEE)
    today = timezone.localdate()
    kind = request.GET.get("kind") if request.GET.get("kind") in Book.Kind.values else ""
    text = text_asked(request)
    found = Book.objects.where(request.user, SEE).select_related("organisation").order_by("kind", "organisation__path", "id")
    found = found.filter(kind=kind) if kind else found
    found = found.filter(organisation__name__contains=text) if text else found
    if request.GET.get("format") == "xlsx":
        file = exports.export_books(selectors.standings(found, today.year), year=today.year, by=request.user)
        return sheet_response(file, f"基金与经费-{today}.xlsx")
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": selectors.standings(listed.object_list, today.year),
        "sums": selectors.sums_of(found, today.year),
        "year": today.year,
        "kinds": [("", "全部"), *Book.Kind.choices],
        "waiting": selectors.to_confirm(request.user),
        "may_record": can(request.user, RECORD),
        "query": request.GET.urlencode(),
        "narrowed": bool(kind or text),
    }
    return page(request, "fund/books.html", context, fragment="fund/_books.html")


@login_required
def book_new(request):
    """A new book of an organisation where one records."""
    require(request.user, RECORD)
    places = Organisation.objects.where(request.user, RECORD).existing().order_by("path")
    only = list(places[:2])
    form = BookForm(request.POST or None, organisations=places, initial={"organisation": only[0].code if len(only) == 1 else ""})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, services.open_book, by=request.user, today=timezone.localdate(), **form.cleaned_data)
    ):
        messages.success(request, "账本已启用。先登记收入，再定预算。")
        return redirect("fund:books")
    return page(request, "fund/book_new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def book(request, uid):
    """One book: what is there and what of it is free, who must act, the year's budget, the last vouchers."""
    held, today = book_asked(request, uid), timezone.localdate()
    lines = BudgetLine.objects.filter(book=held, year=today.year).order_by("code")
    months = months_of(held, today.year, until=today.month)
    context = may(request.user, held) | {
        "book": held,
        "standing": selectors.standings([held], today.year)[0],
        "year": today.year,
        "lines": selectors.lines_of(lines),
        "sources": Source.objects.filter(book=held, state="recorded").select_related("recorded_by").order_by("day"),
        "payments": Payment.objects.filter(claim__book=held, state="prepared").select_related("claim", "prepared_by").order_by("id"),
        "vouchers": Voucher.objects.filter(book=held).select_related("source", "claim")[:8],
        "closable": BookYear.objects.filter(book=held, closed_at=None, year__lt=today.year).order_by("year").first(),
        "chart": _chart(months) if any(one.came_in or one.went_out for one in months) else None,
        "chart_table": (
            ("月份", "收入（元）", "支出（元）", "月末余额（元）"),
            [(f"{one.month} 月", one.came_in, one.went_out, one.balance) for one in months],
        ),
    }
    return page(request, "fund/book.html", context)


def _chart(months) -> dict:
    """A bar for what came and one for what went, and the balance as a line over them."""
    series = [
        {"type": kind, "name": name, "data": [float(getattr(one, of)) for one in months], **look}
        for kind, name, of, look in (
            ("bar", "收入", "came_in", {"barMaxWidth": 18}),
            ("bar", "支出", "went_out", {"barMaxWidth": 18}),
            ("line", "月末余额", "balance", {"color": "#211E1A"}),
        )
    ]
    return {
        "legend": {"data": [one["name"] for one in series]},
        "xAxis": {"type": "category", "data": [f"{one.month} 月" for one in months]},
        "yAxis": {"type": "value", "splitNumber": 3},
        "series": series,
    }


@login_required
def lines(request, uid):
    """The budget of a year: each line, and the form that adds or changes one."""
    held, today = book_asked(request, uid), timezone.localdate()
    years = selectors.years_of(held, today)
    year = year_asked(request, years)
    form = LineForm(request.POST or None)
    if request.method == "POST":
        require(request.user, RECORD, held.organisation)
        said = {"by": request.user, "today": today, "year": year}
        if form.is_valid() and done(form, services.set_line, book=held, **said, **form.cleaned_data):
            messages.success(request, f"{form.cleaned_data['name']}的预算已定为 {form.cleaned_data['amount']:,.2f} 元。")
            return redirect(f"{request.path}?year={year}")
    found = BudgetLine.objects.filter(book=held, year=year).order_by("code").prefetch_related("changes__by")
    context = may(request.user, held) | {
        "book": held,
        "lines": selectors.lines_of(found),
        "year": year,
        "years": year_options(years),
        "form": form,
        "changed": any(line.changes.all() for line in found),
        "closed": BookYear.objects.filter(book=held, year=year, closed_at__isnull=False).exists(),
    }
    return page(request, "fund/lines.html", context, status=422 if form.errors else 200)


@login_required
def budget(request):
    """预算执行: every line in sight of a year, by organisation: what may be spent, what is paid, what is left."""
    require(request.user, SEE)
    today = timezone.localdate()
    years = [today.year, today.year - 1, today.year - 2]
    year = year_asked(request, years)
    kind = request.GET.get("kind") if request.GET.get("kind") in Book.Kind.values else ""
    found = BudgetLine.objects.where(request.user, SEE).filter(year=year).select_related("book__organisation")
    found = found.filter(book__kind=kind) if kind else found
    found = found.order_by("book__organisation__path", "book", "code")
    if request.GET.get("format") == "xlsx":
        file = exports.export_budget(selectors.lines_of(found), year=year, by=request.user)
        return sheet_response(file, f"预算执行-{year}.xlsx")
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": selectors.lines_of(listed.object_list),
        "totals": selectors.totals_of(found),
        "year": year,
        "years": year_options(years),
        "kinds": [("", "全部"), *Book.Kind.choices],
        "query": request.GET.urlencode(),
    }
    return page(request, "fund/budget.html", context, fragment="fund/_budget.html")


@login_required
def accounts(request, uid):
    """Where the money lies, and the form that adds a place."""
    held = book_asked(request, uid)
    form = AccountForm(request.POST or None)
    if request.method == "POST":
        require(request.user, RECORD, held.organisation)
        if form.is_valid() and done(form, services.add_account, book=held, by=request.user, **form.cleaned_data):
            messages.success(request, f"已添加{form.cleaned_data['name']}。")
            return redirect("fund:accounts", uid)
    context = may(request.user, held) | {
        "book": held,
        "accounts": Account.objects.filter(book=held).order_by("code"),
        "form": form,
    }
    return page(request, "fund/accounts.html", context, status=422 if form.errors else 200)


@login_required
def account(request, uid):
    """One account's lines of a year with its running balance."""
    rows = Account.objects.select_related("book__organisation")
    held, today = in_sight(request, rows, of=lambda account: account.book, uid=uid), timezone.localdate()
    years = selectors.years_of(held.book, today)
    year = year_asked(request, years)
    listed = running_in(held, year)
    if request.GET.get("format") == "xlsx":
        file = exports.export_account(held, listed, year=year, by=request.user)
        return sheet_response(file, f"{held.name}-{year}.xlsx")
    context = {
        "book": held.book,
        "account": held,
        "opening": listed[0].after - listed[0].moved if listed else held.balance if year == years[0] else 0,
        "page": Paginator(listed, A_PAGE).get_page(request.GET.get("page")),
        "year": year,
        "years": year_options(years),
    }
    return page(request, "fund/account.html", context)


@login_required
def close(request, uid):
    """What closing a year will do, then closing it."""
    held, today = book_asked(request, uid), timezone.localdate()
    require(request.user, CLOSE, held.organisation)
    open_years = BookYear.objects.filter(book=held, closed_at=None).order_by("year")
    year, form = open_years.first(), Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = year_named(request.POST.get("year")) or year.year  # as shown: a page sent twice does not close the year after
        if done(form, services.close_year, book=held, year=asked, by=request.user, today=today):
            messages.success(request, f"{asked} 年已结账，余额转入 {asked + 1} 年。")
            return redirect("fund:book", uid)
    closed = BookYear.objects.filter(book=held, closed_at__isnull=False).select_related("closed_by").prefetch_related("ends__account")
    context = {"book": held, "year": year, "closed": closed, "form": form, "is_over": year.year < today.year}
    return page(request, "fund/close.html", context, status=422 if form.errors else 200)
