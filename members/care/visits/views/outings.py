"""走访 recorded: whom to choose, one form for all of them, the log, one call, taken back, and what was found."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.care.visits.forms import OutingForm, VoidForm
from members.care.visits.models import Goer, Outing, Visit
from members.care.visits.selectors import dues, events, visits
from members.care.visits.services import outings as services
from members.care.visits.services.exports import export_visits
from members.care.visits.views.scope import place, year_asked
from members.models import Member
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.navigation import address
from partyportal.core.sheets import sheet_response
from partyportal.core.uid import new_uid, uid_named

ROWS_A_PAGE = 50
AT_ONCE = 30  # more calls in one outing than anybody makes in a day


@never_cache
@login_required
def record(request):
    """Who went to whom: first those called on are chosen, then one form for all of them."""
    here, today = place(request, "care.record"), timezone.localdate()
    mine = Member.objects.where(request.user, "care.record").within(here).at_home()
    called = list(
        mine.filter(uid__in=map(uid_named, request.GET.getlist("member")[:AT_ONCE]))
        .select_related("branch")
        .defer("id_number")
        .order_by("pinyin", "pk")
    )
    if not called:
        return _choose(request, here, mine)
    kind = request.GET.get("kind", "")
    form = OutingForm(
        request.POST or None,
        called=called,
        leaders=visits.leaders(here),
        people=visits.may_go(here),
        rounds=dues.rounds_to_record(today),
        initial={
            "uid": new_uid(),
            "day": today,
            "kind": kind if kind in Outing.Kind.values else events.kind_for(called[0]) if len(called) == 1 else Outing.Kind.CALL,
            "round": request.GET.get("round", ""),
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = services.record_outing(organisation=here, today=today, by=request.user, **form.said())
            return _recorded(request, here, made, called)
    context = {"here": here, "form": form, "called": called}
    return page(request, "visits/record.html", context, status=422 if form.errors else None)


def _recorded(request, here: Organisation, made: Outing, called: list[Member]):
    """Back to what is still due; a need that was noticed leads on to an application where that room is built."""
    messages.success(request, f"已记下走访 {len(called)} 人。" if len(called) > 1 else f"已记下走访{called[0].name}。")
    needs = made.visits.filter(needs=True).order_by("pk").first()
    if needs is not None and len(called) == 1:
        return redirect("visits:visit", needs.uid)
    asked = f"?organisation={here.code}" + (f"&round={made.round.uid}" if made.round_id else "")
    return redirect(reverse("visits:visits") + asked if made.round_id else reverse("visits:log") + asked)


def _choose(request, here: Organisation, mine):
    """Whom: those of the organisation found by name; of a branch all of them."""
    text = text_asked(request)
    found = mine.matching(text) if text else (mine if here.is_branch else mine.none())
    context = {
        "here": here,
        "people": list(found.select_related("branch").defer("id_number").order_by("pinyin", "pk")[:200]),
        "q": text,
        "kind": request.GET.get("kind", ""),
        "round": request.GET.get("round", ""),
    }
    return page(request, "visits/choose.html", context, fragment="visits/_choose.html")


@never_cache
@login_required
def log(request):
    """The calls made, latest first: all, of one kind, or on one member."""
    within, today = place(request), timezone.localdate()
    found, asked = _found(request, within, today)
    context = {
        "within": within,
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "kinds": visits.KINDS,
        "years": [("", "各年"), *((str(year), f"{year} 年") for year in range(today.year, today.year - 5, -1))],
        **asked,
        "may_record": can(request.user, "care.record", within),
        "may_export": can(request.user, "member.export", within),
    }
    context["rows"] = [(visit, visits.who(visit.outing)) for visit in context["page"]]
    return page(request, "visits/log.html", context, fragment="visits/_log.html")


@login_required
@require_POST
def log_export(request):
    """The log as the address narrows it, as a sheet."""
    within, today = place(request), timezone.localdate()
    require(request.user, "member.export", within)
    found, _ = _found(request, within, today)
    file = export_visits(found, path=within.path, by=request.user)
    return sheet_response(file, f"走访记录-{today}.xlsx")


def _found(request, within: Organisation, today):
    kind = request.GET.get("kind", "")
    asked = {
        "kind": kind if kind in Outing.Kind.values else "",
        "year": year_asked(request, today),
        "q": text_asked(request),
        "needs": request.GET.get("needs") == "on",
        "member": _member_asked(request),
    }
    given = {name: asked[name] for name in ("kind", "year", "needs", "member")}
    return visits.listed(request.user, within=within, text=asked["q"], **given), asked


def _member_asked(request) -> Member | None:
    """Whose calls alone are asked for; out of sight 404."""
    asked = request.GET.get("member")
    seen = Member.objects.visible_to(request.user).defer("id_number")
    return get_object_or_404(seen, uid=uid_named(asked)) if asked else None


@never_cache
@login_required
def visit(request, uid):
    """One call: who, when, what was brought, and what follows."""
    return _page_of(request, _visit(request, uid))


@never_cache
@login_required
@require_POST
def reveal(request, uid):
    """What was found, once, with an audit row."""
    held = _visit(request, uid)
    require(request.user, "care.see", held.organisation)
    return _page_of(request, held, shown=services.read_found(held, by=request.user))


@login_required
@require_POST
def visit_void(request, uid):
    """Recorded by mistake."""
    held = _visit(request, uid)
    require(request.user, "care.record", held.organisation)
    form = VoidForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.void_visit(held, why=form.cleaned_data["why"], by=request.user)
            messages.success(request, "已作废，原来的记录留着。去过的重新记一次。")
            return redirect("visits:visit", uid)
    return _page_of(request, held, voiding=form, status=422)


def _visit(request, uid) -> Visit:
    related = (
        "outing__organisation",
        "outing__round__occasion",
        "outing__recorded_by",
        "member__branch",
        "organisation",
        "pair",
        "voided_by",
    )
    goers = Prefetch("outing__goers", Goer.objects.select_related("member").defer("member__id_number").order_by("pk"))
    seen = Visit.objects.visible_to(request.user).select_related(*related).prefetch_related(goers).defer("member__id_number")
    return get_object_or_404(seen, uid=uid)


def _page_of(request, held: Visit, *, shown: str | None = None, voiding: VoidForm | None = None, status: int | None = None):
    may_record = held.voided_at is None and can(request.user, "care.record", held.organisation)
    apply_url = address("aid:apply")
    context = {
        "visit": held,
        "outing": held.outing,
        "who": visits.who(held.outing),
        "beside": list(held.outing.visits.exclude(pk=held.pk).select_related("member").defer("found", "member__id_number"))
        if can(request.user, "care.see", held.outing.organisation)
        else [],
        "shown": shown,
        "may_read": held.found is not None and can(request.user, "care.see", held.organisation),
        "voiding": voiding or (VoidForm() if may_record else None),
        "apply_url": f"{apply_url}?member={held.member.uid}" if apply_url and held.needs and may_record else "",
        "is_own": held.member.user_id == request.user.pk,
    }
    return page(request, "visits/visit.html", context, status=status)
