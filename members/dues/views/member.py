"""One member's dues: their own page, and the same page for whoever collects, where a sum is recorded or taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.dues import services
from members.dues.forms import PayForm, ReasonForm
from members.dues.models import Payment
from members.dues.selectors import accounts
from members.dues.views.scope import COLLECT, year_asked
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.uid import new_uid


@login_required
def mine(request):
    """我的党费: what I paid, what I owe, how it is reckoned, and through which month."""
    own = Member.objects.filter(user=request.user).select_related("branch").first()
    if own is None:
        return page(request, "members/nobody.html", {"title": "我的党费"})
    return _account(request, own, is_own=True)


@login_required
def member(request, uid):
    """A member's year, for whoever collects from their branch."""
    return _account(request, _payer(request, uid), is_own=False)


@login_required
@require_POST
def pay(request, uid):
    """Record one sum of one member."""
    payer, today = _payer(request, uid), timezone.localdate()
    form = PayForm(request.POST, today=today)
    if form.is_valid():
        with refusals(form):
            collection = services.pay(payer, by=request.user, today=today, **form.cleaned_data)
            receipt = collection.payments.values_list("receipt", flat=True).first()
            messages.success(request, f"已记，收据号 {receipt}，等另一个人核对。")
            return redirect("dues:member", uid)
    return _account(request, payer, is_own=False, form=form, status=422)


@login_required
@require_POST
def reverse(request, uid):
    """冲正 a payment, with the reason."""
    seen = Payment.objects.visible_to(request.user).select_related("organisation", "member")
    payment = get_object_or_404(seen, uid=uid)
    require(request.user, COLLECT, payment.organisation)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有冲正。写上原因，如“金额记错”“记到了别人名下”。")
    else:
        try:
            services.reverse(payment, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, f"收据 {payment.receipt} 已冲正，它付的月份重新算没交。")
        except DomainError as refusal:
            messages.error(request, refusal.message)
    return redirect("dues:member", payment.member.uid)


def _payer(request, uid) -> Member:
    found = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch"), uid=uid)
    require(request.user, COLLECT, found.branch)
    return found


def _account(request, payer: Member, *, is_own: bool, form: PayForm | None = None, status: int = 200):
    today = timezone.localdate()
    year = year_asked(request, today)
    account = accounts.account_of(payer, year, today=today)
    may_collect = not is_own and payer.left_on is None and can(request.user, COLLECT, payer.branch)
    initial = {"uid": new_uid(), "day": today, "method": "cash", "until": f"{today:%Y-%m}", "amount": account.owed or None}
    context = {
        "account": account,
        "is_own": is_own,
        "year": year,
        "years": [(str(y), f"{y} 年") for y in accounts.years_of(payer, today=today)],
        "may_collect": may_collect,
        "form": form or PayForm(initial=initial, today=today),
    }
    return page(request, "dues/account.html", context, status=status)
