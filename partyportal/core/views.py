"""Pages of the floor: logging in and out, the password, 大字, jobs, the inbox, and the plain page of an outage."""

import sys

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from partyportal.core import jobs as work
from partyportal.core import parameters, services
from partyportal.core.context import LARGE_TEXT_COOKIE
from partyportal.core.forms import LoginForm, OwnPasswordForm, SettingForm, refusals
from partyportal.core.htmx import page
from partyportal.core.middleware import came_from
from partyportal.core.models import CalendarDay, Job, Notice
from partyportal.core.navigation import verbs_of
from partyportal.core.outages import outage_of

JOBS_A_PAGE = 20
NOTICES_A_PAGE = 30


def _onward(request, fallback: str) -> str:
    """Where `next` leads, if it leads into this portal; else the fallback."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if inside and target.startswith("/") else resolve_url(fallback)


@never_cache
@sensitive_post_parameters("password")
def login(request):
    """By user name or phone. Five wrong passwords close the door for a while (axes)."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_onward(request, settings.LOGIN_REDIRECT_URL))
    if request.htmx:  # a session ran out under a fragment: the whole page has to come here, not its part
        return HttpResponseClientRefresh()
    form = LoginForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.enter(request, user=form.get_user())
        return HttpResponseRedirect(_onward(request, settings.LOGIN_REDIRECT_URL))
    return page(request, "registration/login.html", {"form": form, "next": request.POST.get("next") or request.GET.get("next")})


@require_POST
def logout(request):
    """The browser forgets with the session: kept drafts, kept pages, the worker (ADR 27)."""
    end_session(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@never_cache
@login_required
@sensitive_post_parameters()
def password(request):
    """One's own password; an initial one opens no other page until it is changed here."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_password(request.user, password=form.cleaned_data["new_password1"], by=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已改。别处登录着的都已退出。")
        return redirect(settings.LOGIN_REDIRECT_URL)
    return page(request, "registration/password_change_form.html", {"form": form})


@require_POST
def large_text(request):
    """大字 on or off: kept with the account, and in a cookie for who is not logged in."""
    large = request.POST.get("large") == "1"
    if request.user.is_authenticated:
        services.switch_large_text(request.user, large=large)
    response = HttpResponseRedirect(_onward(request, settings.LOGIN_REDIRECT_URL))
    response.set_cookie(
        LARGE_TEXT_COOKIE, "1" if large else "0", max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


@login_required
def jobs(request):
    """One's own long jobs, newest first."""
    listed = Paginator(Job.objects.visible_to(request.user), JOBS_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "core/jobs.html", {"page": listed})


@never_cache
@login_required
def job(request, uid):
    """How far a job is; the bar alone is asked again each second while it runs."""
    return page(
        request, "core/job.html", {"job": get_object_or_404(Job.objects.visible_to(request.user), uid=uid)}, fragment="core/_job.html"
    )


@require_POST
@login_required
def job_cancel(request, uid):
    """Ask a job to stop where it stands."""
    asked = get_object_or_404(Job.objects.visible_to(request.user), uid=uid)
    work.cancel(asked)
    return redirect("core:job", uid)


@require_POST
@login_required
def job_again(request, uid):
    """Continue what failed or was cancelled; the work itself asks again whether it may."""
    asked = get_object_or_404(Job.objects.visible_to(request.user), uid=uid)
    work.again(asked)
    return redirect("core:job", uid)


def fault(request):
    """What a failed request shows: 503 when it is nobody's fault here, else 500; neither needs the database."""
    outage, sent = outage_of(sys.exc_info()[1]), request.method == "POST"
    code = 503 if outage else 500
    return render(None, f"{code}.html", {"outage": outage, "sent": sent, "back": came_from(request) if sent else ""}, status=code)


@login_required
def tokens(request):
    """接口令牌: which of one's own are good, since when and until when."""
    return page(request, "core/tokens.html", {"tokens": services.tokens_of(request.user)})


@require_POST
@login_required
def token_close(request):
    """Take one of one's own tokens back."""
    if key := request.POST.get("token", "")[:25]:
        services.close_token(request.user, token_key=key)
    return redirect("core:tokens")


@login_required
def notices(request):
    """The inbox: what is unread, or with ?all=1 everything; a POST marks all read."""
    mine = Notice.objects.visible_to(request.user)
    if request.method == "POST":
        services.read_notices(request.user)
        return redirect("core:notices")
    everything = request.GET.get("all") == "1"
    listed = Paginator(mine if everything else mine.filter(read_at=None), NOTICES_A_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "core/notices.html",
        {"page": listed, "everything": everything, "unread_only": not everything, "today": timezone.localdate()},
    )


@login_required
def notice(request, uid):
    """Opening a reminder marks it read and leads to the page where the thing is done."""
    opened = get_object_or_404(Notice.objects.visible_to(request.user), uid=uid)
    services.read_notices(request.user, notice=opened)
    inside = url_has_allowed_host_and_scheme(opened.url, allowed_hosts=None)
    return redirect(opened.url if inside else "core:notices")


@login_required
def settings_page(request):
    """设置: every parameter a county may set; with ?parameter=KEY the one to change and what it was before."""
    if "setting.manage" not in verbs_of(request.user):  # the floor knows no access table, only who may (settings.WHO_MAY)
        raise PermissionDenied("setting.manage")
    today = timezone.localdate()
    groups = parameters.standing(today)
    chosen = None
    if key := request.GET.get("parameter"):
        chosen = next((one for listed in groups.values() for one in listed if one.parameter.key == key), None)
        if chosen is None:
            raise Http404
    elif request.method == "POST":
        raise Http404
    form = SettingForm(request.POST or None, initial={"start": today}) if chosen else None
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            parameters.set_from(chosen.parameter, today=today, by=request.user, **form.cleaned_data)
            messages.success(request, f"{chosen.parameter.label}：从 {form.cleaned_data['start']} 起为 {form.cleaned_data['value']}。")
            return redirect("core:settings")
    status = 422 if form is not None and form.is_bound else None
    context = {"groups": groups, "chosen": chosen, "form": form, "days": CalendarDay.objects.filter(day__gte=today.replace(month=1, day=1))}
    return page(request, "core/settings.html", context, status=status)
