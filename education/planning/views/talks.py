"""谈心谈话: who has talked with whom this year, and recording one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from branches.models import Organisation
from education.planning import services
from education.planning.forms import TalkForm
from education.planning.models import Talk
from education.planning.parameters import TALKS_A_YEAR
from education.planning.selectors.talks import standings
from education.planning.views.scope import own_branch, place, year_asked
from members.models import Member
from members.selectors.days import roll_of
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.parameters import value_on

ROWS_A_PAGE = 50


@never_cache
@login_required
def talks(request):
    """Of a branch its members and what each still lacks; of a committee how many each branch recorded; without a post, one's own."""
    year, today = year_asked(request), timezone.localdate()
    context = {"year": year, "years": [(y, f"{y} 年") for y in range(today.year, today.year - 4, -1)]}
    seen = Talk.objects.standing().visible_to(request.user).filter(held_on__year=year).select_related("first", "second", "recorded_by")
    seen = seen.defer("first__id_number", "second__id_number")
    if not paths_for(request.user):
        context |= {"page": Paginator(seen, ROWS_A_PAGE).get_page(request.GET.get("page"))}
        return page(request, "planning/talks_own.html", context)
    organisation = place(request)
    context |= {"organisation": organisation}
    if not organisation.is_branch:
        branches = Organisation.objects.visible_to(request.user).within(organisation).branches().existing().order_by("code")
        counts = dict(seen.within(organisation).order_by().values_list("organisation").annotate(n=Count("pk")))
        listed = Paginator(branches, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": listed, "rows": [(branch, counts.get(branch.pk, 0)) for branch in listed], "total": sum(counts.values())}
        return page(request, "planning/talks_all.html", context)
    needed = value_on(today, TALKS_A_YEAR)
    people = standings(organisation, year, today=today, needed=needed)
    context |= {
        "people": people,
        "lacking": sum(bool(one.missing) for one in people),
        "needed": needed,
        "page": Paginator(seen.filter(organisation=organisation), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "may_record": can(request.user, "education.record", organisation),
    }
    return page(request, "planning/talks.html", context)


@never_cache
@login_required
def talk_new(request):
    """Record one."""
    branch, today = own_branch(request), timezone.localdate()
    require(request.user, "education.record", branch)
    people = Member.objects.filter(pk__in=[line.member_id for line in roll_of(branch, today)]).defer("id_number").order_by("pinyin", "pk")
    form = TalkForm(request.POST or None, people=people, initial={"held_on": today, "first": request.GET.get("first", "")})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.record_talk(organisation=branch, by=request.user, today=today, **form.cleaned_data)
            messages.success(request, "已记下，两个人都算。")
            return redirect(f"{reverse('planning:talks')}?organisation={branch.code}")
    return page(request, "planning/talk_new.html", {"branch": branch, "form": form}, status=422 if form.errors else None)


@login_required
@require_POST
def talk_void(request, uid):
    """One recorded by mistake."""
    talk = get_object_or_404(Talk.objects.visible_to(request.user).select_related("organisation"), uid=uid)
    require(request.user, "education.record", talk.organisation)
    try:
        services.void_talk(talk, why=request.POST.get("why", ""), by=request.user)
        messages.success(request, "已作废，记录还在。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('planning:talks')}?organisation={talk.organisation.code}")
