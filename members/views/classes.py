"""年老体弱: as what a member is counted, registered and taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import require
from members.forms.classes import EndExemptionForm, ExemptForm
from members.models import Member
from members.services import classes as services
from partyportal.core.forms import refusals
from partyportal.core.htmx import page


@never_cache
@login_required
def exemption(request, uid):
    """Register a member as 年老体弱, or say that they are not any more."""
    person = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch").defer("id_number"), uid=uid)
    require(request.user, "member.edit", person.branch)
    today = timezone.localdate()
    rows = list(person.classes.order_by("-start"))
    is_exempt = any(row.end is None and row.name == services.EXEMPT for row in rows)
    form = (EndExemptionForm if is_exempt else ExemptForm)(request.POST or None, initial={"start": today})
    if request.method == "POST" and form.is_valid():
        act = services.end_exemption if is_exempt else services.exempt
        with refusals(form):
            act(person, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"已登记。{person}的积分按新的分类重新计。")
            return redirect("members:member", uid)
    context = {"person": person, "rows": rows, "is_exempt": is_exempt, "form": form}
    return page(request, "members/exemption.html", context, status=422 if form.errors else None)
