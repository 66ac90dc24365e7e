"""首页, 要办的事, 找人找支部, 概况, 报表."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require, require_sight
from branches.models import Organisation
from branches.selectors import search as found_organisations
from branches.selectors import trail, tree_places
from education.selectors.cells import cells
from members.duties.grants import due as grants_left
from members.models import Member
from members.selectors.roster import roster, rows_of
from members.selectors.roster import search as found_members
from partyportal.core.htmx import is_asked_alone, page, text_asked
from partyportal.core.models import Job
from partyportal.core.navigation import kind_of, verbs_of
from partyportal.core.once import read_once
from partyportal.core.sheets import sheet_response
from partyportal.dashboard import services
from partyportal.dashboard.duties import due_of_member
from partyportal.dashboard.reports import reports_for
from partyportal.dashboard.selectors import attention as needs
from partyportal.dashboard.selectors import cockpit as figures
from partyportal.dashboard.selectors import home as selectors
from points.selectors.seals import verifications

DUTIES_A_PAGE = 50
FOUND_SHOWN = 20
ATTENTION_SHOWN = ":6"
ATTENTION_A_PAGE = 50


@login_required
@read_once()
def home(request):
    """What is due, for whoever it is: each kind of user has a first page of its own."""
    kind = kind_of(verbs_of(request.user))
    if kind in {"department", "reader"}:
        return redirect("dashboard:cockpit")
    if kind == "administrator":
        return _administrator(request)
    if kind == "member":
        return _member(request)
    return _answering(request)


def _member(request):
    """A member's own points; what waits for the member comes before them."""
    if not Member.objects.filter(user=request.user).exists():
        return page(request, "dashboard/nothing.html")
    today = timezone.localdate()
    waiting = due_of_member(request.user, today)
    return page(request, "dashboard/member.html", {"duties": waiting, "today": today}) if waiting else redirect("points:mine")


def _answering(request):
    """A secretary's page of one branch, a committee's of all its branches; who holds several changes between them."""
    own, today = list(selectors.own_organisations(request.user)), timezone.localdate()
    if not own:  # the one it was granted over is gone
        return page(request, "dashboard/nothing.html")
    asked = request.GET.get("organisation", own[0].code)
    organisation = next((one for one in own if one.code == asked), own[0])
    if is_asked_alone(request) and not organisation.is_branch:
        # What the branches have to do asks every app about each of them: the page is there before it, and works without it.
        behind = selectors.duties_by_branch(request.user, organisation, today=today)
        return page(request, "dashboard/_branches.html", {"organisation": organisation, "behind": behind})
    waiting, checks = selectors.checks(request.user)
    context = {
        "organisation": organisation,
        "own": own if len(own) > 1 else [],
        "above": trail(organisation, request.user)[-1:],
        "today": today,
        "now": timezone.now(),
        "waiting": waiting,
        "checks": checks,
        "may_record": can(request.user, "education.record", organisation),
    }
    if organisation.is_branch:
        due = sorted([*due_of_member(request.user, today), *selectors.duties_under(request.user, organisation, today=today)])
        owed = cells(first=today.replace(month=1, day=1), last=today.replace(month=12, day=1), paths=[organisation.path])
        context |= {
            "duties": due,
            "status": selectors.status(organisation, owed, today=today),
            "dots": selectors.dots(organisation, owed, today=today),
            "jumps": [(f"要办 {len(due)}", "#duties"), *_jump_to_checks(waiting), ("现状", "#status")],
        }
        return page(request, "dashboard/branch.html", context)
    own_due = [*due_of_member(request.user, today), *selectors.own_duties(request.user, organisation, today=today)]
    context |= {
        "duties": own_due,
        "here": tree_places([organisation])[0],
        "attention": needs.attention(request.user, organisation, today=today),
        "attention_shown": ATTENTION_SHOWN,
        "jumps": [("要办", "#own-duties" if own_due else "#duties"), *_jump_to_checks(waiting), ("帮一把", "#attention")],
    }
    return page(request, "dashboard/committee.html", context)


def _jump_to_checks(waiting: int) -> list[tuple[str, str]]:
    return [(f"核对 {waiting}", "#checks")] if waiting else []


def _administrator(request):
    """What the last import did, what failed, who waits for a second person, what was done last and whether the ledgers are sound."""
    user, today = request.user, timezone.localdate()
    grants = can(user, "grant.manage")
    context = {
        "imports": selectors.last_imports(user) if can(user, "member.import") else None,
        "jobs": selectors.stopped_jobs(user),
        "grants": selectors.grants_to_confirm(user, today=today) if grants else None,
        "held": selectors.grants_in_force(user, today=today) if grants else [],
        "left": grants_left(user) if grants else [],
        "unopened": selectors.accounts_unopened(user) if can(user, "account.manage") else None,
        "acts": selectors.last_acts(user) if can(user, "audit.read") else None,
        "verified": next(iter(verifications()), None) if can(user, "audit.read") else None,
        "today": today,
    }
    return page(request, "dashboard/administrator.html", context)


@login_required
@read_once()
def duties(request):
    """The whole list of an organisation's duties: a branch's own, or those of all branches under a committee.

    Where committees hang below it is read committee by committee, after what it has to do itself.
    """
    require(request.user, "duty.see")
    code, today = request.GET.get("organisation"), timezone.localdate()
    if code:
        organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    else:
        organisation = selectors.own_organisations(request.user).first()
    require(request.user, "duty.see", organisation)
    context = {"organisation": organisation, "today": today, "above": trail(organisation, request.user)}
    if selectors.is_read_below(request.user, organisation):
        context["own"] = selectors.own_duties(request.user, organisation, today=today)
        context["places"] = places = selectors.places_below(request.user, organisation, today=today)
        context["counted"] = all(place.overdue is not None for place in places)
        return page(request, "dashboard/duties_wide.html", context)
    duties = selectors.duties_under(request.user, organisation, today=today)
    rooms = Counter(duty.room for duty in duties)
    room = asked if (asked := request.GET.get("room")) in rooms else ""
    duties = [duty for duty in duties if duty.room == room or not room]
    context["rooms"] = [("", "全部"), *((name, f"{name} {count}") for name, count in rooms.items())]
    context["page"] = Paginator(duties, DUTIES_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "dashboard/duties.html", context)


@login_required
def search(request):
    """找人、找支部: in one's own sight, by name, pinyin, initials or last digits."""
    require_sight(request.user)
    text, user, today = text_asked(request), request.user, timezone.localdate()
    members, organisations = Member.objects.none(), Organisation.objects.none()
    if text:
        members = found_members(roster(user), text)
        seen = Organisation.objects.visible_to(user).existing().exclude(kind=Organisation.Kind.GROUP)
        organisations = found_organisations(seen, text).order_by("code")
    people = rows_of(members[: FOUND_SHOWN + 1], today=today)
    places = tree_places(organisations[: FOUND_SHOWN + 1])
    context = {
        "text": text,
        "people": people[:FOUND_SHOWN],
        "more_people": len(people) > FOUND_SHOWN,
        "places": places[:FOUND_SHOWN],
        "more_places": len(places) > FOUND_SHOWN,
    }
    return page(request, "dashboard/search.html", context, fragment="dashboard/_found.html")


def _place_asked(request) -> Organisation:
    """The organisation of a 概况 page: the one asked for, else where the user's begins; 404 out of sight, 403 without the verb."""
    require(request.user, "cockpit.see")
    code = request.GET.get("organisation")
    if not code:
        if (begin := figures.starting_place(request.user)) is None:
            raise PermissionDenied("cockpit.see")
        return begin
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user).exclude(kind=Organisation.Kind.GROUP), code=code)
    require(request.user, "cockpit.see", organisation)
    return organisation


def _year_asked(request, today) -> int:
    asked = request.GET.get("year", "")
    return next((year for year, _ in figures.years(today) if str(year) == asked), today.year)


@login_required
@read_once()
def cockpit(request):
    """Where an organisation stands: every figure leads to its rows, every row of the heat table one step down."""
    organisation, today = _place_asked(request), timezone.localdate()
    shown = figures.cockpit(request.user, organisation, year=_year_asked(request, today), today=today)
    context = {
        "cockpit": shown,
        "figures": shown.figures(may_assess=can(request.user, "assessment.see", organisation)),
        "organisation": organisation,
        "attention": shown.attention,
        "attention_shown": ATTENTION_SHOWN,
        "above": trail(organisation, request.user),
        "places": figures.places(request.user, organisation),
        "years": figures.years(today),
        "now": timezone.now(),
    }
    return page(request, "dashboard/cockpit.html", context)


@login_required
@read_once()
def attention(request):
    """All branches of a subtree that need a hand, and why."""
    organisation, today = _place_asked(request), timezone.localdate()
    listed = Paginator(needs.attention(request.user, organisation, today=today), ATTENTION_A_PAGE).get_page(request.GET.get("page"))
    context = {"organisation": organisation, "page": listed, "above": trail(organisation, request.user)}
    return page(request, "dashboard/attention.html", context)


@login_required
def reports(request):
    """Every sheet that goes upward, and the page it is taken from."""
    require(request.user, "cockpit.see")
    return page(request, "dashboard/reports.html", {"groups": reports_for(verbs_of(request.user))})


@require_POST
@login_required
def export(request):
    """Ask for the page's numbers as a spreadsheet; a county's take a while, so a job makes it."""
    organisation, today = _place_asked(request), timezone.localdate()
    job = services.start_export(organisation, year=_year_asked(request, today), by=request.user)
    return redirect("dashboard:exported", job.uid)


@never_cache
@login_required
def exported(request, uid):
    """How far the spreadsheet is; made, where it is taken."""
    job = _export_asked(request, uid)
    is_there = job.state == Job.State.DONE and services.export_file(job).exists()
    return page(request, "dashboard/exported.html", {"job": job, "is_there": is_there})


@never_cache
@login_required
def export_file(request, uid):
    """The spreadsheet, for whoever asked for it, while it is kept."""
    job = _export_asked(request, uid)
    file = services.export_file(job)
    if job.state != Job.State.DONE or not file.exists():
        raise Http404
    return sheet_response(file.open("rb"), job.result["name"])


def _export_asked(request, uid) -> Job:
    """One's own job; whether one may see the figures is asked again, as of now."""
    job = get_object_or_404(Job.objects.visible_to(request.user), uid=uid, kind="partyportal.dashboard.tasks.export_in_job")
    place = get_object_or_404(Organisation.objects.visible_to(request.user), code=job.params["organisation"])
    require(request.user, "cockpit.see", place)
    return job
