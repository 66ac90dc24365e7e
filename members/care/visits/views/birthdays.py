"""政治生日: a month's list, the card to print, and the mark that it was kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require, require_sight
from branches.models import Organisation
from members.care.visits.forms import BirthdayForm, VoidForm
from members.care.visits.models import Birthday
from members.care.visits.rules import years_joined
from members.care.visits.selectors import birthdays as selectors
from members.care.visits.services import birthdays as services
from members.care.visits.services.exports import export_birthdays
from members.models import Member
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.numbers import number_named
from partyportal.core.sheets import sheet_response

ROWS_A_PAGE = 50
SHOWS = (("", "全部"), ("round", "逢十的"), ("open", "还没过"))


@never_cache
@login_required
def birthday_list(request):
    """Whose 政治生日 is in a month."""
    require_sight(request.user)
    within, month, today = _within(request), _month(request), timezone.localdate()
    found, show = _found(request, within, today.year, month)
    listed = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    everybody = selectors.in_month(selectors.of_branch(within, request.user), today.year, month)
    context = {
        "within": within,
        "month": month,
        "months": [(str(n), f"{n} 月") for n in range(1, 13)],
        "page": listed,
        "lines": selectors.lines(list(listed), today.year),
        "shows": SHOWS,
        "show": show,
        "q": request.GET.get("q", "").strip(),
        "total": everybody.count(),
        "rounds": selectors.narrowed(everybody, today.year, "round").count(),
        "open": selectors.narrowed(everybody, today.year, "open").count(),
        "today": today,
        "this_month": str(today.month),
        "sees": can(request.user, "care.see", within),
        "ways": Birthday.Way.choices,
        "may_record": can(request.user, "care.record", within),
        "may_export": can(request.user, "member.export", within),
    }
    return page(request, "visits/birthdays.html", context, fragment="visits/_birthdays.html")


@login_required
@require_POST
def birthdays_export(request):
    """The month's list as a sheet."""
    require_sight(request.user)
    within, month, today = _within(request), _month(request), timezone.localdate()
    require(request.user, "member.export", within)
    found, _ = _found(request, within, today.year, month)
    lines = selectors.lines(list(found), today.year)
    file = export_birthdays(lines, month=month, path=within.path, by=request.user)
    return sheet_response(file, f"{month}月政治生日-{today}.xlsx")


@never_cache
@login_required
def birthday_card(request, uid):
    """The card to print, and the mark of this year with the way to take it back."""
    person = _person(request, uid)
    if years_joined(person.joined_on, timezone.localdate().year) < 1:
        raise Http404
    return _card(request, person)


@login_required
@require_POST
def birthday_keep(request, uid):
    """It was kept."""
    person = _person(request, uid)
    require(request.user, "care.record", person.branch)
    form = BirthdayForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.keep_birthday(person, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, f"{person.name}的政治生日已登记。")
            return redirect(f"{reverse('visits:birthdays')}?organisation={person.branch.code}&month={person.joined_on.month}")
    return _card(request, person, form=form, status=422)


@login_required
@require_POST
def birthday_void(request, uid):
    """The mark was a mistake."""
    held = get_object_or_404(Birthday.objects.visible_to(request.user).select_related("member__branch"), uid=uid)
    require(request.user, "care.record", held.member.branch)
    form = VoidForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.void_birthday(held, by=request.user, **form.cleaned_data)
            messages.success(request, "已作废，可以重新登记。")
            return redirect("visits:birthday_card", held.member.uid)
    return _card(request, held.member, void=form, status=422)


def _card(request, person: Member, *, form: BirthdayForm | None = None, void: VoidForm | None = None, status: int | None = None):
    today = timezone.localdate()
    may_record = person.left_on is None and can(request.user, "care.record", person.branch)
    line = selectors.lines([person], today.year)[0]
    if may_record and line.kept is None:
        form = form or BirthdayForm(initial={"held_on": today})
    elif may_record:
        void = void or VoidForm()
    context = {"person": person, "line": line, "form": form, "void": void, "is_own": person.user_id == request.user.pk}
    return page(request, "visits/card.html", context, status=status)


def _within(request) -> Organisation:
    seen = Organisation.objects.exclude(kind=Organisation.Kind.GROUP)
    if code := request.GET.get("organisation"):
        return get_object_or_404(seen.visible_to(request.user), code=code)
    return get_object_or_404(seen, path=paths_for(request.user)[0])


def _month(request) -> int:
    return number_named(request.GET.get("month"), 1, 12) or timezone.localdate().month


def _found(request, within: Organisation, year: int, month: int):
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    rows = selectors.in_month(selectors.of_branch(within, request.user), year, month)
    if text := text_asked(request):
        rows = rows.matching(text)
    return selectors.narrowed(rows, year, show).select_related("branch").defer("id_number"), show


def _person(request, uid) -> Member:
    return get_object_or_404(Member.objects.visible_to(request.user).select_related("branch").defer("id_number"), uid=uid)
