"""One member: the file, its changes, and a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.forms.people import EditForm, RegisterForm
from members.models import Member
from members.rules.ages import party_age, whole_years
from members.rules.codes import EDUCATIONS, ETHNICITIES
from members.selectors import profile
from members.services import people as services
from partyportal.core.errors import DomainError, Stale
from partyportal.core.forms import refusals, refuse
from partyportal.core.htmx import page


def _member_or_404(request, uid) -> Member:
    return get_object_or_404(Member.objects.visible_to(request.user).select_related("branch__parent", "user"), uid=uid)


def _kept_or_404(request, person: Member) -> Member:
    return get_object_or_404(Member.objects.visible_to(request.user), pk=person.merged_into_id)


@login_required
def mine(request):
    """我的资料: the way to one's own file, for whoever does not know its number."""
    own = Member.objects.filter(user=request.user).values_list("uid", flat=True).first()
    return redirect("members:member", own) if own else page(request, "members/nobody.html", {"title": "我的资料"})


@never_cache
@login_required
def member(request, uid):
    """The file of one member; without a grant, one's own. A file merged into another leads to the one kept."""
    person = _member_or_404(request, uid)
    if person.merged_into_id is not None:
        return redirect("members:member", _kept_or_404(request, person).uid)
    return page(request, "members/member.html", _file(request, person))


@never_cache
@login_required
@require_POST
def reveal(request, uid):
    """One whole number on the same page, once: every look is an audit row, and a reload looks again."""
    person = _member_or_404(request, uid)
    require(request.user, "member.reveal", person.branch)
    if request.POST.get("what") == "phone":
        shown = {"phone": services.reveal_phone(person, by=request.user)}
    else:
        shown = {"id_number": services.reveal_id_number(person, by=request.user)}
    return page(request, "members/member.html", _file(request, person) | {"shown": shown})


def _file(request, person: Member) -> dict:
    user, today = request.user, timezone.localdate()
    may_edit = can(user, "member.edit", person.branch)
    return {
        "person": person,
        "age": whole_years(person.birth_on, today),
        "party_age": party_age(person.party_since, today),
        "ethnicity": ETHNICITIES.get(person.ethnicity, person.ethnicity),
        "education": EDUCATIONS.get(person.education, ""),
        "events": profile.timeline(person, today=today),
        "facts": profile.recent_facts(person),
        "changes": profile.changes(person) if may_edit else [],
        "is_own": person.user_id == user.pk,
        "may_edit": may_edit,
        "may_reveal": can(user, "member.reveal", person.branch),
        "may_manage": can(user, "account.manage", person.branch),
        "may_see_hardship": can(user, "care.see", person.branch),
        "may_leave": person.left_on is None and person.user_id != user.pk and can(user, "member.leave", person.branch),
        "may_discipline": can(user, "member.discipline", person.branch),
        "slip_fields": {"member": person.uid},
    }


@never_cache
@login_required
@sensitive_post_parameters("id_number")
def edit(request, uid):
    """Change a member's own fields. Who comes second sees what the first wrote, and nothing typed is lost."""
    person = _member_or_404(request, uid)
    require(request.user, "member.edit", person.branch)
    today = timezone.localdate()
    form, theirs = EditForm(request.POST or None, member=person, today=today), []
    if request.method == "POST" and form.is_valid():
        try:
            services.edit(person, by=request.user, on=today, **form.changes)
        except Stale as refusal:
            person = _member_or_404(request, uid)
            theirs = form.differences_from(person)
            form = form.over(person)
            refuse(form, refusal)
        except (DomainError, ValidationError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{form.cleaned_data['name']}的资料已改好。")
            return redirect("members:member", uid)
    return page(request, "members/edit.html", {"person": person, "form": form, "theirs": theirs}, status=422 if form.errors else None)


def _only_one(branches) -> str:
    """The branch of whoever writes for one alone: it need not be typed."""
    names = list(branches.values_list("short_name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""


@never_cache
@login_required
@sensitive_post_parameters("id_number")
def new(request):
    """Register one member by hand; many come by import."""
    require(request.user, "member.edit")
    branches = Organisation.objects.where(request.user, "member.edit").branches().existing()
    asked = request.GET.get("organisation") or _only_one(branches)
    form = RegisterForm(request.POST or None, branches=branches, today=timezone.localdate(), initial={"branch": asked})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            with transaction.atomic():
                person = services.register(by=request.user, **form.registration)
            messages.success(request, f"{person}已登记到{person.branch}。")
            return redirect("members:member", person.uid)
    return page(request, "members/new.html", {"form": form}, status=422 if form.errors else None)
