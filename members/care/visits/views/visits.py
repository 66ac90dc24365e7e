"""应走访: every occasion with its number first, then how far each organisation has come, then the names."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, require
from members.care.models import Condolence
from members.care.visits.forms import WaiveForm
from members.care.visits.models import Round, VisitDue
from members.care.visits.parameters import EVENT_DAYS
from members.care.visits.selectors import birthdays, criteria, dues, events
from members.care.visits.services import rounds as services
from members.care.visits.services.exports import export_dues
from members.care.visits.views.scope import place
from partyportal.core.days import chinese_day
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response
from partyportal.core.uid import uid_named

ROWS_A_PAGE = 50


@never_cache
@login_required
def due_list(request):
    """What is due by occasion. The address says which one, where, and which of its names."""
    within, today = place(request), timezone.localdate()
    rounds = dues.rounds_in_view(today)
    chosen, kind = _chosen(request)
    covered = dues.coverage(request.user, rounds, within=within)
    waiting = events.counts(request.user, within=within)
    if chosen is None and not kind:
        chosen, kind = _most_pressing(covered, waiting)
    context = {
        "within": within,
        "today": today,
        "figures": _figures(request, within, covered, waiting, chosen, kind, today),
        "chosen": chosen,
        "kind": kind,
        "coverage": next((one for one in covered if chosen and one.round.pk == chosen.pk), None),
        "may_record": can(request.user, "care.record", within),
        "may_export": can(request.user, "member.export", within) and chosen is not None,
        "may_keep": can(request.user, "care.criteria"),
        **_asked(request),
    }
    if chosen is not None:
        context |= _of_round(request, chosen, within, context)
    elif kind:
        context |= _of_event(request, kind, within, context, today)
    return page(request, "visits/visits.html", context, fragment="visits/_dues.html")


@login_required
@require_POST
def dues_export(request):
    """The list of a round as the address narrows it, as a sheet."""
    within, today = place(request), timezone.localdate()
    require(request.user, "member.export", within)
    held = get_object_or_404(Round, uid=uid_named(request.GET.get("round")))
    rows = dues.listed(request.user, held, within=within, **_asked(request))
    file = export_dues(rows, names=criteria.names(), path=within.path, by=request.user)
    return sheet_response(file, f"{held}-{today}.xlsx")


@never_cache
@login_required
def waive(request, uid):
    """Somebody on the list need not be called on, and why."""
    seen = VisitDue.objects.where(request.user, "care.see").select_related("member", "organisation", "round__occasion")
    held = get_object_or_404(seen.defer("member__id_number"), uid=uid)
    require(request.user, "care.record", held.organisation)
    back = f"{reverse('visits:visits')}?organisation={held.organisation.code}&round={held.round.uid}"
    form = WaiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.waive(held, today=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, f"{held.member.name}不用走访，名单上留着原因。")
            return redirect(back)
    return page(request, "visits/waive.html", {"due": held, "form": form, "back": back}, status=422 if form.errors else None)


def _asked(request) -> dict[str, str]:
    show, why = request.GET.get("show", ""), request.GET.get("why", "")[:40]
    return {"show": show if show in dict(dues.SHOWS) else "", "why": why, "text": text_asked(request)}


def _chosen(request) -> tuple[Round | None, str]:
    kind = request.GET.get("on", "")
    if kind in events.EVENTS:
        return None, kind
    if not request.GET.get("round"):
        return None, ""
    return get_object_or_404(Round.objects.select_related("occasion"), uid=uid_named(request.GET.get("round"))), ""


def _most_pressing(covered, waiting) -> tuple[Round | None, str]:
    """The round that still owes and ends first; else somebody ill or bereaved; else the latest round."""
    owing = [one for one in covered if one.left]
    if owing:
        return min(owing, key=lambda one: one.round.due_on).round, ""
    kind = next((key for key, number in waiting.items() if number), "")
    return (None, kind) if kind else (covered[0].round if covered else None, "")


def _figures(request, within, covered, waiting, chosen, kind, today) -> list[tuple]:
    """(label, number still owed, note, address, tone, current): what needs somebody, each a way to its names."""
    here = f"?organisation={within.code}"
    found = []
    for one in covered:
        over = one.round.due_on < today
        note = f"{one.done}/{one.owed} 已走访，{'到' if over else ''}{chinese_day(one.round.due_on)}{'为止' if over else '以前'}"
        tone = "red" if one.left and over else ""
        found.append((str(one.round), one.left, note, f"{here}&round={one.round.uid}", tone, bool(chosen and chosen.pk == one.round.pk)))
    for key, label in events.EVENTS.items():
        found.append((label, waiting[key], "登记了还没去看", f"{here}&on={key}", "", kind == key))
    mourned = Condolence.objects.standing().where(request.user, "care.see").within(within).filter(steps__outcome="").distinct().count()
    found.append(("去世慰问", mourned, "还有要办的", f"{reverse('care:condolences')}{here}&state=open", "", False))
    month = birthdays.in_month(birthdays.of_branch(within, request.user), today.year, today.month)
    left = birthdays.narrowed(month, today.year, "open").count()
    found.append((f"{today.month} 月政治生日", left, "还没过", f"{reverse('visits:birthdays')}{here}", "", False))
    return found


def _of_round(request, chosen: Round, within, context: dict) -> dict:
    rows = dues.listed(request.user, chosen, within=within, show=context["show"], why=context["why"], text=context["text"])
    listed = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    names = criteria.names()
    return {
        "page": listed,
        "rows": [(due, "、".join(names.get(code, code) for code in due.why)) for due in listed],
        "below": dues.below(request.user, chosen, under=within) if not within.is_branch else [],
        "shows": dues.SHOWS,
        "may_tick": within.is_branch or any(due.owed_by_id == within.pk for due in listed),
        "whys": [("", "全部名单"), *((code, names.get(code, code)) for code in chosen.criteria)],
    }


def _of_event(request, kind: str, within, context: dict, today) -> dict:
    show = context["show"] if context["show"] in {"open", "done"} else ""
    rows = events.listed(request.user, kind, within=within, show=show, text=context["text"])
    listed = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    days = value_on(today, EVENT_DAYS)
    return {
        "page": listed,
        "events": [events.event_of(condition, days=days) for condition in listed],
        "event_label": events.EVENTS[kind],
        "event_kind": events.AS_KIND[kind],
        "days": days,
        "shows": dues.SHOWS[:3],
    }
