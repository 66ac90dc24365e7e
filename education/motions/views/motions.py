"""The motions in sight, one of them, putting one, opening it and taking it out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, sees
from branches.models import Organisation
from education.models import Meeting
from education.motions import rules, services
from education.motions.forms import MotionForm, OpenForm, VoidForm
from education.motions.models import Motion
from education.motions.selectors import motions as selectors
from education.motions.selectors.development import cases_to_vote
from education.motions.selectors.rolls import members_by_uid, own_open_votes, people_of, roll_of
from partyportal.core import audit
from partyportal.core.forms import refusals
from partyportal.core.htmx import page
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.uid import uid_named

A_PAGE = 50
HEADINGS = ("日期", "党支部", "议题", "表决种类", "方式", "应到会", "实到", "赞成", "反对", "弃权", "状态", "结果和理由")


@login_required
def motions(request):
    """The motions in sight, latest first; a member sees those on whose roll they stand, and the vote that waits for them on top."""
    found = selectors.listed(request.user, request.GET)
    if request.GET.get("format") == "xlsx":
        return _exported(request, found[:20_000])
    today = timezone.localdate()
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "kinds": [("", "全部"), *Motion.Kind.choices],
        "states": [("", "全部"), *Motion.State.choices],
        "years": [("", "全部"), *((str(year), f"{year} 年") for year in range(today.year, today.year - 4, -1))],
        "waiting": own_open_votes(request.user),
        "looks_around": bool(paths_for(request.user)),
        "may_move": can(request.user, "education.record"),
        "query": request.GET.urlencode(),
    }
    return page(request, "motions/motions.html", context, fragment="motions/_motions.html")


def _exported(request, found):
    rows = list(found)
    file = write_xlsx(HEADINGS, (selectors.sheet_row(one) for one in rows), sheet="表决", widths={"议题": 40, "结果和理由": 60})
    audit.record("motions.motions.exported", by=request.user, path=(paths_for(request.user) or [""])[0], rows=len(rows))
    return sheet_response(file, f"表决-{timezone.localdate():%Y%m%d}.xlsx")


@login_required
def motion_new(request):
    """Put a motion on a meeting, or on a 支委会 without one."""
    meeting, organisation = _where(request)
    require(request.user, "education.record", organisation)
    kinds = [(kind.value, kind.label) for kind in Motion.Kind if _fits(kind, meeting)]
    methods = [pair for pair in Motion.Method.choices if pair[0] != rules.ONLINE or services.online_is_on()]
    today = timezone.localdate()
    day = meeting.held_on if meeting else today
    initial = {"kind": kinds[0][0] if len(kinds) == 1 else None, "method": rules.HANDS, "held_on": today}
    people = people_of(organisation, day) if meeting else []
    cases = {str(case.uid): case for case in cases_to_vote(organisation)} if Motion.Kind.DEVELOPMENT in dict(kinds) else {}
    form = MotionForm(
        request.POST or None,
        kinds=kinds,
        methods=methods,
        people=people,
        cases=[(uid, f"{case.name}（{case.get_next_step_display()}）") for uid, case in cases.items()],
        alone=meeting is None,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        chosen = members_by_uid(said.pop("candidates", []))
        said["candidates"] = [chosen[uid] for uid, _ in people if uid in chosen]
        said["case"] = cases.get(said.get("case"))
        with refusals(form):
            made = services.move(organisation=organisation, meeting=meeting, by=request.user, today=today, again_of=_again(request), **said)
            return redirect("motions:motion", made.uid)
    context = {"form": form, "meeting": meeting, "organisation": organisation}
    return page(request, "motions/motion_new.html", context, status=422 if form.errors else None)


def _where(request) -> tuple[Meeting | None, Organisation]:
    if uid := request.GET.get("meeting"):
        seen = Meeting.objects.visible_to(request.user).select_related("organisation").exclude(state=Meeting.State.VOID)
        meeting = get_object_or_404(seen, uid=uid_named(uid))
        if not any(_fits(kind, meeting) for kind in Motion.Kind):
            raise Http404
        return meeting, meeting.organisation
    branches = Organisation.objects.branches().existing().visible_to(request.user)
    code = request.GET.get("organisation")
    held = branches.where(request.user, "education.record").order_by("path")
    return None, get_object_or_404(branches, code=code) if code else (held.first() or _nowhere(request))


def _nowhere(request):
    require(request.user, "education.record")
    raise Http404


def _fits(kind, meeting: Meeting | None) -> bool:
    return rules.procedure_of(kind).meeting == (meeting.kind if meeting else "committee")


def _again(request) -> Motion | None:
    uid = request.GET.get("again")
    return get_object_or_404(Motion.objects.where(request.user, "education.record"), uid=uid_named(uid)) if uid else None


@login_required
def motion(request, uid):
    """One motion: the result, or what it takes; the roll with every reason; whose turn it is."""
    return _motion_page(request, selectors.seen(request.user, uid))


@login_required
def motion_open(request, uid):
    """Check the roll and begin."""
    held = selectors.seen(request.user, uid)
    require(request.user, "education.record", held.organisation)
    roll = roll_of(held)
    people = [(line.uid, line.name) for line in (roll.lines if held.meeting_id is None else roll.voting) if line.counts]
    initial = {"version": held.version, "present": [uid for uid, _ in people]}
    form = OpenForm(request.POST or None, motion=held, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        chosen = members_by_uid([*said.get("present", []), *(said[name] for name in ("host", "teller", "counter") if said.get(name))])
        present = [chosen[uid].pk for uid in said["present"]] if "present" in said else None
        named = {name: chosen.get(said[name]) for name in ("host", "teller", "counter") if name in said}
        with refusals(form):
            services.open_vote(held, by=request.user, today=timezone.localdate(), present=present, version=said["version"], **named)
            messages.success(request, "开始表决，名单已经定下。")
            return redirect("motions:ballots" if held.method == rules.PAPER else "motions:motion", uid)
    context = {"motion": held, "roll": roll, "form": form, "is_draft": held.state == Motion.State.DRAFT}
    return page(request, "motions/motion_open.html", context, status=422 if form.errors else None)


@login_required
@require_POST
def motion_void(request, uid):
    """Take a vote out, with the reason."""
    held = selectors.seen(request.user, uid)
    require(request.user, "education.record", held.organisation)
    form = VoidForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.void(held, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已作废。经过还在，可以重新表决。")
            return redirect("motions:motion", uid)
    return _motion_page(request, held, form)


def _motion_page(request, held: Motion, form: VoidForm | None = None):
    seen = sees(request.user, held.organisation)
    context = selectors.told(held, request.user) | {
        "motion": held,
        "looks_around": seen,
        "form": form or VoidForm(initial={"version": held.version}),
    }
    return page(request, "motions/motion.html", context, status=422 if form is not None else None)
