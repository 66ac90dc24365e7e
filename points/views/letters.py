"""季度积分告知书: a member's quarter on one sheet, and a branch's whole print run for those without a phone."""

from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.module_loading import import_string

from branches.models import Organisation
from branches.selectors import trail
from members.models import Member
from partyportal.core.htmx import page
from points.selectors import letters as selectors
from points.selectors.overviews import years_on_record
from points.settlement.grades import GradePeriod
from points.views.grades import appraised, chosen_period


@login_required
def letter(request, uid):
    """One's own, or that of a member in sight."""
    member = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch").defer("id_number"), uid=uid)
    today = timezone.localdate()
    years = years_on_record(today)
    period = _quarter(request, today, years)
    context = {
        "letters": [selectors.letter_of(member, period, today=today)],
        "member": member,
        "organisation": member.branch,
        "until": _until(member.branch, period),
        "is_own": member.user_id == request.user.pk,
        "period": period,
        "period_choices": _choices(today, years),
        "today": today,
    }
    return page(request, "points/letters.html", context)


@login_required
def letters(request):
    """Everybody's of a branch, a sheet each; of anything above, what hangs right below it, down to a branch."""
    organisation, today = appraised(request), timezone.localdate()
    years = years_on_record(today)
    period = _quarter(request, today, years)
    context = {
        "letters": selectors.letters_of(organisation, period, today=today) if organisation.is_branch else [],
        "below": [] if organisation.is_branch else _below(organisation),
        "until": _until(organisation, period),
        "above": trail(organisation, request.user),
        "organisation": organisation,
        "period": period,
        "period_choices": _choices(today, years),
        "today": today,
    }
    return page(request, "points/letters.html", context)


def _below(organisation: Organisation):
    return organisation.children.existing().exclude(kind=Organisation.Kind.GROUP).order_by("code")


def _until(branch: Organisation | None, period: GradePeriod) -> date | None:
    """The last day to object; None while the branch has not published the quarter."""
    if branch is None or not branch.is_branch:
        return None
    return import_string(settings.OBJECTION_UNTIL)(branch.pk, period.year, period.quarter)


def _quarter(request, today, years: list[int]) -> GradePeriod:
    """The quarter asked for, else the last one that has ended."""
    ended = GradePeriod.of(today).before
    asked = chosen_period(request, years, default=ended)
    return asked if asked.quarter and asked.first <= today else ended


def _choices(today, years: list[int]) -> list[tuple[str, str]]:
    """Newest first; the running quarter too, as it stands today."""
    quarters = [GradePeriod(year, quarter) for year in years[:3] for quarter in (4, 3, 2, 1)]
    return [(period.value, period.label) for period in quarters if period.first <= today]
