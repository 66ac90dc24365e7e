"""试算: what a draft would change for whom, before anybody is bound by it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from branches.models import Organisation
from members.models import MemberClass
from partyportal.core.errors import DomainError
from partyportal.core.htmx import page
from partyportal.core.models import Job
from partyportal.core.sheets import sheet_response
from points.models import Scheme, SimulatedMember, Simulation
from points.selectors import simulations as selectors
from points.selectors.schemes import require_draft
from points.services import simulations as services
from points.services.exports import export_simulation

ROWS_A_PAGE = 30


@login_required
def simulation(request, uid):
    """What a draft did to a year's facts: who gains, who loses, whose grade changes; where it runs, how far it is."""
    scheme, today = _draft(request, uid), timezone.localdate()
    year = _year(request, today)
    job = Job.objects.filter(kind="points.tasks.simulate", params__scheme=str(scheme.uid), params__year=year).first()
    at_work = job is not None and job.state != Job.State.DONE
    if request.htmx and job is not None and request.htmx.target == f"job-{job.uid}":
        return (
            HttpResponseClientRefresh()
            if job.is_over
            else page(request, "points/_simulation_job.html", {"scheme": scheme, "job": job, "year": year})
        )
    tried = scheme.simulations.select_related("made_by", "consented_by").filter(year=year).first()
    context = {
        "scheme": scheme,
        "year": year,
        "year_fields": {"year": year},
        "year_choices": [(str(y), f"{y} 年的记实") for y in (today.year, today.year - 1)],
        "job": job if at_work else None,
        "tried": tried,
        "is_stale": tried is not None and tried.fingerprint != services.fingerprint(scheme),
        "may_consent": tried is not None and request.user.pk not in {tried.made_by_id, scheme.drafted_by_id},
    }
    if tried is not None:
        asked = {name: request.GET.get(name, "") for name in ("show", "member_class", "organisation", "q")}
        rows = _rows(request, tried, asked)
        if request.GET.get("format") == "xlsx":
            sheet = export_simulation(tried, rows, by=request.user)
            return sheet_response(sheet, f"积分试算-{year}-{today:%Y%m%d}.xlsx")
        options, table = selectors.distribution(tried)
        query = request.GET.copy()
        query["format"] = "xlsx"
        context |= {
            "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
            "shows": selectors.SHOWS,
            "figures": [
                ("会吃亏", tried.falls, f"?year={year}&show=falls"),
                ("少得分", tried.losses, f"?year={year}&show=loss"),
                ("多得分", tried.gains, f"?year={year}&show=gain"),
                ("等次有变", tried.regraded, f"?year={year}&show=grade"),
                ("共试算", tried.members, f"?year={year}"),
            ],
            "class_choices": [("", "全部分类"), *MemberClass.Name.choices],
            "classes": selectors.by_class(tried),
            "places": selectors.by_place(tried, scheme.organisation),
            "chart": options,
            "chart_table": table,
            "export_query": query.urlencode(),
        }
    return page(request, "points/simulation.html", context, fragment="points/_simulated.html" if tried else None)


@login_required
def simulated_member(request, uid, member):
    """Why one member's points would change: item by item, now against the draft."""
    scheme = _draft(request, uid)
    row = get_object_or_404(
        SimulatedMember.objects.visible_to(request.user).select_related(
            "member", "organisation", "simulation__scheme__organisation", "grade_before", "grade_after"
        ),
        simulation__scheme=scheme,
        simulation__year=_year(request, timezone.localdate()),
        member__uid=member,
    )
    return page(
        request,
        "points/simulated_member.html",
        {"row": row, "scheme": scheme, "year": row.simulation.year, "items": selectors.items_of(row)},
    )


@require_POST
@login_required
def simulate(request, uid):
    """Have the draft tried."""
    scheme, today = _draft(request, uid), timezone.localdate()
    year = _year(request, today)
    try:
        services.start_simulation(scheme, year=year, by=request.user, today=today)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('points:simulation', args=[scheme.uid])}?year={year}")


@require_POST
@login_required
def consent(request, uid):
    """A second person has seen who falls."""
    scheme = _draft(request, uid)
    tried = get_object_or_404(Simulation, scheme=scheme, year=_year(request, timezone.localdate()))
    try:
        services.consent(tried, by=request.user)
        messages.success(request, "已同意。起草的人现在可以发布这一版。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('points:simulation', args=[scheme.uid])}?year={tried.year}")


def _draft(request, uid) -> Scheme:
    """A draft of an organisation in sight whose rules the user may write; a published version has nothing left to try."""
    drafts = Scheme.objects.visible_to(request.user).filter(published_at=None).select_related("organisation", "based_on")
    scheme = get_object_or_404(drafts, uid=uid)
    require_draft(request.user, scheme.organisation, timezone.localdate())
    return scheme


def _rows(request, tried: Simulation, asked: dict):
    within = Organisation.objects.visible_to(request.user).filter(code=asked.pop("organisation")).first()
    return selectors.narrowed(tried.rows.all(), organisation=within, **asked)


def _year(request, today) -> int:
    asked = request.POST.get("year") or request.GET.get("year") or ""
    return int(asked) if asked in {str(today.year), str(today.year - 1)} else today.year
