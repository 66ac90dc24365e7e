"""Applying: for oneself, for a member of one's branch, or for many chosen on a list; and one's own cases."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from branches.access import can, require
from branches.asked import organisation_asked
from branches.selectors import who_may
from members.care.aid import services
from members.care.aid.forms import ApplyForm, FromListForm
from members.care.aid.models import Case, Programme
from members.care.aid.selectors.cases import help_received
from members.care.aid.selectors.notices import on_notice
from members.care.models import Criterion
from members.care.selectors.lists import eligible, in_force, reasons
from members.care.selectors.overview import places
from members.models import Member
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.uid import uid_named

FOUND = 20
MOST = 500


@never_cache
@login_required
@sensitive_post_parameters()
def apply(request):
    """申请: whom for, then what for. Without a post it is for oneself."""
    today = timezone.localdate()
    if "member" not in request.GET and can(request.user, "care.record"):
        return _whom(request)
    person = _person(request)
    own = person.user_id == request.user.pk
    if not own:
        require(request.user, "care.record", person.branch)
    handlers = None if own else who_may("care.record", person.branch, on=today).exclude(pk=person.user_id)
    form = ApplyForm(request.POST or None, request.FILES or None, programmes=Programme.objects.on(today), handlers=handlers)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.apply(member=person, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, f"已申请，现在{made.get_state_display()}。")
            return redirect("aid:case", made.uid)
    context = {"person": person, "form": form, "own": own, "any": form.fields["programme"].queryset.exists()}
    return page(request, "aid/apply.html", context, status=422 if form.errors else None)


def _person(request) -> Member:
    rows = Member.objects.select_related("branch").defer("id_number")
    if asked := request.GET.get("member"):
        return get_object_or_404(rows.visible_to(request.user), uid=uid_named(asked), left_on=None)
    person = rows.filter(user=request.user, left_on=None).first()
    if person is None:
        raise PermissionDenied("aid.apply")
    return person


def _whom(request):
    text = text_asked(request)
    found = Member.objects.where(request.user, "care.record").at_home().select_related("branch").defer("id_number")
    people = list(found.matching(text).order_by("pinyin", "pk")[:FOUND]) if text else []
    own = Member.objects.filter(user=request.user, left_on=None).defer("id_number").first()
    return page(request, "aid/whom.html", {"people": people, "q": text, "own": own})


@never_cache
@login_required
def from_list(request):
    """按名单开: of those a list names, whoever is ticked gets a case under one programme; who cannot is told with the reason."""
    require(request.user, "care.record")
    today = timezone.localdate()
    lists = Criterion.objects.visible_to(request.user).filter(pk__in=in_force(today))
    criterion = get_object_or_404(lists, code=request.GET["list"]) if request.GET.get("list") else None
    ours, within = Member.objects.where(request.user, "care.record"), organisation_asked(request, "care.record")
    if request.method == "POST":
        people = ours.filter(uid__in=map(uid_named, request.POST.getlist("chosen")[:MOST]))
    else:
        people = ours.filter(pk__in=eligible(criterion, on=today, within=within).order_by().values("pk")) if criterion else ours.none()
    people = list(people.select_related("branch").defer("id_number").order_by("branch__code", "pinyin", "pk")[: MOST + 1])
    is_cut, people = len(people) > MOST, people[:MOST]
    why = reasons(criterion, people, today) if criterion and people else {}
    offered = Programme.objects.on(today)
    fitting = next((one.uid for one in offered if criterion is not None and one.criterion_id == criterion.pk), None)
    form = FromListForm(request.POST or None, programmes=offered, initial={"programme": fitting})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            opened = services.open_from_list(form.cleaned_data["programme"], members=people, by=request.user, today=today)
            if opened.cases:
                messages.success(request, f"已开 {len(opened.cases)} 件。")
            for person, reason in opened.passed_over:
                messages.warning(request, f"{person.name}没有开：{reason}。")
            return redirect(f"{reverse('aid:cases')}?tab=open")
    context = {
        "lists": lists,
        "criterion": criterion,
        "rows": [(one, "；".join(why.get(one.pk, []))) for one in people],
        "most": MOST if is_cut else 0,
        "places": places(request.user) if criterion else [],
        "form": form,
    }
    return page(request, "aid/from_list.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def mine(request):
    """One's own: what was asked and given over the years, and what hangs in one's branch."""
    today = timezone.localdate()
    person = Member.objects.filter(user=request.user).select_related("branch").defer("id_number").first()
    rows = list(Case.objects.filter(member__user=request.user).select_related("programme").order_by("-applied_on", "-id"))
    branch = person.branch if person is not None and person.left_on is None else None
    context = {"person": person, "cases": rows, "branch": branch, "notices": on_notice(branch, today) if branch else []}
    return page(request, "aid/mine.html", context)


@never_cache
@login_required
def person(request, uid):
    """困难档案: what a member was given over the years, wherever they applied; for whoever has `care.see` where they are at home."""
    held = get_object_or_404(Member.objects.visible_to(request.user).select_related("branch").defer("id_number"), uid=uid)
    require(request.user, "care.see", held.branch)
    rows = help_received(held, request.user)
    total = sum((row.amount for row in rows if row.paid_on), 0)
    return page(
        request,
        "aid/person.html",
        {"person": held, "cases": rows, "total": total, "may_apply": can(request.user, "care.record", held.branch)},
    )
