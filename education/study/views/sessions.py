"""培训班 and 站点: the list, recording, confirming by another, and the sites."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require, require_sight
from branches.models import Organisation
from education.study import services
from education.study.forms import ReasonForm, SiteForm, SiteSessionForm, TrainingForm
from education.study.models import Session, Site
from education.study.selectors.people import roll_at
from members.models import Member
from partyportal.core.days import day_named
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page

A_PAGE = 50


def verb_of(kind: str) -> str:
    """A 培训班 is the committee's, a day at a site the branch's."""
    return "study.teach" if kind == Session.Kind.TRAINING else "study.confirm"


@login_required
def sessions(request):
    """What was held, the unconfirmed first."""
    require_sight(request.user)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    rows = Session.objects.visible_to(request.user).select_related("organisation", "site").annotate(people=Count("lines"))
    if kind in Session.Kind.values:
        rows = rows.filter(kind=kind)
    if state in Session.State.values:
        rows = rows.filter(state=state)
    context = {
        "page": Paginator(rows.order_by("-starts_on", "-id"), A_PAGE).get_page(request.GET.get("page")),
        "kinds": [("", "全部"), *Session.Kind.choices],
        "states": [("", "全部"), *Session.State.choices],
        "may_teach": can(request.user, "study.teach"),
    }
    return page(request, "study/sessions.html", context)


@login_required
def training_new(request):
    """Record a 培训班 with its list."""
    require(request.user, "study.teach")
    organisations = (
        Organisation.objects.existing().where(request.user, "study.teach").exclude(kind__in=["branch", "group"]).order_by("path")
    )
    form = TrainingForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.record_session(by=request.user, today=timezone.localdate(), **form.said())
            messages.success(request, f"登记了 {made.lines.count()} 人，每人 {made.hours:f} 学时。由另一个人确认后算数。")
            return redirect("study:session", made.uid)
    return page(request, "study/training_new.html", {"form": form}, status=422 if form.errors else None)


@login_required
def session(request, uid):
    """One of them with its roll, and what is still to do."""
    return _page_of(request, _session(request, uid))


def _session(request, uid) -> Session:
    related = ("organisation", "site", "recorded_by", "confirmed_by", "voided_by")
    return get_object_or_404(Session.objects.visible_to(request.user).select_related(*related), uid=uid)


def _page_of(request, held: Session, *, form: ReasonForm | None = None, status: int | None = None):
    may = can(request.user, verb_of(held.kind), held.organisation)
    context = {
        "session": held,
        "lines": held.lines.select_related("member__branch").defer("member__id_number").order_by("member__branch__path", "member__pinyin"),
        "may_confirm": may and held.state == Session.State.RECORDED and held.recorded_by_id != request.user.pk,
        "waits": may and held.state == Session.State.RECORDED and held.recorded_by_id == request.user.pk,
        "may_void": may and held.state != Session.State.VOID,
        "form": form or ReasonForm(),
    }
    return page(request, "study/session.html", context, status=status)


@login_required
@require_POST
def session_confirm(request, uid):
    """By another than who recorded it."""
    held = _session(request, uid)
    require(request.user, verb_of(held.kind), held.organisation)
    try:
        services.confirm_session(held, by=request.user)
        messages.success(request, "确认了，学时记到各人所在的党支部。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _page_of(request, held, status=422)
    return redirect("study:session", uid)


@login_required
@require_POST
def session_void(request, uid):
    """Out of account, with a reason."""
    held, form = _session(request, uid), ReasonForm(request.POST)
    require(request.user, verb_of(held.kind), held.organisation)
    if form.is_valid():
        with refusals(form):
            services.void_session(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "作废了，记过的学时收回。")
            return redirect("study:session", uid)
    return _page_of(request, held, form=form, status=422)


@login_required
def sites(request):
    """The sites in sight; adding one."""
    require_sight(request.user)
    may_add = can(request.user, "study.confirm")
    organisations = Organisation.objects.branches().existing().where(request.user, "study.confirm").order_by("path")
    form = SiteForm(request.POST or None, organisations=organisations)
    if request.method == "POST":
        require(request.user, "study.confirm")
        if form.is_valid():
            with refusals(form):
                services.open_site(by=request.user, today=timezone.localdate(), **form.cleaned_data)
                messages.success(request, "站点登记了。学一次记一次，流动党员来学也记上。")
                return redirect("study:sites")
    rows = Site.objects.visible_to(request.user).select_related("organisation").annotate(held=Count("sessions"))
    context = {
        "page": Paginator(rows.order_by("closed_on", "organisation__path", "id"), A_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "may_add": may_add,
    }
    return page(request, "study/sites.html", context, status=422 if form.errors else None)


def _site(request, uid) -> Site:
    held = get_object_or_404(Site.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(request.user, "study.confirm", held.organisation)
    return held


@login_required
def site_record(request, uid):
    """A day at a site: who of the roll, and of the mobile members it has taken on, was there."""
    held, today = _site(request, uid), timezone.localdate()
    asked = day_named(request.POST.get("starts_on", "")) if request.method == "POST" else None
    form = SiteSessionForm(
        request.POST or None, roll=roll_at(held, min(asked or today, today)), initial={"starts_on": today, "minutes": 90}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        people = Member.objects.filter(uid__in=said.pop("members")).defer("id_number")
        with refusals(form):
            made = services.record_session(organisation=held.organisation, site=held, members=people, by=request.user, today=today, **said)
            messages.success(request, "登记了。由另一个人确认后算数。")
            return redirect("study:session", made.uid)
    return page(request, "study/site_record.html", {"site": held, "form": form}, status=422 if form.errors else None)


@login_required
@require_POST
def site_close(request, uid):
    """A site that is no more."""
    held = _site(request, uid)
    try:
        services.close_site(held, by=request.user, today=timezone.localdate())
        messages.success(request, "撤销了，以前的记录不变。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("study:sites")
