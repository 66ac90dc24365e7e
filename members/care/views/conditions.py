"""Pages of what is recorded of members: the register, one member's file, one condition, and the member's own view."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.care.forms.conditions import ConditionForm, EndForm
from members.care.forms.lists import ConditionFilters
from members.care.models import Condition
from members.care.parameters import REVIEW_MONTHS
from members.care.rules.conditions import KINDS, review_due
from members.care.selectors import conditions as selectors
from members.care.selectors.overview import places
from members.care.services import conditions as services
from members.models import Member
from partyportal.core.attachments import streamed
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals, refuse
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on

A_PAGE = 50
DONE = {"review": "已复核：仍然是这样。", "end": "已登记结束。", "withdraw": "已撤回。这一条不再算数。"}


@login_required
@never_cache
def conditions(request):
    """The register of a subtree: what holds now, what is to be asked again, what is over."""
    require(request.user, "care.see")
    today, filters = timezone.localdate(), ConditionFilters(request.GET)
    code = filters.asked("organisation")
    within = get_object_or_404(Organisation.objects.where(request.user, "care.see"), code=code) if code else None
    asked = {name: filters.asked(name) for name in ("only", "kind")}
    found = selectors.register(request.user, within=within, text=filters.asked("q"), today=today, **asked)
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": _with_due(list(listed.object_list), today),
        "within": within,
        "filters": filters,
        "kinds": [("", "全部"), *KINDS.items()],
        "choices": ConditionFilters.base_fields["only"].choices,
        "places": places(request.user),
        "today": today,
    }
    return page(request, "care/conditions.html", context, fragment="care/_conditions.html")


@login_required
@never_cache
def person(request, uid):
    """One member: the lists they are on and why, what keeps them off the others, and what was recorded."""
    member = _member(request, uid)
    return _person_page(request, member)


@login_required
@never_cache
def condition_new(request, uid):
    """Record that something holds of a member."""
    member = _member(request, uid)
    require(request.user, "care.record", member.branch)
    form = ConditionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            held = services.record_condition(member, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, f"已登记{held.get_kind_display()}。")
            return redirect("care:person", member.uid)
    return page(request, "care/condition_new.html", {"person": member, "form": form}, status=422 if form.errors else None)


@login_required
@never_cache
def condition(request, uid):
    """One condition: since when, who recorded and reviewed it, and what may be done about it."""
    return _condition_page(request, _condition(request, uid))


@login_required
@require_POST
def condition_act(request, uid, act):
    """Review, end or withdraw it; what is refused comes back on the same page."""
    if act not in DONE:
        raise Http404
    held, today = _condition(request, uid), timezone.localdate()
    require(request.user, "care.record", held.member.branch)
    form = EndForm(request.POST) if act == "end" else None
    if form is not None and not form.is_valid():
        return _condition_page(request, held, form=form, status=422)
    try:
        if act == "review":
            services.review_condition(held, by=request.user, today=today)
        elif act == "end":
            services.end_condition(held, by=request.user, today=today, **form.cleaned_data)
        else:
            services.withdraw_condition(held, by=request.user)
    except DomainError as refusal:
        if form is None:
            messages.error(request, refusal.message)
        else:
            refuse(form, refusal)
        return _condition_page(request, _condition(request, uid), form=form, status=422)
    messages.success(request, DONE[act])
    return redirect("care:condition", uid)


@login_required
@require_POST
@never_cache
def condition_proof(request, uid):
    """What proves it, shown once to one reader; the log says to whom."""
    held = _condition(request, uid)
    try:
        words = services.reveal_proof(held, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _condition_page(request, held, status=422)
    return _condition_page(request, held, proof=words)


@login_required
@never_cache
def condition_file(request, uid, file):
    """A paper of it, to whoever may see it; the log says to whom."""
    held = _condition(request, uid)
    shown = get_object_or_404(held.files, uid=file)
    services.open_file(held, by=request.user)
    return streamed(shown)


@login_required
@never_cache
def mine(request):
    """我的关怀: which lists I am on and why, and what was recorded of me."""
    member = Member.objects.filter(user=request.user, left_on=None).select_related("branch").defer("id_number").first()
    if member is None:
        return page(request, "care/mine.html", {"person": None})
    return page(request, "care/mine.html", _file_of(member))


def _member(request, uid) -> Member:
    """Somebody in sight; without the verb their need is not shown, only one's own."""
    seen = Member.objects.visible_to(request.user).select_related("branch").defer("id_number")
    member = get_object_or_404(seen, uid=uid)
    if member.branch is None or not can(request.user, "care.see", member.branch):
        raise PermissionDenied("care.see")
    return member


def _file_of(member: Member) -> dict:
    today = timezone.localdate()
    standing = selectors.lists_of(member, on=today) if member.left_on is None else []
    return {
        "person": member,
        "on": [one for one in standing if one.is_on],
        "off": [one for one in standing if not one.is_on],
        "conditions": _with_due(list(selectors.of_member(member)), today),
        "today": today,
    }


def _person_page(request, member: Member, status: int | None = None):
    own = member.user_id == request.user.pk
    context = _file_of(member) | {"may_record": can(request.user, "care.record", member.branch) and not own and member.left_on is None}
    return page(request, "care/person.html", context, status=status)


def _condition(request, uid) -> Condition:
    related = ("member__branch", "recorded_by", "ended_by", "withdrawn_by")
    seen = Condition.objects.visible_to(request.user).select_related(*related).defer("member__id_number")
    return get_object_or_404(seen, uid=uid)


def _with_due(rows, today):
    """Each row with the day its next review is due, or None; one statement for all."""
    months = value_on(today, REVIEW_MONTHS)
    over = [row.end is not None or row.withdrawn_at is not None for row in rows]
    days = [review_due(kind=row.kind, start=row.start, reviewed_on=row.asked_on, months=months) for row in rows]
    return [(row, None if ended else day) for row, ended, day in zip(rows, over, days, strict=True)]


def _condition_page(request, held: Condition, *, form=None, proof: str = "", status: int | None = None):
    own = held.member.user_id == request.user.pk
    open_still = held.withdrawn_at is None and held.end is None
    may_act = can(request.user, "care.record", held.member.branch) and not own
    today = timezone.localdate()
    [(_, due)] = _with_due([selectors.of_member(held.member).get(pk=held.pk)], today)
    context = {
        "condition": held,
        "own": own,
        "proof": proof,
        "has_proof": held.proof is not None,
        "reviews": held.reviews.select_related("by"),
        "files": [(file, f"看第 {n} 个") for n, file in enumerate(held.files.defer("sealed").order_by("uploaded_at", "pk"), start=1)],
        "due": due,
        "today": today,
        "recorder": held.recorded_by.name if held.recorded_by else "",
        "withdrawn_on": timezone.localdate(held.withdrawn_at) if held.withdrawn_at else None,
        "may_review": may_act and open_still,
        "may_withdraw": may_act and held.withdrawn_at is None,
        "form": form or (EndForm(initial={"on": today}) if may_act and open_still else None),
    }
    return page(request, "care/condition.html", context, status=status)
