"""The sign-in sheet on paper, before the meeting. Nobody signs in on a phone (DESIGN §1.1)."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from branches.access import require
from branches.models import Organisation
from branches.views.where import choose_organisation
from education.forms import SignInForm
from education.models import Meeting
from education.selectors.sign_in import sign_in_of
from partyportal.core.days import day_named
from partyportal.core.htmx import page


@login_required
def sign_in(request):
    """The names in the order of the roll with a cell to sign; who asked for leave, and who is not counted, are marked."""
    require(request.user, "education.record")
    code = request.GET.get("organisation")
    own = Organisation.objects.where(request.user, "education.record").branches().existing().select_related("parent")
    if not code:
        first = list(own[:2])
        if len(first) != 1:
            return choose_organisation(
                request, own, title="打印哪个支部的签到表", act="签到表", back=("组织生活", reverse("education:meetings"))
            )
        branch = first[0]
    else:
        branch = get_object_or_404(Organisation.objects.visible_to(request.user).branches(), code=code)
        require(request.user, "education.record", branch)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Meeting.Kind.values else Meeting.Kind.THEME_DAY.value
    group = Organisation.objects.filter(parent=branch, kind=Organisation.Kind.GROUP, code=request.GET.get("group", "")).first()
    day = _day(request)
    context = {
        "branch": branch,
        "group": group,
        "kind": Meeting.Kind(kind),
        "day": day,
        "form": SignInForm(initial={"day": day, "kind": kind}),
        "sheet": sign_in_of(organisation=branch, group=group, day=day, kind=kind),
    }
    return page(request, "education/sign_in.html", context)


def _day(request) -> date:
    """The day asked for, within a year of today; else today."""
    today, asked = timezone.localdate(), day_named(request.GET.get("day", ""))
    return asked if asked and abs((asked - today).days) <= 366 else today
