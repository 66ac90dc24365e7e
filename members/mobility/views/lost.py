"""失联: opening a case, its page with the clock, and every step by whoever must take it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.mobility.forms import ContactForm, LostForm, StepForm
from members.mobility.models import LostCase
from members.mobility.rules.clocks import may_remove_on, may_suspend_on
from members.mobility.selectors import lost as selectors
from members.mobility.selectors.outflows import contact_people
from members.mobility.selectors.signs import last_sign
from members.mobility.services import contacts
from members.mobility.services import lost as services
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.uid import new_uid, uid_named

State = LostCase.State
FOUND_SHOWN = 20
SAID = {
    "report": "已报党委，等决定。",
    "send_back": "已退回支部，继续查找。",
    "suspend": "停止党籍已登记，两年后再看。",
    "remove": "已按自行脱党除名，名册同时改好。",
    "restore": "党籍已恢复，名册同时改好。",
}


@login_required
def lost_new(request):
    """Open a case. Without a member in the address, whom is asked first: those the roster calls 失联 stand on top."""
    require(request.user, "mobility.record")
    mine = Organisation.objects.where(request.user, "mobility.record")
    if not (asked := request.GET.get("member")):
        text = text_asked(request)
        people = Member.objects.at_home().filter(branch__in=mine, standing=Member.Standing.NORMAL).select_related("branch")
        found = people.matching(text).exclude(lost_cases__in=LostCase.objects.open()).order_by("pinyin", "id")[:FOUND_SHOWN] if text else []
        waiting = selectors.unopened(request.user).filter(branch__in=mine)[:FOUND_SHOWN]
        return page(request, "mobility/lost_who.html", {"found": found, "waiting": waiting, "text": text})
    person = get_object_or_404(Member.objects.visible_to(request.user).at_home().select_related("branch"), uid=uid_named(asked))
    require(request.user, "mobility.record", person.branch)
    if already := LostCase.objects.open().filter(member=person).first():
        return redirect("mobility:lost", already.uid)
    today, sign = timezone.localdate(), last_sign(person)
    clock = max((day for day in (sign and sign.day, person.lost_on) if day), default=None)
    form = LostForm(request.POST or None, initial={"clock": clock})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            with transaction.atomic():
                case = services.open_case(person, today=today, by=request.user, **form.cleaned_data)
            messages.success(request, f"{person.name}的失联台账已立，名册同时改好。每试一次都在这里记一笔。")
            return redirect("mobility:lost", case.uid)
    status = 422 if form.is_bound and form.errors else None
    return page(request, "mobility/lost_new.html", {"person": person, "form": form, "sign": sign}, status=status)


@login_required
def lost(request, uid):
    """One case: the clock, what was tried, what is next and by whom."""
    return _case_page(request, _held(request, uid))


@login_required
@require_POST
def lost_try(request, uid):
    """Log one try; reaching the person ends the search, or asks the 党委 to restore."""
    held = _held(request, uid, "mobility.record")
    form = ContactForm(request.POST, people=contact_people(held.member.branch, but=held.member))
    if form.is_valid():
        with refusals(form):
            contacts.log_contact(held.member, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, "已记下。")
            return redirect("mobility:lost", uid)
    return _case_page(request, held, trying=form, refused=form, status=422)


@login_required
@require_POST
def lost_report(request, uid):
    """The branch reports to its 党委."""
    held = _held(request, uid, "mobility.record")
    return _step(request, held, "report", lambda said: services.report(held, basis=said["basis"], note=said["note"], **_who(request)))


@login_required
@require_POST
def lost_decide(request, uid):
    """The 党委 decides: sends back, stops, removes or restores."""
    held = _held(request, uid, "member.discipline")
    act = request.POST.get("act", "")
    if act == "send_back":
        return _step(request, held, act, lambda said: services.send_back(held, note=said["note"], **_who(request)))
    decide = {"suspend": services.suspend, "remove": services.remove, "restore": services.restore}.get(act)
    if decide is None:
        return _case_page(request, held, status=422)

    def do(said):
        if said["on"] is None:
            raise DomainError("写决定的日子。", field="on")
        decide(held, on=said["on"], basis=said["basis"], **_who(request))

    return _step(request, held, act, do)


def _who(request) -> dict:
    return {"today": timezone.localdate(), "by": request.user}


def _step(request, held: LostCase, act: str, do):
    form = StepForm(request.POST)
    if form.is_valid():
        with refusals(form):
            do(form.cleaned_data)
            messages.success(request, SAID[act])
            return redirect("mobility:lost", held.uid)
    return _case_page(request, held, step=form, refused=form, status=422)


def _held(request, uid, verb: str | None = None) -> LostCase:
    rows = LostCase.objects.visible_to(request.user).select_related("member__branch__parent", "suspension", "last_fact")
    held = get_object_or_404(rows, uid=uid)
    if verb:
        require(request.user, verb, held.member.branch)
    return held


def _case_page(request, held: LostCase, *, status: int | None = None, **forms):
    user, today = request.user, timezone.localdate()
    branch = held.member.branch
    may_record = can(user, "mobility.record", branch) and held.state != State.ENDED
    context = {
        "case": held,
        "person": held.member,
        "standing": selectors.standing_of(held, today=today),
        "means": selectors.means_of(held),
        "events": _events(held),
        "today": today,
        "may_record": may_record,
        "may_report": may_record and held.state == State.SEARCHING and today >= may_suspend_on(held.clock),
        "may_decide": can(user, "member.discipline", branch) and selectors.may_decide(user, held),
        "may_remove": held.state == State.SUSPENDED and today >= may_remove_on(held.suspension.start),
        "trying": ContactForm(
            people=contact_people(branch, but=held.member) if may_record else Member.objects.none(),
            initial={"uid": new_uid(), "day": today, "way": "phone"},
        ),
        "step": StepForm(initial={"on": today}),
        "refused": None,
    } | forms
    return page(request, "mobility/lost.html", context, status=status)


def _events(held: LostCase) -> list[tuple]:
    """(day, title, note, kind) of the steps and tries, newest first: two statements."""
    rows = [(held.clock, "最后一次有记录", held.last_fact.title if held.last_fact else "按支部说明起算", "change", 0)]
    for at, step in enumerate(held.steps.select_related("taken_by"), start=1):
        note = "，".join(part for part in (step.basis, step.note, step.taken_by.name if step.taken_by else "") if part)
        rows.append((step.day, step.get_kind_display(), note, "change", at))
    for row in held.member.contacts.filter(day__gte=held.clock).select_related("made_by"):
        who = row.made_by.name if row.made_by else ""
        kind = "note" if row.outcome == "reached" else "act"
        rows.append((row.day, f"{who}{row.get_way_display()}：{row.get_outcome_display()}", row.note, kind, 0))
    return [row[:4] for row in sorted(rows, key=lambda row: (row[0], row[4]), reverse=True)]
