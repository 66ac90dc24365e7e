"""Deciding and paying many at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import require
from branches.models import Organisation
from members.care.aid import rules
from members.care.aid.forms import BulkForm
from members.care.aid.selectors import cases as selectors
from members.care.aid.services.decisions import decide_many
from members.care.aid.services.payments import pay_many
from members.care.aid.views.cases import LABELS
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

A_PAGE = 100


@never_cache
@login_required
def bulk(request, act):
    """What this user may review, approve, prepare or confirm now: ticked, and done in one act or not at all."""
    if act not in selectors.BULK:
        raise Http404
    require(request.user, selectors.BULK[act])
    today = timezone.localdate()
    found = selectors.for_bulk(request.user, act, today)
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    chosen = set(request.POST.getlist("chosen"))
    lines = None
    if act == rules.APPROVE:
        places = Organisation.objects.filter(pk__in=found.order_by().values("organisation"))
        lines = selectors.lines_for(request.user, list(places), today)
    form = BulkForm(request.POST if request.method == "POST" else None, act=act, lines=lines)
    if request.method == "POST" and form.is_valid():
        cases = [one for one in listed if str(one.uid) in chosen]
        many = decide_many if act in {rules.REVIEW, rules.APPROVE} else pay_many
        with refusals(form):
            done = many(cases, act, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"{LABELS[act][0]} {len(done)} 件。")
            return redirect(reverse("aid:bulk", args=[act]))
    context = {
        "page": listed,
        "rows": [(one, str(one.uid) in chosen, (today - one.acted_on).days) for one in listed],
        "act": act,
        "label": LABELS[act][0],
        "form": form,
        "total": sum((one.amount or one.amount_asked for one in listed), 0),
    }
    return page(request, "aid/bulk.html", context, status=422 if form.errors else None)
