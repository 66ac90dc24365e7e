"""主题活动: those in sight by state, one with its steps and what came of it, planning one, and the patterns offered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, require_sight
from branches.models import Organisation
from education.models import Meeting
from education.planning import services
from education.planning.forms import CampaignForm, ChargeForm, CloseForm, ResultForm, TemplateForm
from education.planning.models import Campaign, CampaignTemplate
from education.planning.models.campaigns import Theme
from education.planning.rules import step_days
from education.planning.starters import STARTERS
from education.planning.views.scope import own_branch, place
from members.models import Member
from partyportal.core import audit
from partyportal.core.attachments import streamed
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals, refuse
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.uid import uid_named

CAMPAIGNS_A_PAGE = 50
HEADINGS = ("党支部", "类别", "名称", "目标", "开始", "到", "状态", "步骤", "做完", "成效", "参加人次", "件数或场次")


@login_required
def campaigns(request):
    """The campaigns in sight, narrowed by the address."""
    within, today = place(request), timezone.localdate()
    found = Campaign.objects.visible_to(request.user).within(within)
    counts = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
    state, theme = request.GET.get("state", ""), request.GET.get("theme", "")
    found = found.filter(state=state) if state in Campaign.State.values else found
    found = found.filter(theme=theme) if theme in Theme.values else found
    if text := text_asked(request):
        found = found.filter(name__icontains=text)
    found = found.select_related("organisation").order_by("-starts_on", "-id")
    if request.GET.get("format") == "xlsx":
        return _exported(request, within, found)
    found = found.annotate(
        step_count=Count("steps", distinct=True),
        done=Count("steps", filter=Q(steps__done_on__isnull=False), distinct=True),
        late=Count("steps", filter=Q(steps__done_on=None, steps__due_on__lt=today, state=Campaign.State.OPEN), distinct=True),
    )
    context = {
        "within": within,
        "page": Paginator(found, CAMPAIGNS_A_PAGE).get_page(request.GET.get("page")),
        "states": [("", "全部"), *((value, f"{label} {counts.get(value, 0)}") for value, label in Campaign.State.choices)],
        "themes": [("", "全部"), *Theme.choices],
        "may_plan": within.is_branch and can(request.user, "education.record", within),
        "may_offer": can(request.user, "education.return"),
    }
    return page(request, "planning/campaigns.html", context, fragment="planning/_campaigns.html")


def _exported(request, within: Organisation, found) -> FileResponse:
    rows = found.annotate(
        step_count=Count("steps", distinct=True), done=Count("steps", filter=Q(steps__done_on__isnull=False), distinct=True)
    )[:20_000]
    rows = list(rows)
    sums = {
        row["campaign"]: row
        for row in Campaign.results.rel.related_model.objects.filter(campaign__in=[row.pk for row in rows])
        .order_by()
        .values("campaign")
        .annotate(n=Count("pk"), people=Sum("people"), pieces=Sum("pieces"))
    }
    told = []
    for one in rows:
        came = sums.get(one.pk, {"n": 0, "people": None, "pieces": None})
        said = (one.organisation.name, one.get_theme_display(), one.name, one.goal, one.starts_on, one.ends_on, one.get_state_display())
        told.append((*said, one.step_count, one.done, came["n"], came["people"] or 0, came["pieces"] or 0))
    audit.record("planning.campaigns.exported", by=request.user, path=within.path, rows=len(told))
    file = write_xlsx(HEADINGS, told, sheet="主题活动", widths={"党支部": 36, "目标": 40})
    return sheet_response(file, "主题活动.xlsx")


@login_required
def campaign_new(request):
    """Plan one: a pattern fills the form, the branch puts it in its own words. Without a pattern in the address, choose first."""
    branch, today = own_branch(request), timezone.localdate()
    require(request.user, "education.record", branch)
    offered = CampaignTemplate.objects.offered_to(branch).select_related("organisation")
    chosen = request.GET.get("template")
    if not chosen:
        return page(request, "planning/campaign_choose.html", {"branch": branch, "offered": offered})
    template = None
    if chosen != "own":
        template = next((one for one in offered if str(one.uid) == chosen), None)
        if template is None:
            raise Http404
    steps = step_days(today, template.steps) if template else []
    initial = {"starts_on": today, "ends_on": max((day for day, _ in steps), default=None)}
    initial |= {"theme": template.theme, "name": template.name, "goal": template.purpose} if template else {}
    form = CampaignForm(request.POST or None, steps=steps, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.plan_campaign(organisation=branch, template=template, by=request.user, **form.content())
            messages.success(request, "活动定下了，每一步到日子前会提醒。")
            return redirect("planning:campaign", made.uid)
    context = {"branch": branch, "template": template, "form": form}
    return page(request, "planning/campaign_new.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def campaign(request, uid):
    """One campaign: how far it is, what came of it, and what can be done next."""
    return _page_of(request, _held(request, uid))


@login_required
@require_POST
def campaign_act(request, uid):
    """A step done, a result, the end or a new beginning; what is refused comes back with what was typed."""
    held, today, act = _held(request, uid), timezone.localdate(), request.POST.get("act")
    require(request.user, "education.record", held.organisation)
    form = None
    try:
        if act == "step":
            step = get_object_or_404(held.steps.select_related("campaign"), uid=uid_named(request.POST.get("step")))
            services.do_step(step, done_on=today, by=request.user, today=today)
        elif act == "charge":
            step = get_object_or_404(held.steps.select_related("campaign"), uid=uid_named(request.POST.get("step")))
            asked = ChargeForm(request.POST, people=_people(held))
            if not asked.is_valid():
                raise DomainError("选本支部的党员。")
            services.put_in_charge(step, charge=asked.cleaned_data["charge"], by=request.user)
        elif act == "result":
            form = _result_form(held, request.POST, request.FILES)
            if not form.is_valid():
                return _page_of(request, held, result=form)
            services.record_result(held, by=request.user, today=today, **form.cleaned_data)
        elif act in {"close", "drop", "reopen"}:
            form = CloseForm(request.POST)
            if not form.is_valid():
                return _page_of(request, held, close=form)
            words = form.cleaned_data["words"]
            if act == "reopen":
                services.reopen_campaign(held, words=words, by=request.user)
            else:
                services.close_campaign(held, words=words, by=request.user, drop=act == "drop")
        else:
            raise Http404
    except DomainError as refusal:
        if form is None:
            messages.error(request, refusal.message)
            return redirect("planning:campaign", uid)
        refuse(form, refusal)
        return _page_of(request, held, **{"result" if act == "result" else "close": form})
    messages.success(
        request,
        {"step": "记下了，这一步做完。", "charge": "已定好谁负责，到日子前的提醒里写着。", "result": "成效已记下。"}.get(act, "已记下。"),
    )
    return redirect("planning:campaign", uid)


@login_required
@never_cache
def campaign_file(request, uid, file):
    """A photo or paper of a result, to whoever sees the campaign."""
    held = _held(request, uid)
    result = get_object_or_404(held.results.filter(files__uid=file).distinct())
    return streamed(get_object_or_404(result.files, uid=file))


def _held(request, uid) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("organisation", "template"), uid=uid)


def _people(held: Campaign):
    return Member.objects.at_home().filter(branch=held.organisation_id).defer("id_number").order_by("pinyin", "pk")


def _result_form(held: Campaign, *data) -> ResultForm:
    meetings = Meeting.objects.confirmed().filter(organisation=held.organisation, held_on__gte=held.starts_on)
    return ResultForm(*data, meetings=meetings.order_by("-held_on")[:60] if not data else meetings, initial={"day": timezone.localdate()})


def _page_of(request, held: Campaign, *, result: ResultForm | None = None, close: CloseForm | None = None):
    results = list(held.results.select_related("meeting", "recorded_by").prefetch_related("files"))
    context = {
        "campaign": held,
        "steps": [
            (step, {"act": "step", "step": step.uid}) for step in held.steps.select_related("charge", "done_by").defer("charge__id_number")
        ],
        "results": results,
        "people": sum(one.people or 0 for one in results),
        "pieces": sum(one.pieces or 0 for one in results),
        "acts": [(timezone.localdate(one.at), one) for one in held.acts.select_related("by")],
        "may_record": (may := can(request.user, "education.record", held.organisation)),
        "people_here": list(_people(held)) if may and held.state == Campaign.State.OPEN else [],
        "today": timezone.localdate(),
        "result": result or _result_form(held),
        "close": close or CloseForm(),
    }
    refused = (result is not None and result.errors) or (close is not None and close.errors)
    return page(request, "planning/campaign.html", context, status=422 if refused else None)


@login_required
def templates(request):
    """The patterns one's own organisations offer and those offered from above; a committee offers and ends them."""
    require_sight(request.user)
    may_offer = can(request.user, "education.return")
    form = TemplateForm()
    if request.method == "POST":
        require(request.user, "education.return")
        owner = Organisation.objects.get(path=paths_for(request.user, "education.return")[0])
        try:
            if request.POST.get("act") == "end":
                held = get_object_or_404(
                    CampaignTemplate.objects.where(request.user, "education.return"), uid=uid_named(request.POST.get("uid"))
                )
                services.end_template(held, by=request.user)
            elif request.POST.get("act") == "starters":
                for theme, name, purpose, steps in STARTERS:
                    services.offer_template(organisation=owner, theme=theme, name=name, purpose=purpose, steps=steps, by=request.user)
            else:
                form = TemplateForm(request.POST)
                if not form.is_valid():
                    return _templates_page(request, form, may_offer)
                services.offer_template(organisation=owner, by=request.user, **form.content())
        except DomainError as refusal:
            if not form.is_bound:
                messages.error(request, refusal.message)
                return redirect("planning:templates")
            refuse(form, refusal)
            return _templates_page(request, form, may_offer)
        messages.success(request, "已记下。")
        return redirect(reverse("planning:templates"))
    return _templates_page(request, form, may_offer)


def _templates_page(request, form: TemplateForm, may_offer: bool):
    top = Organisation.objects.get(path=paths_for(request.user)[0])
    seen = CampaignTemplate.objects.offered_to(top) | CampaignTemplate.objects.within(top).filter(ended_at=None)
    rows = seen.distinct().select_related("organisation").annotate(used=Count("campaigns")).order_by("organisation__code", "id")
    own = set(CampaignTemplate.objects.where(request.user, "education.return").values_list("pk", flat=True)) if may_offer else set()
    context = {"rows": [(one, one.pk in own) for one in rows], "form": form, "may_offer": may_offer}
    return page(request, "planning/templates.html", context, status=422 if form.errors else None)
