"""公示: what hangs in a branch, for its members and whoever handles it, on the screen and on paper."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from branches.access import can
from branches.models import Organisation
from members.care.aid.selectors.notices import branches_on_notice, on_notice
from members.models import Member
from partyportal.core.htmx import page


@login_required
def notices(request):
    """One branch's notice, as it is put up on the board; without a branch, where something hangs. A member is shown their own branch's."""
    today, handles = timezone.localdate(), can(request.user, "care.see")
    person = Member.objects.filter(user=request.user, left_on=None).defer("id_number").first()
    home = Organisation.objects.filter(pk=person.branch_id) if person is not None else Organisation.objects.none()
    if code := request.GET.get("organisation"):
        seen = Organisation.objects.where(request.user, "care.see").values("pk")
        branch = get_object_or_404(Organisation.objects.filter(pk__in=seen.union(home.values("pk"))), code=code)
    elif handles:
        return page(request, "aid/notices.html", {"branches": branches_on_notice(request.user, today)})
    else:
        branch = home.first()
    if branch is None:
        raise Http404
    context = {"branch": branch, "lines": on_notice(branch, today), "today": today, "handles": handles}
    return page(request, "aid/notice.html", context)
