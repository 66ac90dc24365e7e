"""结对帮扶: the list, one pair with its contacts, begun, ended, and a helper's own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.care.visits.forms import ContactForm, EndPairForm, PairForm
from members.care.visits.models import Pair
from members.care.visits.selectors import birthdays, pairs, visits
from members.care.visits.services import exports
from members.care.visits.services import pairs as services
from members.care.visits.services.outings import record_contact
from members.care.visits.views.scope import place
from members.models import Member
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response
from partyportal.core.uid import new_uid

ROWS_A_PAGE, OWN_SHOWN = 50, 10


@never_cache
@login_required
def pair_list(request):
    """The pairs looked after here: the longest without a word first."""
    within, today = place(request), timezone.localdate()
    show, text = _asked(request)
    found = pairs.listed(request.user, within=within, show=show, text=text, today=today)
    counts = pairs.counts(request.user, within=within, today=today)
    context = {
        "within": within,
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "tabs": [(label, f"?organisation={within.code}&show={key}", counts[key], key == show) for key, label in pairs.SHOWS],
        "show": show,
        "q": text,
        "today": today,
        "may_record": can(request.user, "care.record", within),
        "may_export": can(request.user, "member.export", within),
    }
    return page(request, "visits/pairs.html", context, fragment="visits/_pairs.html")


@login_required
@require_POST
def pairs_export(request):
    """The list as the address narrows it, as a sheet."""
    within, today = place(request), timezone.localdate()
    require(request.user, "member.export", within)
    show, text = _asked(request)
    rows = pairs.listed(request.user, within=within, show=show, text=text, today=today)
    file = exports.export_pairs(rows, path=within.path, by=request.user)
    return sheet_response(file, f"结对帮扶-{today}.xlsx")


def _asked(request) -> tuple[str, str]:
    show = request.GET.get("show", "")
    return show if show in dict(pairs.SHOWS) else "", text_asked(request)


@never_cache
@login_required
def pair_new(request):
    """Bring two together."""
    require(request.user, "care.record")
    today = timezone.localdate()
    form = PairForm(request.POST or None, by=request.user, initial={"start": today})
    if request.method == "POST" and form.is_valid():
        require(request.user, "care.record", form.cleaned_data["member"].branch)
        with refusals(form):
            pair = services.make_pair(today=today, by=request.user, **form.cleaned_data)
            messages.success(request, "已结对。到日子没有联系会提醒。")
            return redirect("visits:pair", pair.uid)
    return page(request, "visits/pair_new.html", {"form": form}, status=422 if form.errors else None)


@never_cache
@login_required
def pair(request, uid):
    """One pair: when it is due, what was done, and the helper's own form."""
    held = _pair(request, uid)
    return _page_of(request, held)


@login_required
@require_POST
def pair_contact(request, uid):
    """A contact the helper writes down themselves."""
    held, today = _pair(request, uid), timezone.localdate()
    if held.helper is None or held.helper.user_id != request.user.pk:
        raise PermissionDenied("care.record")
    form = ContactForm(request.POST)
    if form.is_valid():
        with refusals(form):
            record_contact(held, today=today, by=request.user, **form.cleaned_data)
            messages.success(request, "已记下。")
            return redirect("visits:pair", uid)
    return _page_of(request, held, contact=form, status=422)


@login_required
@require_POST
def pair_end(request, uid):
    """End it with the reason."""
    held = _pair(request, uid)
    require(request.user, "care.record", held.member.branch)
    form = EndPairForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.end_pair(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, "结对已结束，记录都留着。")
            return redirect("visits:pair", uid)
    return _page_of(request, held, ending=form, status=422)


@never_cache
@login_required
def mine(request):
    """一个党员自己的: 政治生日, whom they help, who helps them, and who came to see them."""
    person = Member.objects.filter(user=request.user).defer("id_number").first()
    today = timezone.localdate()
    helped = Pair.objects.open().filter(member=person).select_related("helper", "helping") if person else Pair.objects.none()
    context = {
        "person": person,
        "birthday": birthdays.next_of(person, today) if person and person.left_on is None else None,
        "helping": list(pairs.own(request.user)),
        "helped": list(helped.defer("helper__id_number")),
        "calls": [(call, visits.who(call.outing)) for call in visits.own(request.user)[:OWN_SHOWN]],
        "today": today,
    }
    return page(request, "visits/mine.html", context)


def _pair(request, uid) -> Pair:
    seen = pairs.with_contact(Pair.objects.visible_to(request.user)).select_related(
        "member__branch", "helper__branch", "helping", "made_by"
    )
    return get_object_or_404(seen.defer("member__id_number", "helper__id_number"), uid=uid)


def _page_of(request, held: Pair, *, contact=None, ending=None, status: int | None = None):
    today = timezone.localdate()
    is_helper = held.helper is not None and held.helper.user_id == request.user.pk
    sees = can(request.user, "care.see", held.member.branch)
    may_record = held.end is None and can(request.user, "care.record", held.member.branch)
    made = visits.whole(held.contacts.standing()).order_by("-outing__day", "-id")
    if not (sees or is_helper):
        made = made.filter(Q(member__user=request.user))
    context = {
        "pair": held,
        "contacts": [(visit, visits.who(visit.outing)) for visit in made[:ROWS_A_PAGE]],
        "today": today,
        "is_helper": is_helper and held.end is None,
        "sees": sees,
        "may_record": may_record,
        "contact": contact or (ContactForm(initial={"day": today, "uid": new_uid()}) if is_helper and held.end is None else None),
        "ending": ending or (EndPairForm(initial={"on": today}) if may_record else None),
        "record_url": f"{reverse('visits:record')}?organisation={held.member.branch.code}&member={held.member.uid}&kind=pair",
    }
    return page(request, "visits/pair.html", context, status=status)
