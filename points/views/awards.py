"""人工认定: what was filed, filing, and the second person's decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from branches.access import can, require
from branches.models import Organisation
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.forms import refuse
from partyportal.core.htmx import page
from points import services
from points.forms import AwardForm, RefusalForm
from points.models import Award, Item
from points.selectors.schemes import manual_items

AWARDS_A_PAGE = 50
STATES = [(Award.State.FILED, "待确认"), (Award.State.CONFIRMED, "已确认"), (Award.State.REFUSED, "未认定")]


@login_required
def awards(request):
    """What waits for a second person, what was decided."""
    state = request.GET.get("state") if request.GET.get("state") in Award.State.values else Award.State.FILED
    seen = Award.objects.visible_to(request.user).select_related("member", "organisation", "filed_by", "decided_by")
    listed = Paginator(seen.filter(state=state).order_by("-filed_at", "-id"), AWARDS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "state": state,
        "tabs": [(label, f"?state={value}", value == state) for value, label in STATES],
        "may_award": can(request.user, "points.award"),
    }
    return page(request, "points/awards.html", context, fragment="points/_awards.html")


@login_required
def award_new(request):
    """File a deed for a member of one's own branch; another person confirms it."""
    require(request.user, "points.award")
    branch, today = _branch(request), timezone.localdate()
    members = Member.objects.at_home().filter(branch=branch).order_by("pinyin", "id") if branch else Member.objects.none()
    items = manual_items(branch, today) if branch else Item.objects.none()
    initial = {"day": today, "units": 1, "member": request.GET.get("member", "")}
    form = AwardForm(request.POST or None, members=members, items=items, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            award = services.file_award(by=request.user, today=today, **form.cleaned_data)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记：{award.title}。等另一个人确认后计分。")
            return redirect("points:award", award.uid)
    branches = Organisation.objects.where(request.user, "points.award").branches().existing().order_by("code")
    context = {"form": form, "branch": branch, "branches": [] if branch else branches[:400]}
    return page(request, "points/award_new.html", context, status=422 if form.errors else 200)


def _branch(request) -> Organisation | None:
    """The branch asked for, or the only one; None asks the user to choose."""
    mine = Organisation.objects.where(request.user, "points.award").branches().existing()
    if code := request.GET.get("organisation"):
        return get_object_or_404(mine, code=code)
    two = list(mine[:2])
    return two[0] if len(two) == 1 else None


@login_required
def award(request, uid):
    """One filed deed, with what decides it."""
    return _award_page(request, _award_or_404(request, uid), RefusalForm())


@login_required
def award_decide(request, uid):
    """The second person's word."""
    held = _award_or_404(request, uid)
    require(request.user, "points.confirm", held.organisation)
    if request.method != "POST":
        return redirect("points:award", uid)
    form = RefusalForm(request.POST)
    try:
        if request.POST.get("decision") == "confirm":
            services.confirm_award(held, by=request.user)
            messages.success(request, "已认定，积分马上记上。")
            return redirect("points:award", uid)
        if form.is_valid():
            services.refuse_award(held, by=request.user, **form.cleaned_data)
            messages.success(request, "已退回，登记的人会看到原因。")
            return redirect("points:award", uid)
    except DomainError as refusal:
        refuse(form, refusal)
    return _award_page(request, held, form, status=422)


def _award_or_404(request, uid) -> Award:
    seen = Award.objects.visible_to(request.user).select_related("member", "organisation", "filed_by", "decided_by")
    return get_object_or_404(seen, uid=uid)


def _award_page(request, award: Award, form: RefusalForm, *, status: int = 200):
    item = manual_items(award.organisation, award.day).filter(code=award.item_code).first()
    is_open = award.state == Award.State.FILED
    may_confirm = can(request.user, "points.confirm", award.organisation)
    own = award.filed_by_id == request.user.pk or award.member.user_id == request.user.pk
    context = {
        "award": award,
        "item": item,
        "worth": award.units * item.value if item else None,
        "form": form,
        "may_decide": is_open and may_confirm and not own,
        "why_not": "自己登记的要由另一个人确认。" if is_open and may_confirm and own else "",
    }
    return page(request, "points/award.html", context, status=status)
