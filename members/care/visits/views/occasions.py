"""走访时机: what the county keeps, the day of each year, and a round opened."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import require
from members.care.visits.forms import DayForm, OccasionForm, RoundForm
from members.care.visits.models import Occasion, Round
from members.care.visits.selectors import criteria, dues
from members.care.visits.services import occasions as services
from members.care.visits.services import rounds
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

KEEP = "care.criteria"


@never_cache
@login_required
def occasion_list(request):
    """Every occasion with its next day, and what is to be opened."""
    require(request.user, KEEP)
    today = timezone.localdate()
    names = criteria.names()
    context = {
        "today": today,
        "rows": [(one, "、".join(names.get(code, code) for code in one.occasion.criteria)) for one in dues.coming(today)],
    }
    return page(request, "visits/occasions.html", context)


@never_cache
@login_required
def occasion_new(request):
    """An occasion of the county's own."""
    require(request.user, KEEP)
    form = OccasionForm(request.POST or None, lists=criteria.names(), is_new=True)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.keep_occasion(None, by=request.user, **form.cleaned_data)
            messages.success(request, f"{made.name}已设好。")
            return redirect("visits:occasion", made.uid)
    return page(request, "visits/occasion_new.html", {"form": form}, status=422 if form.errors else None)


@never_cache
@login_required
def occasion(request, uid):
    """One occasion: changed, its day set, a round opened."""
    require(request.user, KEEP)
    held = get_object_or_404(Occasion, uid=uid)
    form = OccasionForm(request.POST or None, lists=criteria.names(), is_new=False, initial=_said(held))
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.keep_occasion(held, by=request.user, **form.cleaned_data)
            messages.success(request, "已改好。已经开始的一轮不受影响。")
            return redirect("visits:occasion", uid)
    return _page_of(request, held, form=form, status=422 if form.errors else None)


@login_required
@require_POST
def occasion_day(request, uid):
    """The festival's day in a year."""
    require(request.user, KEEP)
    held = get_object_or_404(Occasion, uid=uid)
    form = DayForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.set_day(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, "日子已设好。")
            return redirect("visits:occasion", uid)
    return _page_of(request, held, day=form, status=422)


@login_required
@require_POST
def round_open(request, uid):
    """Fix who is due and begin."""
    require(request.user, KEEP)
    held = get_object_or_404(Occasion, uid=uid)
    form = RoundForm(request.POST)
    if form.is_valid():
        with refusals(form):
            made = rounds.open_round(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, f"{made}已开始，名单上 {made.dues.count()} 人。各支部首页上有了。")
            return redirect("visits:occasions")
    return _page_of(request, held, opening=form, status=422)


@login_required
@require_POST
def round_refresh(request, uid):
    """Add whoever has come onto the lists since; each night does the same."""
    require(request.user, KEEP)
    held = get_object_or_404(Round.objects.select_related("occasion"), uid=uid)
    try:
        added = rounds.bring_up_to_date(held, today=timezone.localdate(), by=request.user)
        messages.success(request, f"名单更新了，新列入 {added} 人。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("visits:occasions")


def _said(held: Occasion) -> dict:
    return {
        name: getattr(held, name) for name in ("code", "name", "source", "criteria", "owed_by", "days", "before", "month", "day", "is_open")
    }


def _page_of(request, held: Occasion, *, form=None, day=None, opening=None, status: int | None = None):
    today = timezone.localdate()
    coming = next(one for one in dues.coming(today) if one.occasion.pk == held.pk)
    proposed = {"start": today, "due_on": coming.due_on}
    context = {
        "occasion": held,
        "coming": coming,
        "today": today,
        "form": form or OccasionForm(lists=criteria.names(), is_new=False, initial=_said(held)),
        "day": day or DayForm(),
        "opening": opening or (RoundForm(initial=proposed) if held.is_open and coming.due_on and coming.opened is None else None),
        "festivals": held.festivals.filter(on__gte=today) if not held.month else [],
        "rounds": held.rounds.all()[:8],
    }
    return page(request, "visits/occasion.html", context, status=status)
