"""欠交: who owes months that are over; at six in a row, what the rules ask people to do."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.utils import timezone

from branches.access import can
from branches.selectors import trail
from members.dues.rules import LAPSE_MONTHS
from members.dues.selectors.arrears import arrears_within
from members.dues.views.scope import organisation_asked
from partyportal.core.htmx import page

ROWS_A_PAGE = 60
PROCEDURE = (
    "支部先找本人谈话，问清楚有没有正当理由；联系不上的，按失联党员办。",
    "有正当理由的，支部报减免或者补交，按规定补交一般不超过六个月。",
    "没有正当理由连续六个月不交的，支委会研究提出意见，提交支部大会讨论决定除名。",
    "报上级党组织批准，把决定通知本人；批准后在“名册”里登记除名。",
)


@login_required
def arrears(request):
    """The longest row first. The system flags and reminds; it strikes nobody off."""
    organisation, today = organisation_asked(request), timezone.localdate()
    found = arrears_within(organisation, today=today)
    stage = request.GET.get("months", "")
    least = int(stage) if stage in {"1", "3", "5", "6"} else 1
    shown = [one for one in found if one.consecutive >= least]
    context = {
        "organisation": organisation,
        "above": trail(organisation, request.user),
        "counts": [(str(n), f"连续 {n} 个月以上", sum(one.consecutive >= n for one in found)) for n in (1, 3, 5, LAPSE_MONTHS)],
        "least": str(least),
        "lapsing": sum(one.may_have_lapsed for one in found),
        "page": Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "procedure": PROCEDURE,
        "may_exempt": can(request.user, "dues.exempt", organisation),
    }
    return page(request, "dues/arrears.html", context)
