"""收入: the list, recording one, confirming or sending it back, its paper and its certificate, the donors."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can
from members.care.fund.forms import ReasonForm, SourceForm
from members.care.fund.models import Source
from members.care.fund.parameters import CERTIFICATE_ABOVE
from members.care.fund.selectors.books import years_of
from members.care.fund.selectors.statements import donations
from members.care.fund.services import exports
from members.care.fund.services import sources as services
from members.care.fund.views.scope import CONFIRM, RECORD, book_asked, done, in_sight, may, year_asked, year_options
from partyportal.core import attachments
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response
from partyportal.core.uid import new_uid

A_PAGE = 50
ROWS = Source.objects.select_related("book__organisation", "account", "recorded_by", "decided_by", "document")


@login_required
def sources(request, uid):
    """What came in, latest first; of a year, a kind, a state."""
    held, today = book_asked(request, uid), timezone.localdate()
    years = years_of(held, today)
    year = year_asked(request, years)
    kind = request.GET.get("kind") if request.GET.get("kind") in Source.Kind.values else ""
    found = Source.objects.filter(book=held, day__year=year).select_related("recorded_by", "decided_by").prefetch_related("vouchers")
    found = found.filter(kind=kind) if kind else found
    context = may(request.user, held) | {
        "book": held,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "year": year,
        "years": year_options(years),
        "kinds": [("", "全部"), *Source.Kind.choices],
    }
    return page(request, "fund/sources.html", context, fragment="fund/_sources.html")


@login_required
def source_new(request, uid):
    """Money that came in."""
    held, today = book_asked(request, uid, RECORD), timezone.localdate()
    asked = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SourceForm(*asked, book=held, initial={"day": today, "uid": new_uid()})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, services.record, book=held, by=request.user, today=today, **form.cleaned_data)
    ):
        messages.success(request, "已登记，另一个人复核以后入账。")
        return redirect("fund:book", uid)
    context = {"book": held, "form": form, "above": value_on(today, CERTIFICATE_ABOVE)}
    return page(request, "fund/source_new.html", context, status=422 if form.errors else 200)


@login_required
def source(request, uid):
    """One sum that came in, with its vouchers and what is to be done."""
    return _source_page(request, _source(request, uid))


@login_required
@require_POST
def source_confirm(request, uid):
    """The second person's yes."""
    held = _source(request, uid, CONFIRM)
    try:
        voucher = services.confirm(held, by=request.user, today=timezone.localdate())
        messages.success(request, f"已入账，凭证 {voucher}。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("fund:source", uid)


@login_required
@require_POST
def source_return(request, uid):
    """The second person's no, or the first one's taking back."""
    held = _source(request, uid, RECORD)
    form = ReasonForm(request.POST)
    if form.is_valid() and done(form, services.send_back, source=held, by=request.user, **form.cleaned_data):
        messages.success(request, "已退回，没有入账。")
        return redirect("fund:source", uid)
    return _source_page(request, held, form=form, status=422)


@never_cache
@login_required
def source_document(request, uid):
    """Its paper."""
    held = _source(request, uid)
    if held.document is None:
        raise Http404
    return attachments.streamed(held.document)


@login_required
def certificate(request, uid):
    """The donor's certificate, to print."""
    held = _source(request, uid)
    if held.certificate is None:
        raise Http404
    return page(request, "fund/certificate.html", {"source": held, "book": held.book})


@login_required
def donors(request, uid):
    """Who gave, in a year: to thank and to print; who would not be named is not named."""
    held, today = book_asked(request, uid), timezone.localdate()
    years = years_of(held, today)
    year = year_asked(request, years)
    rows = list(donations(held, year))
    if request.GET.get("format") == "xlsx":
        file = exports.export_donors(held, rows, year=year, by=request.user)
        return sheet_response(file, f"捐赠名单-{year}.xlsx")
    context = {
        "book": held,
        "rows": rows,
        "total": sum(row.amount for row in rows),
        "year": year,
        "years": year_options(years),
        "above": value_on(today, CERTIFICATE_ABOVE),
    }
    return page(request, "fund/donors.html", context)


def _source(request, uid, verb: str = "fund.see") -> Source:
    return in_sight(request, ROWS, verb, of=lambda source: source.book, uid=uid)


def _source_page(request, held: Source, *, form=None, status: int = 200):
    waits = held.state == Source.State.RECORDED
    context = {
        "source": held,
        "book": held.book,
        "vouchers": held.vouchers.order_by("turn"),
        "may_confirm": waits and held.recorded_by_id != request.user.pk and can(request.user, CONFIRM, held.book.organisation),
        "own": waits and held.recorded_by_id == request.user.pk,
        "form": (form or ReasonForm()) if waits and can(request.user, RECORD, held.book.organisation) else None,
    }
    return page(request, "fund/source.html", context, status=status)
