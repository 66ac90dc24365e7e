"""支出: what was approved and where it stands, expenses of 党建经费, preparing, and what waits for the second person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.care.fund.forms import ExpenseForm, PrepareForm, ReasonForm
from members.care.fund.models import Book, BudgetLine, Claim, Payment, Source
from members.care.fund.selectors import claims as selectors
from members.care.fund.services import claims as services
from members.care.fund.services import payments
from members.care.fund.views.scope import CONFIRM, RECORD, book_asked, done, in_sight, may
from partyportal.core import attachments
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.uid import new_uid, uid_named

A_PAGE, AT_ONCE = 50, 20  # more than so many are confirmed in the background
ROWS = Claim.objects.select_related("book__organisation", "line", "organisation", "recorded_by", "document")


@login_required
def claims(request, uid):
    """What was approved, latest first, and where each stands."""
    held = book_asked(request, uid)
    state = request.GET.get("state") if request.GET.get("state") in selectors.WORDS else ""
    found = selectors.in_state(Claim.objects.filter(book=held).select_related("line", "organisation", "recorded_by"), state)
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = may(request.user, held) | {
        "book": held,
        "page": listed,
        "rows": [(claim, *selectors.told(claim)) for claim in listed.object_list],
        "states": [("", "全部"), *selectors.WORDS.items()],
        "spends": held.kind == Book.Kind.OPERATING,
    }
    return page(request, "fund/claims.html", context, fragment="fund/_claims.html")


@login_required
def spend(request, uid):
    """An expense of 党建经费: its document, and one press makes it ready for the second person."""
    held, today = book_asked(request, uid, RECORD), timezone.localdate()
    if held.kind != Book.Kind.OPERATING:
        raise Http404
    lines = BudgetLine.objects.filter(book=held, year=today.year).select_related("book").order_by("code")
    asked = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ExpenseForm(*asked, lines=lines, initial={"uid": new_uid()})
    if request.method == "POST" and form.is_valid():
        said = {"organisation": held.organisation, "by": request.user, "today": today}
        if done(form, services.spend, **said, **form.cleaned_data):
            messages.success(request, "已登记，另一个人复核以后付款记账。")
            return redirect("fund:book", uid)
    return page(request, "fund/spend.html", {"book": held, "form": form, "lines": lines}, status=422 if form.errors else 200)


@login_required
def claim(request, uid):
    """One claim with its vouchers and payments, and the next step."""
    return _claim_page(request, _claim(request, uid))


@login_required
@require_POST
def claim_prepare(request, uid):
    """Make it ready for the second person."""
    held = _claim(request, uid, RECORD)
    form = PrepareForm(request.POST, book=held.book)
    if form.is_valid() and done(form, payments.prepare, claim=held, by=request.user, today=timezone.localdate(), **form.cleaned_data):
        messages.success(request, "付款单已制好，等另一个人复核。")
        return redirect("fund:claim", uid)
    return _claim_page(request, held, preparing=form, status=422)


@login_required
@require_POST
def claim_release(request, uid):
    """It will not be paid."""
    held = _claim(request, uid, CONFIRM)
    form = ReasonForm(request.POST)
    if form.is_valid() and done(form, services.release, claim=held, by=request.user, today=timezone.localdate(), **form.cleaned_data):
        messages.success(request, "已撤销，这笔钱又可以用了。")
        return redirect("fund:claim", uid)
    return _claim_page(request, held, releasing=form, status=422)


@never_cache
@login_required
def claim_document(request, uid):
    """The invoice."""
    held = _claim(request, uid)
    if held.document is None:
        raise Http404
    return attachments.streamed(held.document)


@login_required
def waiting(request):
    """What others recorded and prepared in one's books: one press confirms what is ticked."""
    require(request.user, CONFIRM)
    sources = Source.objects.where(request.user, CONFIRM).filter(state=Source.State.RECORDED)
    prepared = Payment.objects.where(request.user, CONFIRM).filter(state=Payment.State.PREPARED)
    sources = sources.select_related("book__organisation", "recorded_by").order_by("day", "id")
    prepared = prepared.select_related("claim__book__organisation", "claim__line", "prepared_by", "account").order_by("id")
    listed = Paginator(prepared, A_PAGE).get_page(request.GET.get("page"))
    rows = [(row, row.prepared_by_id != request.user.pk) for row in listed.object_list]
    context = {
        "sources": [(row, row.recorded_by_id != request.user.pk) for row in sources[:A_PAGE]],
        "page": listed,
        "rows": rows,
        "mine": sum(mine for _, mine in rows),
        "total": sum(row.claim.amount for row, mine in rows if mine),
    }
    return page(request, "fund/waiting.html", context)


@login_required
@require_POST
def payments_confirm(request):
    """Confirm the ticked: a few at once, many in the background."""
    require(request.user, CONFIRM)
    held = list(Payment.objects.where(request.user, CONFIRM).filter(uid__in=map(uid_named, request.POST.getlist("chosen"))))
    today = timezone.localdate()
    if len(held) > AT_ONCE:
        payments.confirm_in_job(held, by=request.user, today=today)
        messages.success(request, f"正在复核 {len(held)} 笔，可以离开这一页，在任务里看结果。")
        return redirect("core:jobs")
    told = payments.confirm_many([payment.uid for payment in held], by=request.user, today=today)
    if told["paid"]:
        messages.success(request, f"已复核付款 {told['paid']} 笔。")
    for sentence in sorted({refusal["message"] for refusal in told["refused"]}):
        messages.error(request, sentence)
    if not held:
        messages.error(request, "还没有选，勾上点清的再按。")
    elif not told["paid"] and not told["refused"]:
        messages.info(request, "这几笔刚才已经有人办过。")
    return redirect("fund:waiting")


@login_required
@require_POST
def payment_return(request, uid):
    """Send a payment back; who prepared it may take it back too."""
    rows = Payment.objects.select_related("claim__book__organisation")
    held = in_sight(request, rows, RECORD, of=lambda payment: payment.claim.book, uid=uid)
    form = ReasonForm(request.POST)
    if form.is_valid() and done(form, payments.send_back, payment=held, by=request.user, today=timezone.localdate(), **form.cleaned_data):
        messages.success(request, "付款单已退回，没有付。")
        return redirect("fund:claim", held.claim.uid)
    return _claim_page(request, _claim(request, held.claim.uid), returning=form, status=422)


@login_required
@require_POST
def payment_confirm(request, uid):
    """The second person's yes to one payment."""
    rows = Payment.objects.select_related("claim__book__organisation")
    held = in_sight(request, rows, CONFIRM, of=lambda payment: payment.claim.book, uid=uid)
    try:
        voucher = payments.confirm(held, by=request.user, today=timezone.localdate())
        messages.success(request, f"已付款记账，凭证 {voucher}。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("fund:claim", held.claim.uid)


def _claim(request, uid, verb: str = "fund.see") -> Claim:
    return in_sight(request, ROWS, verb, of=lambda claim: claim.book, uid=uid)


def _claim_page(request, held: Claim, *, preparing=None, releasing=None, returning=None, status: int = 200):
    state = selectors.state_of([held])[held.pk]
    user, organisation = request.user, held.book.organisation
    records, confirms = can(user, RECORD, organisation), can(user, CONFIRM, organisation)
    waits = held.payments.filter(state=Payment.State.PREPARED).select_related("prepared_by", "account").first()
    payable = state in ("reserved", "reversed")
    context = {
        "claim": held,
        "book": held.book,
        "chip": selectors.chip_of(state),
        "vouchers": held.vouchers.select_related("made_by", "checked_by").order_by("turn"),
        "payments": held.payments.select_related("prepared_by", "confirmed_by", "account").order_by("pk"),
        "waits": waits,
        "may_confirm": bool(waits) and confirms and waits.prepared_by_id != user.pk,
        "preparing": preparing or (PrepareForm(book=held.book) if payable and records else None),
        "releasing": releasing or (ReasonForm(auto_id="id_release_%s") if payable and confirms else None),
        "returning": (returning or ReasonForm(auto_id="id_return_%s")) if waits and records else None,
        "refused": next((form for form in (preparing, releasing, returning) if form is not None), None),
    }
    return page(request, "fund/claim.html", context, status=status)
