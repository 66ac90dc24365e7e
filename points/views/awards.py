"""人工认定: what was filed, filing, and the second person's decision, one by one or many together."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.access import can, paths_for, require
from branches.asked import organisation_asked
from branches.models import Organisation
from branches.views.where import choose_organisation
from members.models import Member
from partyportal.core import audit
from partyportal.core.attachments import streamed
from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals
from partyportal.core.htmx import page, text_asked
from partyportal.core.sheets import sheet_response, write_xlsx
from partyportal.core.uid import uid_named
from points import services
from points.forms import AwardForm, RefusalForm, ReportForm, RevocationForm
from points.models import Award
from points.selectors import awards as selectors
from points.selectors.schemes import manual_items
from points.services.awards import AT_ONCE

AWARDS_A_PAGE = 50
EXPORTED_AT_MOST = 20_000
HEADINGS = ("日期", "姓名", "党支部", "做了什么", "数量", "依据", "登记人", "状态", "确认人", "原因")


@login_required
def awards(request):
    """What waits for a second person, what was decided; many can be confirmed together."""
    found, asked = _found(request)
    if request.GET.get("format") == "xlsx":
        require(request.user, "member.export")
        return _exported(request, found)
    listed = Paginator(found, AWARDS_A_PAGE).get_page(request.GET.get("page"))
    waits = asked["state"] == Award.State.FILED and can(request.user, "points.confirm")
    mine = selectors.decidable(found, request.user) if waits else None
    kept = {key: value for key, value in asked.items() if value and key != "state"}
    context = {
        "page": listed,
        **asked,
        "tabs": [(label, f"?{urlencode(kept | {'state': value})}", value == asked["state"]) for value, label in Award.State.choices],
        "decidable": set(mine.filter(pk__in=[row.pk for row in listed]).values_list("pk", flat=True)) if waits else set(),
        "decidable_count": mine.count() if waits else 0,
        "at_once": AT_ONCE,
        "may_award": can(request.user, "points.award"),
        "may_report": _own_member(request) is not None,
        "may_export": can(request.user, "member.export"),
        "looks_around": bool(paths_for(request.user)),
        "query": urlencode({key: value for key, value in asked.items() if value}),
    }
    return page(request, "points/awards.html", context, fragment="points/_awards.html")


def _found(request):
    state = request.GET.get("state") if request.GET.get("state") in Award.State.values else Award.State.FILED
    text, within = text_asked(request), organisation_asked(request)
    return selectors.listed(request.user, state=state, text=text, within=within), {
        "state": state,
        "q": text,
        "organisation": within.code if within else "",
    }


def _exported(request, found):
    rows = found[:EXPORTED_AT_MOST]
    sheet = write_xlsx(
        HEADINGS,
        (
            (
                row.day.isoformat(),
                row.member.name,
                row.organisation.short_name,
                row.title,
                row.units,
                row.evidence,
                row.filed_by.name,
                row.get_state_display(),
                row.decided_by.name if row.decided_by else "",
                row.revocation or row.refusal,
            )
            for row in rows
        ),
        sheet="人工认定",
    )
    audit.record("points.awards.exported", by=request.user, rows=len(rows))
    return sheet_response(sheet, "人工认定.xlsx")


@login_required
@require_POST
def awards_confirm(request):
    """Confirm the ticked ones, or all the filter finds; what could not be confirmed is told with its reason."""
    require(request.user, "points.confirm")
    found, asked = _found(request)
    mine = selectors.decidable(found, request.user)
    if request.POST.get("all"):
        chosen = list(mine[:AT_ONCE])
    else:
        uids = map(uid_named, request.POST.getlist("chosen"))
        # Whatever was decided since the page was opened is told, not silently left out.
        chosen = list(Award.objects.where(request.user, "points.confirm").filter(uid__in=uids).order_by("pk"))
    try:
        done = services.confirm_awards(chosen, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(f"{request.path.removesuffix('confirm/')}?{urlencode(asked)}")
    if done.confirmed:
        messages.success(request, f"已认定 {len(done.confirmed)} 笔，积分马上记上。")
    context = {"left": done.left, "confirmed": len(done.confirmed), "query": urlencode(asked)}
    return page(request, "points/awards_confirmed.html", context)


@never_cache
@login_required
def report(request):
    """报一件事: one's own deed, with a photo; somebody of the branch confirms it."""
    member = _own_member(request)
    if member is None:
        return page(request, "members/nobody.html", {"title": "报一件事"})
    today = timezone.localdate()
    again = _again(request)
    items = selectors.reportable(member, today)
    form = ReportForm(request.POST or None, request.FILES or None, items=items, initial=_initial(again, {"day": today, "units": 1}))
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.file_award(member=member, by=request.user, today=today, again_of=again, **form.deed)
            messages.success(request, "已报给支部。别人认定以后计分，结果在这里看。")
            return redirect("points:awards")
    context = {"form": form, "member": member, "again": again, "items": items}
    return page(request, "points/report.html", context, status=422 if form.errors else None)


@login_required
def award_new(request):
    """File a deed for a member of one's own branch; another person confirms it."""
    require(request.user, "points.award")
    today, again = timezone.localdate(), _again(request)
    branch = again.organisation if again else _branch(request)
    if branch is None:
        back = ("人工认定", reverse("points:awards"))
        return choose_organisation(
            request, _own_branches(request), title="给哪个支部的党员登记加减分", act="登记", back=back, keep="member"
        )
    members, items = Member.objects.at_home().filter(branch=branch).order_by("pinyin", "id"), manual_items(branch, today)
    initial = _initial(again, {"day": today, "units": 1, "member": request.GET.get("member", "")})
    form = AwardForm(request.POST or None, request.FILES or None, members=members, items=items, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            award = services.file_award(by=request.user, today=today, again_of=again, **form.deed)
            messages.success(request, f"已登记：{award.title}。等另一个人确认后计分。")
            return redirect("points:award", award.uid)
    return page(request, "points/award_new.html", {"form": form, "branch": branch, "again": again}, status=422 if form.errors else 200)


def _own_member(request) -> Member | None:
    return Member.objects.at_home().filter(user=request.user).select_related("branch").defer("id_number").first()


def _again(request) -> Award | None:
    """The refused deed that is put right and filed again."""
    if (uid := request.GET.get("again")) is None:
        return None
    refused = Award.objects.filter(filed_by=request.user, state=Award.State.REFUSED).select_related("organisation", "member")
    return get_object_or_404(refused.defer("member__id_number"), uid=uid_named(uid))


def _initial(again: Award | None, usual: dict) -> dict:
    if again is None:
        return usual
    kept = ("day", "units", "grade", "title", "evidence", "document_number", "expires_on")
    return {name: getattr(again, name) for name in kept} | {"item": again.item_code, "member": again.member.uid}


def _own_branches(request):
    return Organisation.objects.where(request.user, "points.award").branches().existing()


def _branch(request) -> Organisation | None:
    """The branch asked for, or the only one; None asks the user to choose."""
    mine = _own_branches(request)
    if code := request.GET.get("organisation"):
        return get_object_or_404(mine, code=code)
    two = list(mine[:2])
    return two[0] if len(two) == 1 else None


@login_required
def award(request, uid):
    """One filed deed, with what decides it."""
    return _award_page(request, _award_or_404(request, uid))


@login_required
@never_cache
def award_file(request, uid, file):
    """A photo or paper of a deed, to whoever sees the deed."""
    return streamed(get_object_or_404(_award_or_404(request, uid).files, uid=file))


@login_required
def award_decide(request, uid):
    """The second person's word."""
    held = _award_or_404(request, uid)
    require(request.user, "points.confirm", held.organisation)
    if request.method != "POST":
        return redirect("points:award", uid)
    form = RefusalForm(request.POST)
    with refusals(form):
        if request.POST.get("decision") == "confirm":
            services.confirm_award(held, by=request.user)
            messages.success(request, "已认定，积分马上记上。")
            return redirect("points:award", uid)
        if form.is_valid():
            services.refuse_award(held, by=request.user, **form.cleaned_data)
            messages.success(request, "已退回，登记的人会看到原因，可以改好再报。")
            return redirect("points:award", uid)
    return _award_page(request, _award_or_404(request, uid), form=form, status=422)


@login_required
@require_POST
def award_revoke(request, uid):
    """Take back what was confirmed wrongly."""
    held = _award_or_404(request, uid)
    require(request.user, "points.review", held.organisation)
    form = RevocationForm(request.POST)
    if form.is_valid():
        with refusals(form):
            services.revoke_award(held, by=request.user, **form.cleaned_data)
            messages.success(request, "已撤销，记过的分会自动冲回。")
            return redirect("points:award", uid)
    return _award_page(request, _award_or_404(request, uid), revoking=form, status=422)


def _award_or_404(request, uid) -> Award:
    related = ("member", "organisation", "filed_by", "decided_by", "revoked_by", "again_of")
    return get_object_or_404(Award.objects.visible_to(request.user).select_related(*related).defer("member__id_number"), uid=uid)


def _again_url(request, award: Award) -> str:
    """Where the filer puts it right: a member on their own page, a secretary on the branch's."""
    own = award.member.user_id == request.user.pk
    return f"{reverse('points:report' if own else 'points:award_new')}?again={award.uid}"


def _award_page(request, award: Award, *, form=None, revoking=None, status: int | None = None):
    item = manual_items(award.organisation, award.day).filter(code=award.item_code).first()
    worth = {one.code: one.value for one in item.grades.all()} if item else {}
    value = worth.get(award.grade, item.value) if item else None
    own, here = request.user.pk in {award.filed_by_id, award.member.user_id}, award.organisation
    again = Award.objects.filter(again_of=award).first() if award.state == Award.State.REFUSED else None
    may_file_again = award.state == Award.State.REFUSED and award.filed_by_id == request.user.pk and again is None
    context = {
        "award": award,
        "item": item,
        "grade": item.levels.get(award.grade, "") if item else "",
        "value": value,
        "worth": award.units * value if value else None,
        "files": [(file, f"看第 {n} 个") for n, file in enumerate(award.files.defer("sealed").order_by("uploaded_at", "pk"), start=1)],
        "again": again,
        "again_url": _again_url(request, award) if may_file_again else "",
        "form": form or RefusalForm(),
        "revoking": revoking or RevocationForm(),
        "may_decide": award.state == Award.State.FILED and can(request.user, "points.confirm", here) and not own,
        "may_revoke": award.state == Award.State.CONFIRMED and can(request.user, "points.review", here) and not own,
        "why_not": selectors.why_not(award, request.user),
    }
    return page(request, "points/award.html", context, status=status)
