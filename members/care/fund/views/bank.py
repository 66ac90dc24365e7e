"""银行对账: the months, sending one in, the two sides beside each other, agreeing to them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.care.fund.forms import BankForm
from members.care.fund.models import BankStatement
from members.care.fund.services import bank as services
from members.care.fund.views.scope import CONFIRM, RECORD, book_asked, in_sight, may
from partyportal.core.errors import DomainError
from partyportal.core.forms import refuse
from partyportal.core.htmx import page

FAULTS_SHOWN = 50
ROWS = BankStatement.objects.select_related("account__book__organisation", "uploaded_by", "confirmed_by")


@login_required
def bank(request, uid):
    """The months that were laid beside the bank's, and the form for the next."""
    held, today = book_asked(request, uid), timezone.localdate()
    asked = (request.POST, request.FILES) if request.method == "POST" else ()
    form, faults = BankForm(*asked, book=held, initial={"month": f"{today:%Y-%m}"}), []
    if request.method == "POST":
        require(request.user, RECORD, held.organisation)
        if form.is_valid():
            said = dict(form.cleaned_data)
            try:
                sent = services.upload(said.pop("file").read(), by=request.user, today=today, **said)
                return redirect("fund:bank_statement", sent.uid)
            except DomainError as refusal:
                refuse(form, refusal)
                faults = getattr(refusal, "faults", [])
    statements = BankStatement.objects.filter(account__book=held).select_related("account", "uploaded_by", "confirmed_by")
    context = may(request.user, held) | {"book": held, "statements": statements[:36], "form": form, "faults": faults[:FAULTS_SHOWN]}
    return page(request, "fund/bank.html", context, status=422 if form.errors else 200)


@login_required
def bank_statement(request, uid):
    """The two sides of a month: what answers, what does not, and whether they agree."""
    held = _statement(request, uid)
    organisation = held.account.book.organisation
    open_ = held.confirmed_at is None
    context = {
        "statement": held,
        "book": held.account.book,
        "beside": services.beside(held),
        "lines": held.lines.select_related("answers__voucher__source", "answers__voucher__claim").order_by("row"),
        "may_record": open_ and can(request.user, RECORD, organisation),
        "may_confirm": open_ and held.uploaded_by_id != request.user.pk and can(request.user, CONFIRM, organisation),
    }
    return page(request, "fund/bank_statement.html", context)


@login_required
@require_POST
def bank_match(request, uid):
    """Once more, after something was entered."""
    held = _statement(request, uid, RECORD)
    try:
        count = services.match_again(held, by=request.user)
        messages.success(request, f"又对上 {count} 笔。" if count else "没有新对上的。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("fund:bank_statement", uid)


@login_required
@require_POST
def bank_confirm(request, uid):
    """The second person's yes."""
    held = _statement(request, uid, CONFIRM)
    try:
        services.confirm(held, by=request.user)
        messages.success(request, f"{held.month.year} 年 {held.month.month} 月的账已对好。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("fund:bank_statement", uid)


@login_required
@require_POST
def bank_discard(request, uid):
    """A wrong file."""
    held = _statement(request, uid, RECORD)
    book = held.account.book
    try:
        services.discard(held, by=request.user)
        messages.success(request, "已作废，可以重传。账里的凭证没有动。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("fund:bank", book.uid)


def _statement(request, uid, verb: str = "fund.see") -> BankStatement:
    return in_sight(request, ROWS, verb, of=lambda statement: statement.account.book, uid=uid)
