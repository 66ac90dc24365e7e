"""抽查: a committee's draws, and what it found in each meeting drawn."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from branches.access import can, paths_for, require
from branches.models import Organisation
from education import services
from education.forms import DrawForm
from education.models import DrawnMeeting, SpotCheck
from partyportal.core.days import month_of, months_after
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.numbers import number_named

CHECKS_A_PAGE = 30
USUAL = 5  # how many the form proposes


@login_required
def checks(request):
    """The draws in sight, latest first, with what still waits."""
    require(request.user, "education.return")
    waiting = Count("drawn", filter=Q(drawn__outcome=DrawnMeeting.Outcome.WAITING))
    returned = Count("drawn", filter=Q(drawn__outcome=DrawnMeeting.Outcome.RETURNED))
    found = SpotCheck.objects.visible_to(request.user).select_related("organisation", "drawn_by")
    found = found.annotate(lots=Count("drawn"), waiting=waiting, returned=returned).order_by("-drawn_on", "-id")
    return page(request, "education/checks.html", {"page": Paginator(found, CHECKS_A_PAGE).get_page(request.GET.get("page"))})


@never_cache
@login_required
def check_new(request):
    """Draw: the committee says the period and how many, the lot says which."""
    require(request.user, "education.return")
    committee = Organisation.objects.filter(path=paths_for(request.user, "education.return")[0]).get()
    today = timezone.localdate()
    initial = {"since": months_after(month_of(today), -2), "until": today, "count": USUAL}
    form = DrawForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            check = services.draw_meetings(organisation=committee, by=request.user, today=today, **form.cleaned_data)
            return redirect("education:check", check.uid)
    return page(request, "education/check_new.html", {"form": form, "committee": committee}, status=422 if form.errors else None)


@never_cache
@login_required
def check(request, uid):
    """One draw and its meetings; each is let pass here, or returned on its own page."""
    require(request.user, "education.return")
    rows = SpotCheck.objects.visible_to(request.user).select_related("organisation", "drawn_by")
    held = get_object_or_404(rows, uid=uid)
    drawn = held.drawn.select_related("meeting__organisation", "checked_by").defer("meeting__minutes", "meeting__decisions")
    if request.method == "POST":
        require(request.user, "education.return", held.organisation)
        row = get_object_or_404(held.drawn.select_related("meeting"), position=number_named(request.POST.get("position")))
        try:
            services.pass_drawn(row, by=request.user, today=timezone.localdate())
            messages.success(request, "已记：没有问题。")
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return redirect("education:check", uid)
    context = {
        "check": held,
        "drawn": [(row, {"position": row.position}) for row in drawn],
        "may_pass": can(request.user, "education.return", held.organisation),
    }
    return page(request, "education/check.html", context)
