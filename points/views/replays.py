"""回放: a past period as it stood on a day, against today."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.selectors import trail
from members.models import Member
from partyportal.core.htmx import page
from points.forms.replays import ReplayForm
from points.selectors import replays
from points.settlement.grades import GradePeriod
from points.views.accounts import asked_organisation


@login_required
def replay(request):
    """A subtree: what stood then, what the rules and facts known then give, what stands now."""
    organisation = asked_organisation(request)
    form, period, on = _asked(request)
    context = {"organisation": organisation, "above": trail(organisation, request.user), "form": form, "period": period, "on": on}
    if form.is_valid():
        rows = replays.replay_of(organisation, period, on=on)
        context |= {
            "rows": rows,
            "changed": sum(row.changed for row in rows),
            "unsettled": any(row.stood != row.recomputed for row in rows),
        }
    return page(request, "points/replay.html", context, status=200 if form.is_valid() else 422)


@login_required
def member_replay(request, uid):
    """One member: every line that says something else now, and why."""
    member = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch"), uid=uid)
    form, period, on = _asked(request)
    context = {"member": member, "form": form, "period": period, "on": on, "is_own": member.user_id == request.user.pk}
    if form.is_valid():
        context["row"], context["changes"] = replays.changes_of(member, period, on=on)
    return page(request, "points/member_replay.html", context, status=200 if form.is_valid() else 422)


def _asked(request) -> tuple[ReplayForm, GradePeriod, date]:
    """The form, and what to show when nothing is asked: the quarter before this one, as it stood at its end."""
    today = timezone.localdate()
    last = GradePeriod.of(today).before
    usual = {"period": last.value, "on": last.last.isoformat()}
    form = ReplayForm(usual | {name: value for name, value in request.GET.items() if name in usual}, today=today)
    if usual["period"] not in form.periods:
        usual["period"] = next(iter(form.periods))
        form = ReplayForm(usual | {name: value for name, value in request.GET.items() if name in usual}, today=today)
    if not form.is_valid():
        return form, last, last.last
    return form, form.periods[form.cleaned_data["period"]], form.cleaned_data["on"]
