"""流出: registering who goes away, one registration, its contacts, its papers and its end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.access import can, require
from branches.models import Organisation
from members.mobility.forms import AttestForm, ContactForm, EndForm, MoveForm, OutflowForm, ReviseForm
from members.mobility.models import Attestation, Outflow
from members.mobility.rules.clocks import transfer_due_on
from members.mobility.rules.places import read_destination
from members.mobility.selectors import outflows as selectors
from members.mobility.services import contacts, hosting
from members.mobility.services import outflows as services
from members.models import Member
from partyportal.core.days import months_after
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.uid import new_uid, uid_named

FOUND_SHOWN = 20


@login_required
def outflow_new(request):
    """Register somebody as away. Without a member in the address, whom is asked first: those the roster calls 流动 stand on top."""
    require(request.user, "mobility.record")
    person = _person_asked(request)
    if person is None:
        text = text_asked(request)
        mine = Member.objects.at_home().where(request.user, "mobility.record").select_related("branch")
        found = (
            mine.matching(text).exclude(outflows__end=None, outflows__isnull=False).order_by("pinyin", "id")[:FOUND_SHOWN] if text else []
        )
        waiting = selectors.unregistered(request.user).filter(branch__in=Organisation.objects.where(request.user, "mobility.record"))[
            :FOUND_SHOWN
        ]
        return page(request, "mobility/outflow_who.html", {"found": found, "waiting": waiting, "text": text})
    if already := Outflow.objects.open().filter(member=person).first():
        return redirect("mobility:outflow", already.uid)
    today, people = timezone.localdate(), selectors.contact_people(person.branch, but=person)
    form = OutflowForm(request.POST or None, people=people, initial=_proposed(person))
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            with transaction.atomic():
                outflow = services.register_outflow(person, today=today, by=request.user, **form.registration)
                if host := form.cleaned_data["host"]:
                    hosting.ask_hosting(outflow, host=host, start=max(outflow.start, today), today=today, by=request.user)
            messages.success(request, f"{person.name}的去向已登记，名册同时改好。")
            return redirect("mobility:outflow", outflow.uid)
    return page(request, "mobility/outflow_new.html", {"person": person, "form": form}, status=_status(form))


@login_required
def outflow(request, uid):
    """One registration: where, the clock, everything that happened; changing it stands below."""
    return _outflow_page(request, _held(request, uid))


@login_required
@require_POST
def outflow_edit(request, uid):
    """Change what may change while the member stays where they are."""
    held = _held(request, uid, "mobility.record")
    form = ReviseForm(request.POST, people=selectors.contact_people(held.member.branch, but=held.member))
    if form.is_valid():
        with refusals(form):
            services.revise_outflow(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, "已改好。")
            return redirect("mobility:outflow", uid)
    return _outflow_page(request, held, revise=form)


@login_required
@require_POST
def outflow_move(request, uid):
    """Another place: this registration ends, a new one begins."""
    held = _held(request, uid, "mobility.record")
    form = MoveForm(request.POST)
    if form.is_valid():
        with refusals(form):
            new = services.move_on(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, f"去向已改为{new.destination}，原来的登记留着。")
            return redirect("mobility:outflow", new.uid)
    return _outflow_page(request, held, move=form)


@login_required
def outflow_end(request, uid):
    """End a registration: back, transferred, or a mistake."""
    held = _held(request, uid, "mobility.record")
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.end_outflow(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, f"{held.member.name}的外出已了结，名册同时改好。")
            return redirect("mobility:outflow", uid)
    return page(request, "mobility/outflow_end.html", {"outflow": held, "form": form}, status=_status(form))


@login_required
def contact(request, uid):
    """Log a contact: the result, the way, done."""
    held = _held(request, uid, "mobility.record")
    today, people = timezone.localdate(), selectors.contact_people(held.member.branch, but=held.member)
    made_by = held.contact.uid if held.contact else None
    form = ContactForm(request.POST or None, people=people, initial={"uid": new_uid(), "day": today, "way": "phone", "made_by": made_by})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            contacts.log_contact(held.member, today=today, by=request.user, **form.cleaned_data)
            messages.success(request, f"已记下和{held.member.name}的这次联系。")
            return redirect("mobility:outflow", uid)
    last, clock = selectors.last_contact(held), selectors.clock_on(today)
    context = {
        "outflow": held,
        "form": form,
        "last": last,
        "due_on": clock.due_on(last=last or held.start, province=held.province),
        "often": clock.often(held.province),
        "today": today,
    }
    return page(request, "mobility/contact.html", context, status=_status(form))


@login_required
def attest(request, uid):
    """Enter a paper of something attended outside the county."""
    held = _held(request, uid, "mobility.record")
    form = AttestForm(request.POST or None, initial={"uid": new_uid(), "host_name": held.host_name})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            hosting.attest(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, "已记到本支部名下，积分一会儿就到。")
            return redirect("mobility:outflow", uid)
    return page(request, "mobility/attest.html", {"outflow": held, "form": form}, status=_status(form))


@login_required
@require_POST
def attest_void(request, uid):
    """Take a paper entered by mistake out of account."""
    row = get_object_or_404(Attestation.objects.visible_to(request.user).select_related("member__branch", "outflow"), uid=uid)
    require(request.user, "mobility.record", row.member.branch)
    try:
        hosting.void_attestation(row, by=request.user)
        messages.success(request, "这张证明已作废，积分和学时不算。")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("mobility:outflow", row.outflow.uid)


def _held(request, uid, verb: str | None = None) -> Outflow:
    rows = Outflow.objects.visible_to(request.user).select_related("member__branch__parent", "contact", "registered_by")
    held = get_object_or_404(rows, uid=uid)
    if verb:
        require(request.user, verb, held.member.branch)
    return held


def _person_asked(request) -> Member | None:
    """The member the address names, in sight and where the user records; none when nobody is named."""
    if not (asked := request.GET.get("member")):
        return None
    person = get_object_or_404(Member.objects.visible_to(request.user).at_home().select_related("branch"), uid=uid_named(asked))
    require(request.user, "mobility.record", person.branch)
    return person


def _proposed(person: Member) -> dict:
    """What the roster already says of where they are."""
    province, city, county = read_destination(person.destination)
    return {"uid": new_uid(), "province": province, "city": city, "county": county, "reason": Outflow.Reason.WORK}


def _outflow_page(request, held: Outflow, *, revise: ReviseForm | None = None, move: MoveForm | None = None):
    user, today = request.user, timezone.localdate()
    may_record = can(user, "mobility.record", held.member.branch) and held.end is None
    last, clock = selectors.last_contact(held), selectors.clock_on(today)
    due_on = clock.due_on(last=last or held.start, province=held.province)
    moves_on = transfer_due_on(start=held.start, place_fixed=held.place_fixed)
    people = selectors.contact_people(held.member.branch, but=held.member) if may_record else Member.objects.none()
    context = {
        "outflow": held,
        "person": held.member,
        "events": selectors.history(held),
        "attestations": held.attestations.filter(voided_at=None),
        "hosting": held.hostings.exclude(state="declined").filter(end=None).select_related("host").first(),
        "last": last,
        "due_on": due_on,
        "is_late": held.end is None and due_on < today,
        "often": clock.often(held.province),
        "transfer_on": moves_on if held.end is None and moves_on and moves_on <= months_after(today, 1) else None,
        "today": today,
        "may_record": may_record,
        "revise": revise or ReviseForm(people=people, initial=_standing(held)),
        "move": move or MoveForm(initial={"province": held.province, "place_fixed": held.place_fixed, "on": today}),
        "refused": revise if revise and revise.errors else move if move and move.errors else None,
        "open_revise": bool(revise and revise.errors),
        "open_move": bool(move and move.errors),
    }
    return page(request, "mobility/outflow.html", context, status=422 if context["refused"] else None)


def _standing(held: Outflow) -> dict:
    names = ("version", "expected_return", "place_fixed", "phone_checked_on", "reported_on", "host_name")
    return {name: getattr(held, name) for name in names} | {"contact": held.contact.uid if held.contact else None}


def _status(form) -> int | None:
    return 422 if form.is_bound and form.errors else None
