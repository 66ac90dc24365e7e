"""亮身份: the pledges in sight, one with its deeds and its verdict, judging at a meeting, a member's page, a branch's board, 先锋岗."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from branches.asked import organisation_asked
from branches.models import Organisation
from education.openness.forms import PLEDGE_ACTS, PLEDGE_DONE, DeedForm, EndPostForm, NoteForm, PledgeForm, PostForm, RewriteForm
from education.openness.models import Deed, Pledge, VanguardPost, Verdict
from education.openness.parameters import JUDGED_UNTIL
from education.openness.selectors import pledges as selectors
from education.openness.services import pledges as services
from members.models import Member
from partyportal.core import audit
from partyportal.core.attachments import streamed
from partyportal.core.days import year_named
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals, refuse
from partyportal.core.htmx import page, text_asked
from partyportal.core.parameters import value_on
from partyportal.core.sheets import sheet_response, write_xlsx

PLEDGES_A_PAGE = 50
EXPORTED_AT_MOST = 20_000
HEADINGS = ("年度", "党支部", "姓名", "承诺", "进度", "践诺", "评诺", "一句话")


@login_required
def pledges(request):
    """承诺 of a year, by branch and name; without a post, one's own and those of one's branch."""
    year, today = _year(request), timezone.localdate()
    found = Pledge.objects.visible_to(request.user).filter(year=year)
    if within := organisation_asked(request):
        found = found.within(within)
    state, text = request.GET.get("state", ""), text_asked(request)
    found = selectors.narrowed(found, state)
    if text:
        found = found.filter(member__in=Member.objects.matching(text).order_by().values("pk"))
    found = selectors.listed(found)
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, found[:EXPORTED_AT_MOST])
    member = Member.objects.filter(user=request.user, left_on=None).select_related("branch").defer("id_number").first()
    context = {
        "page": Paginator(found, PLEDGES_A_PAGE).get_page(request.GET.get("page")),
        "within": within,
        "year": year,
        "this_year": today.year,
        "years": [(one, f"{one} 年") for one in range(today.year + (today.month == 12), today.year - 4, -1)],
        "states": selectors.STATES,
        "q": text,
        "outcomes": selectors.OUTCOMES,
        "chips": selectors.OUTCOME_CHIPS,
        "member": member,
        "branch": (branch := within if within is not None and within.is_branch else _only_branch(request)),
        "may_write": branch is not None and can(request.user, "openness.disclose", branch),
        "board": branch or (member.branch if member else None),
        "may_export": can(request.user, "member.export"),
        "looks_around": bool(paths_for(request.user)),
    }
    return page(request, "openness/pledges.html", context, fragment="openness/_pledges.html")


def _only_branch(request) -> Organisation | None:
    two = list(Organisation.objects.where(request.user, "openness.disclose").branches().existing()[:2])
    return two[0] if len(two) == 1 else None


def _year(request) -> int:
    return year_named(request.GET.get("year")) or timezone.localdate().year


def _exported(request, found):
    rows = (
        (
            one.year,
            one.organisation.short_name,
            one.member.name,
            one.text,
            one.get_state_display(),
            one.deed_count,
            selectors.OUTCOMES.get(one.outcome, ""),
            one.word or "",
        )
        for one in found
    )
    sheet = write_xlsx(HEADINGS, rows, sheet="承诺践诺评诺")
    audit.record("openness.pledges.exported", by=request.user, rows=len(found))
    return sheet_response(sheet, "承诺践诺评诺.xlsx")


def _years() -> list[int]:
    today = timezone.localdate()
    return [today.year + 1, today.year] if today.month == 12 else [today.year]


def _branch_asked(request) -> Organisation:
    """The branch of the address: one's own to look for, else 404; the verb is asked by the caller."""
    return get_object_or_404(Organisation.objects.visible_to(request.user).branches(), code=request.GET.get("organisation", ""))


def _people(branch: Organisation):
    return Member.objects.at_home().filter(branch=branch).defer("id_number").order_by("pinyin", "pk")


@never_cache
@login_required
def pledge_new(request):
    """写承诺: one's own; with a branch in the address, for one of its members."""
    own = "organisation" not in request.GET
    if own:
        member = Member.objects.filter(user=request.user, left_on=None).select_related("branch").defer("id_number").first()
        if member is None:
            raise PermissionDenied("openness.disclose")
        branch = member.branch
    else:
        branch = _branch_asked(request)
        require(request.user, "openness.disclose", branch)
    form = PledgeForm(request.POST or None, people=_people(branch), own=own, years=_years())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refusals(form):
            made = services.pledge(
                member if own else said["member"], year=said["year"], text=said["text"], by=request.user, today=timezone.localdate()
            )
            messages.success(request, "已写下，等支部里别人确认。")
            return redirect("openness:pledge", made.uid)
    context = {"form": form, "title": "写承诺" if own else "代写承诺", "note": branch, "act": "写下"}
    return page(request, "openness/form.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def pledge(request, uid):
    """One pledge: what was done about it, how it was judged, and whose turn it is."""
    return _page_of(request, _pledge(request, uid))


def _pledge(request, uid) -> Pledge:
    seen = Pledge.objects.visible_to(request.user).select_related("member__branch", "organisation", "confirmed_by", "written_by")
    return get_object_or_404(seen.defer("member__id_number"), uid=uid)


def _form(act: str, held: Pledge, data=None, files=None):
    if act == "record_deed":
        return DeedForm(data, files, pledge=held, initial={"day": timezone.localdate()})
    if act == "rewrite":
        return RewriteForm(data, initial={"text": held.text}, auto_id="rewrite_%s")
    return NoteForm(data, auto_id=f"{act}_%s") if act in {"send_back", "drop"} else None


@login_required
@require_POST
def pledge_act(request, uid, act):
    """Do one act; what is refused comes back on the same page with what was typed."""
    act = act.replace("-", "_")
    if act not in PLEDGE_ACTS:
        raise Http404
    held = _pledge(request, uid)
    own = held.member.user_id == request.user.pk and act not in {"confirm", "send_back"}
    if not own:
        require(request.user, "openness.disclose", held.organisation)
    form = _form(act, held, request.POST, request.FILES)
    if form is None or form.is_valid():
        try:
            getattr(services, act)(held, by=request.user, today=timezone.localdate(), **(form.cleaned_data if form else {}))
        except DomainError as refusal:
            if form is None:
                messages.error(request, refusal.message)
                return redirect("openness:pledge", uid)
            refuse(form, refusal)
        else:
            messages.success(request, PLEDGE_DONE[act])
            return redirect("openness:pledge", uid)
    return _page_of(request, _pledge(request, uid), act=act, form=form, status=422)


def _page_of(request, held: Pledge, *, act: str = "", form=None, status: int | None = None):
    acts, why = selectors.acts_open(request.user, held)
    if form is not None and act not in acts:
        messages.error(request, "；".join(form.non_field_errors()) or "这条承诺刚才有人办过。")
    offered = [
        {
            "act": one.replace("_", "-"),
            "key": one,
            "label": PLEDGE_ACTS[one],
            "form": form if form is not None and one == act else _form(one, held),
        }
        for one in acts
    ]
    context = {
        "pledge": held,
        "acts": offered,
        "why": why,
        "deeds": held.deeds.select_related("fact", "recorded_by").prefetch_related("files"),
        "verdicts": held.verdicts.select_related("meeting", "by"),
        "chips": selectors.OUTCOME_CHIPS,
    }
    return page(request, "openness/pledge.html", context, status=status)


@login_required
def deed_file(request, uid, file):
    """A photo of a deed, to whoever sees its pledge."""
    held = get_object_or_404(Deed.objects.visible_to(request.user), uid=uid)
    return streamed(get_object_or_404(held.files, uid=file))


@never_cache
@login_required
def judging(request):
    """评诺: the branch's pledges of a year on one sheet, as a meeting said."""
    branch = _branch_asked(request)
    require(request.user, "openness.disclose", branch)
    year, today = _year(request), timezone.localdate()
    meetings = list(selectors.meetings_to_judge(branch, year, months=value_on(today, JUDGED_UNTIL))[:40])
    rows, faults = list(selectors.to_judge(branch, year)), []
    typed = {one.pk: (request.POST.get(f"outcome-{one.uid}", ""), request.POST.get(f"word-{one.uid}", "")) for one in rows}
    chosen = request.POST.get("meeting", "")
    if request.method == "POST":
        meeting = next((one for one in meetings if str(one.uid) == chosen), None)
        said = {pk: told for pk, told in typed.items() if told[0]}
        try:
            if meeting is None:
                raise DomainError("选在哪次会上评的。")
            count = services.judge(branch, meeting=meeting, verdicts=said, by=request.user, today=today)
        except DomainError as refusal:
            faults = [refusal.message]
        else:
            messages.success(request, f"已记下 {count} 条评诺。")
            return redirect(f"{request.path}?organisation={branch.code}&year={year}")
    context = {
        "branch": branch,
        "year": year,
        "meetings": [(str(one.uid), f"{one.held_on:%-m月%-d日} {one.get_kind_display()}") for one in meetings],
        "chosen": chosen,
        "rows": [(one, *typed[one.pk]) for one in rows],
        "outcomes": [*Verdict.Outcome.choices],
        "labels": selectors.OUTCOMES,
        "faults": faults,
    }
    return page(request, "openness/judging.html", context, status=422 if faults else None)


@login_required
def identity(request, uid):
    """亮身份: one member's page, for whoever is of the same branch and for the posts above; printable as a card."""
    member = get_object_or_404(selectors.may_be_seen(request.user), uid=uid)
    year, today = _year(request), timezone.localdate()
    (shown,) = selectors.identities([member], year, today)
    context = {
        "one": shown,
        "year": year,
        "own": member.user_id == request.user.pk,
        "outcomes": selectors.OUTCOMES,
        "chips": selectors.OUTCOME_CHIPS,
        "may_write": can(request.user, "openness.disclose", member.branch),
    }
    return page(request, "openness/identity.html", context)


@login_required
def board(request):
    """公示栏: the branch's members with their posts and pledges, by name, to print and to hang up."""
    at_home = Member.objects.filter(user=request.user, left_on=None).values("branch")
    seen = Organisation.objects.visible_to(request.user).branches() | Organisation.objects.branches().filter(pk__in=at_home)
    branch = get_object_or_404(seen, code=request.GET.get("organisation", ""))
    year, today = _year(request), timezone.localdate()
    context = {
        "branch": branch,
        "year": year,
        "rows": selectors.identities(list(_people(branch)), year, today),
        "outcomes": selectors.OUTCOMES,
        "may_write": can(request.user, "openness.disclose", branch),
    }
    return page(request, "openness/board.html", context)


@never_cache
@login_required
def post_new(request):
    """设岗: for a member of the branch in the address."""
    branch = _branch_asked(request)
    require(request.user, "openness.disclose", branch)
    form = PostForm(request.POST or None, people=_people(branch), initial={"start": timezone.localdate()})
    give = partial(services.give_post, by=request.user, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = give(**form.cleaned_data)
            messages.success(request, f"已给{made.member}设{made}。")
            return redirect("openness:identity", made.member.uid)
    context = {"form": form, "title": "设先锋岗", "note": branch, "act": "设岗"}
    return page(request, "openness/form.html", context, status=422 if form.errors else None)


@never_cache
@login_required
def post_end(request, uid):
    """撤岗."""
    post = get_object_or_404(VanguardPost.objects.visible_to(request.user).select_related("organisation", "member"), uid=uid)
    require(request.user, "openness.disclose", post.organisation)
    form = EndPostForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.end_post(post, by=request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, "已撤，记录都保留。")
            return redirect("openness:identity", post.member.uid)
    context = {"form": form, "title": f"撤{post}", "note": post.member, "act": "撤岗"}
    return page(request, "openness/form.html", context, status=422 if form.errors else None)
