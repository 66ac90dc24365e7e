"""核对: what others recorded, for a second person to confirm with one press or to send back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from branches.access import require
from members.dues import services
from members.dues.forms import ReasonForm
from members.dues.models import Collection
from members.dues.views.scope import COLLECT
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.uid import uid_named

ROWS_A_PAGE = 50
STATES = [(Collection.State.RECORDED, "待核对"), (Collection.State.CONFIRMED, "已核对"), (Collection.State.RETURNED, "退回")]


@login_required
def confirm(request):
    """The collections of one's branches: what waits first, each with its money and who recorded it."""
    require(request.user, COLLECT)
    state = request.GET.get("state") if request.GET.get("state") in Collection.State.values else Collection.State.RECORDED
    found = (
        Collection.objects.where(request.user, COLLECT)
        .filter(state=state)
        .select_related("organisation", "recorded_by", "decided_by")
        .annotate(people=Count("payments__member", distinct=True), amount=Sum("payments__amount"))
        .order_by("-day", "-id")
    )
    listed = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(row, row.recorded_by_id != request.user.pk) for row in listed.object_list]
    context = {
        "page": listed,
        "rows": rows,
        "mine_to_confirm": sum(may for _, may in rows),
        "state": state,
        "tabs": [(label, f"?state={value}", value == state) for value, label in STATES],
    }
    return page(request, "dues/confirm.html", context)


@login_required
@require_POST
def confirm_all(request):
    """Confirm those ticked."""
    require(request.user, COLLECT)
    held = list(Collection.objects.where(request.user, COLLECT).filter(uid__in=map(uid_named, request.POST.getlist("chosen"))))
    try:
        if not held:
            raise DomainError("还没有选，勾上核对过的再按。")
        count = services.confirm(held, by=request.user)
        messages.success(request, f"已核对 {count} 批。" if count else "这几批刚才已经有人核对过。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("dues:confirm")


@login_required
def collection_return(request, uid):
    """One collection with its payments, and the form that sends it back."""
    held = get_object_or_404(
        Collection.objects.visible_to(request.user).select_related("organisation", "recorded_by", "decided_by"), uid=uid
    )
    require(request.user, COLLECT, held.organisation)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.return_collection(held, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, "已退回，这一批付的月份重新算没交。登记的人会看到原因。")
            return redirect("dues:confirm")
        except DomainError as refusal:
            form.add_error("reason", refusal.message)
    payments = held.payments.select_related("member", "reverses").prefetch_related("months").order_by("member__pinyin", "id")
    payments = payments.defer("member__id_number")
    context = {
        "collection": held,
        "payments": payments,
        "total": sum(payment.amount for payment in payments),
        "form": form,
        "may_decide": held.state == Collection.State.RECORDED and held.recorded_by_id != request.user.pk,
    }
    return page(request, "dues/collection.html", context, status=422 if form.errors else 200)
